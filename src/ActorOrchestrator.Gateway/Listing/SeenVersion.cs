using System.Globalization;
using ActorOrchestrator.Gateway.Auth;
using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Gateway.Listing;

/// <summary>
/// The newest resourceVersion that a machine has seen, which it says with each request: one that it goes to another
/// member with must not be judged by a view that is older. What is bound to the machine would be another's there, and
/// its report would be refused, or a pod that is new would be taken for one that is gone.
/// </summary>
public static class SeenVersion
{
    public const string Header = "Actor-Orchestrator-Seen";

    /// <summary>Null where nobody says it of whom it is believed.</summary>
    internal static long? Of(Identity who, IHeaderDictionary headers) =>
        NodeIdentity.NameOf(who) is not null && headers[Header] is [{ } text]
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : null;
}
