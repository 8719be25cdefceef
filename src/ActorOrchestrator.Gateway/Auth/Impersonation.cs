using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Errors;
using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Gateway.Auth;

/// <summary>
/// The headers by which an authenticated client asks as somebody else (<c>kubectl --as</c>), with kube-apiserver's
/// rules: each part of the other identity needs the verb <c>impersonate</c>, and the request is the other's from
/// then on. Headers of the same purpose that are not honoured here are refused: a proxy that counts on them would
/// lend its own rights to everybody.
/// </summary>
internal sealed class Impersonation(IAuthorizer authorizer)
{
    private const string Prefix = "Impersonate-";
    private const string UserHeader = "Impersonate-User";
    private const string GroupHeader = "Impersonate-Group";
    private const string UidHeader = "Impersonate-Uid";
    private const string ExtraPrefix = "Impersonate-Extra-";

    /// <summary>A front proxy's names for its users (kube-apiserver's <c>--requestheader-*</c>): no proxy is
    /// trusted.</summary>
    private const string ProxyPrefix = "X-Remote-";

    private const string AuthenticationGroup = "authentication.k8s.io";
    private const string ServiceAccountPrefix = "system:serviceaccount:";
    private const string ServiceAccounts = "system:serviceaccounts";

    /// <summary>The identity that the request runs as: the one that the client showed, unless it asks as
    /// another.</summary>
    /// <exception cref="StatusException">400 for headers that make no identity, 401 when the client showed
    /// nothing, 403 when it may not impersonate.</exception>
    public Identity Apply(Identity? shown, IHeaderDictionary headers)
    {
        var asked = AskedBy(headers);
        if (asked is null)
        {
            return shown ?? throw Failure.Unauthorized();
        }

        if (shown is null || shown.ShowedNothing)
        {
            throw Failure.Unauthorized();
        }

        foreach (var access in asked.Accesses)
        {
            var decision = authorizer.Decide(shown, access);
            if (!decision.Allowed)
            {
                throw Failure.Forbidden(shown, access, decision.Reason);
            }
        }

        return asked.Identity with { Impersonator = shown.User };
    }

    /// <summary>Whether the request has any header that <see cref="Apply"/> would act on.</summary>
    public static bool IsAsked(IHeaderDictionary headers) => headers.Keys.Any(IsHeader);

    public static bool IsHeader(string name) => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
        || name.StartsWith(ProxyPrefix, StringComparison.OrdinalIgnoreCase);

    private static Asked? AskedBy(IHeaderDictionary headers)
    {
        if (!IsAsked(headers))
        {
            return null;
        }

        RefuseUnknown(headers);
        var user = Single(headers, UserHeader);
        var uid = Single(headers, UidHeader);
        var groups = headers[GroupHeader].Select(group => group ?? "").ToList();
        var extra = ExtraOf(headers);
        if (user is null)
        {
            var parts = groups.Select(group => $"group {group}")
                .Concat(extra.SelectMany(entry => entry.Value.Select(value => $"extra {entry.Key}={value}")))
                .Concat(uid is null ? [] : [$"uid {uid}"]);
            throw Failure.BadRequest($"requested [{string.Join(", ", parts)}] without impersonating a user");
        }

        var identity = new Identity(user, GroupsOf(user, groups, headers.ContainsKey(GroupHeader)), uid)
        {
            Extra = ValueMap<ValueList<string>>.From(
                extra.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.ToValueList()))),
        };
        return new(identity, [.. AccessesOf(user, groups, extra, uid)]);
    }

    private static void RefuseUnknown(IHeaderDictionary headers)
    {
        foreach (var name in headers.Keys)
        {
            if (name.StartsWith(ProxyPrefix, StringComparison.OrdinalIgnoreCase))
            {
                throw Failure.BadRequest($"the header {name} is not honoured: no front proxy is trusted to name users");
            }

            var known = Is(name, UserHeader) || Is(name, GroupHeader) || Is(name, UidHeader)
                || (name.StartsWith(ExtraPrefix, StringComparison.OrdinalIgnoreCase)
                    && name.Length > ExtraPrefix.Length);
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && !known)
            {
                throw Failure.BadRequest($"the header {name} is not known, and impersonates nobody");
            }
        }
    }

    private static bool Is(string name, string header) => name.Equals(header, StringComparison.OrdinalIgnoreCase);

    /// <summary>kube-apiserver takes the first of several values, and an empty one as none; either would run
    /// the request as somebody whom the client did not mean.</summary>
    private static string? Single(IHeaderDictionary headers, string name)
    {
        if (!headers.TryGetValue(name, out var values))
        {
            return null;
        }

        return values is [{ Length: > 0 } value]
            ? value
            : throw Failure.BadRequest($"the header {name} must have one value that is not empty");
    }

    /// <summary>Keys are lower-case and percent-encoded, so that they can be a header's name.</summary>
    private static SortedDictionary<string, List<string>> ExtraOf(IHeaderDictionary headers)
    {
        var extra = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var (name, values) in headers)
        {
            if (name.StartsWith(ExtraPrefix, StringComparison.OrdinalIgnoreCase))
            {
                var key = Uri.UnescapeDataString(name[ExtraPrefix.Length..].ToLowerInvariant());
                if (!extra.TryGetValue(key, out var list))
                {
                    extra.Add(key, list = []);
                }

                list.AddRange(values.Select(value => value ?? ""));
            }
        }

        return extra;
    }

    /// <summary>Groups that are given are all there are, but for the one that says whether the user is
    /// authenticated; a service account's follow from its name when none are.</summary>
    private static List<string> GroupsOf(string user, List<string> given, bool areGiven)
    {
        List<string> groups = !areGiven && ServiceAccount(user) is { } account
            ? [ServiceAccounts, $"{ServiceAccounts}:{account.Namespace}"]
            : [.. given];
        if (user == Identity.AnonymousUser)
        {
            AddUnless(groups.Contains(Identity.Unauthenticated), Identity.Unauthenticated);
        }
        else
        {
            AddUnless(
                groups.Contains(Identity.Authenticated) || groups.Contains(Identity.Unauthenticated),
                Identity.Authenticated);
        }

        return groups;

        void AddUnless(bool isThere, string group)
        {
            if (!isThere)
            {
                groups.Add(group);
            }
        }
    }

    private static IEnumerable<AccessRequest> AccessesOf(
        string user, List<string> groups, SortedDictionary<string, List<string>> extra, string? uid)
    {
        yield return ServiceAccount(user) is { } account
            ? new("impersonate", "", "serviceaccounts", "", account.Namespace, account.Name, Path: null)
            : new("impersonate", "", "users", "", null, user, Path: null);
        foreach (var group in groups)
        {
            yield return new("impersonate", "", "groups", "", null, group, Path: null);
        }

        foreach (var (key, values) in extra)
        {
            foreach (var value in values)
            {
                yield return new("impersonate", AuthenticationGroup, "userextras", key, null, value, Path: null);
            }
        }

        if (uid is not null)
        {
            yield return new("impersonate", AuthenticationGroup, "uids", "", null, uid, Path: null);
        }
    }

    /// <summary><c>system:serviceaccount:NAMESPACE:NAME</c>; anything else is a user's name.</summary>
    private static (string Namespace, string Name)? ServiceAccount(string user) =>
        user.StartsWith(ServiceAccountPrefix, StringComparison.Ordinal)
        && user[ServiceAccountPrefix.Length..].Split(':') is [{ Length: > 0 } scope, { Length: > 0 } name]
            ? (scope, name)
            : null;

    /// <param name="Identity">Whom the headers name.</param>
    /// <param name="Accesses">What the client must be allowed for each part of it.</param>
    private sealed record Asked(Identity Identity, IReadOnlyList<AccessRequest> Accesses);
}
