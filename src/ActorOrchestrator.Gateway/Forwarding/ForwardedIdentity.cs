using System.Text.Json;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Errors;
using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Gateway.Forwarding;

/// <summary>Who asked the member that passes a request on: a header that only members may send. (Not that of
/// impersonation: its groups are several headers of one name, which .NET's client sends as one.)</summary>
internal static class ForwardedIdentity
{
    public const string Header = "Actor-Orchestrator-Forwarded";

    public static string Text(Identity who) => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(new Carried(
        who.User, who.Groups, who.Uid, who.Impersonator,
        who.Extra.ToDictionary(entry => entry.Key, entry => entry.Value.ToList()))));

    /// <summary>Null for a request that comes from a client itself.</summary>
    /// <param name="shown">Who sends it.</param>
    /// <param name="headers">Its headers.</param>
    /// <exception cref="StatusException">400 when the sender is no member, or the header cannot be read.</exception>
    public static Identity? Of(Identity? shown, IHeaderDictionary headers)
    {
        if (!headers.TryGetValue(Header, out var values))
        {
            return null;
        }

        return shown?.Groups.Contains(Identity.Members, StringComparer.Ordinal) == true && Read(values) is { } carried
            ? new Identity(carried.User, carried.Groups, carried.Uid)
            {
                Impersonator = carried.Impersonator,
                Extra = ValueMap<ValueList<string>>.From(carried.Extra.Select(
                    entry => KeyValuePair.Create(entry.Key, entry.Value.ToValueList()))),
            }
            : throw Failure.BadRequest($"the header {Header} is honoured of members of the control plane only");
    }

    private static Carried? Read(IReadOnlyList<string?> values)
    {
        try
        {
            return values is [{ } text] ? JsonSerializer.Deserialize<Carried>(Convert.FromBase64String(text)) : null;
        }
        catch (Exception unreadable) when (unreadable is FormatException or JsonException)
        {
            return null;
        }
    }

    private sealed record Carried(
        string User, IReadOnlyList<string> Groups, string? Uid, string? Impersonator,
        Dictionary<string, List<string>> Extra);
}
