using ActorOrchestrator.Api.Authorization;
using ActorOrchestrator.Api.Bootstrap;

namespace ActorOrchestrator.Gateway.Auth;

/// <summary>What someone wants to do. <paramref name="Path"/> is set, and the rest empty, for what is no
/// resource.</summary>
public sealed record AccessRequest(
    string Verb, string Group, string Resource, string Subresource, string? Namespace, string? Name, string? Path)
{
    /// <summary>What a list or a watch is limited to; null: to nothing.</summary>
    public string? FieldSelector { get; init; }
}

public readonly record struct AccessDecision(bool Allowed, string Reason);

/// <summary>Decides who may do what. Rules by RBAC objects can stand here later.</summary>
public interface IAuthorizer
{
    AccessDecision Decide(Identity who, AccessRequest what);

    /// <summary>Everything that someone may, as <c>kubectl auth can-i --list</c> shows it.</summary>
    SubjectRulesReviewStatus RulesOf(Identity who);
}

/// <summary>Members of <c>system:masters</c> may everything; authenticated users may discover the API and ask about
/// themselves (Kubernetes' system:discovery and system:basic-user); holders of bootstrap tokens may join; others may
/// nothing.</summary>
public sealed class MastersAuthorizer : IAuthorizer
{
    private static readonly SubjectRulesReviewStatus Everything = new()
    {
        ResourceRules = [new ResourceRule { Verbs = ["*"], ApiGroups = ["*"], Resources = ["*"] }],
        NonResourceRules = [new NonResourceRule { Verbs = ["*"], NonResourceURLs = ["*"] }],
    };

    private static readonly SubjectRulesReviewStatus Basics = new()
    {
        ResourceRules =
        [
            new ResourceRule
            {
                Verbs = ["create"],
                ApiGroups = ["authorization.k8s.io"],
                Resources = ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
            },
            new ResourceRule
            {
                Verbs = ["create"],
                ApiGroups = ["authentication.k8s.io"],
                Resources = ["selfsubjectreviews"],
            },
        ],
        NonResourceRules =
        [
            new NonResourceRule { Verbs = ["get"], NonResourceURLs = [.. OpenPaths.Listed] },
        ],
    };

    private static readonly SubjectRulesReviewStatus Open = new()
    {
        NonResourceRules =
        [
            new NonResourceRule { Verbs = ["get"], NonResourceURLs = [.. OpenPaths.ListedToAnonymous] },
        ],
    };

    public AccessDecision Decide(Identity who, AccessRequest what)
    {
        if (IsMaster(who))
        {
            return new(true, "");
        }

        if (what.Path is { } path)
        {
            return new(
                (what.Verb is "get" or "head"
                    && (IsAuthenticated(who) ? OpenPaths.ToAuthenticated(path) : OpenPaths.ToAnonymous(path)))
                || (what.Verb == "post" && path == OpenPaths.Join && IsBootstrapper(who)),
                "");
        }

        return new(
            IsAuthenticated(who)
            && what is { Verb: "create", Group: "authorization.k8s.io", Resource: "selfsubjectaccessreviews" }
                or { Verb: "create", Group: "authorization.k8s.io", Resource: "selfsubjectrulesreviews" }
                or { Verb: "create", Group: "authentication.k8s.io", Resource: "selfsubjectreviews" },
            "");
    }

    public SubjectRulesReviewStatus RulesOf(Identity who) =>
        IsMaster(who) ? Everything : IsAuthenticated(who) ? Basics : Open;

    private static bool IsBootstrapper(Identity who) =>
        who.Groups.Contains(BootstrapToken.Group, StringComparer.Ordinal);

    private static bool IsAuthenticated(Identity who) =>
        who.Groups.Contains(Identity.Authenticated, StringComparer.Ordinal);

    private static bool IsMaster(Identity who) => who.Groups.Contains(Identity.Masters, StringComparer.Ordinal);
}

/// <summary>Paths that need no membership.</summary>
public static class OpenPaths
{
    /// <summary>Where a machine joins: open to bootstrap tokens.</summary>
    public const string Join = "/join";

    /// <summary>The authority's certificate, which a machine that joins compares with the pin of its token before it
    /// sends that.</summary>
    public const string JoinAuthority = "/join/authority";

    /// <summary>New certificates for a machine that only runs pods, or only what it has to know; open to such
    /// machines.</summary>
    public const string JoinRenewal = "/join/renewal";

    /// <summary>Signs of life of machines that only run pods; open to them.</summary>
    public const string Pulse = "/pulse";

    /// <summary>Where a machine that only runs pods renews the lease of those that must not run twice; open to
    /// such machines.</summary>
    public const string Lease = "/lease";

    /// <summary>The cluster's authorities, and how they are exchanged.</summary>
    public const string Authority = "/authority";

    /// <summary>Those that make up the cluster.</summary>
    public const string Members = "/members";

    /// <summary>A parameter of the removal of a member that has left, and may come back by its files.</summary>
    public const string MayReturn = "mayReturn";

    public static readonly IReadOnlyList<string> ListedToAnonymous =
    [
        "/version", "/healthz", "/livez", "/readyz", JoinAuthority,
    ];

    public static readonly IReadOnlyList<string> Listed =
    [
        .. ListedToAnonymous, "/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*",
    ];

    /// <summary>Health and version tell nothing of the cluster's content, and a certificate is no secret; probes, load
    /// balancers and machines that do not trust the server yet show no credentials.</summary>
    public static bool ToAnonymous(string path) =>
        path is "/version" or "/version/" or JoinAuthority
        || Under(path, "/healthz") || Under(path, "/livez") || Under(path, "/readyz");

    /// <summary>A machine says that it lives, renews its certificates, and takes itself out of the cluster.</summary>
    public static bool ToNode(string node, string verb, string path) =>
        (verb == "post" && path is (JoinRenewal or Pulse or Lease))
        || (verb == "get" && path is (JoinRenewal or Pulse))
        || (verb == "delete" && path == $"{Members}/{node}");

    public static bool ToAuthenticated(string path) =>
        ToAnonymous(path) || Under(path, "/api") || Under(path, "/apis") || Under(path, "/openapi");

    private static bool Under(string path, string root) =>
        path.StartsWith(root, StringComparison.Ordinal) && (path.Length == root.Length || path[root.Length] == '/');
}
