using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Gateway.Auth;

/// <summary>
/// Machines that only ran pods and were taken out of the cluster: a node's certificate that was issued before is not
/// believed any more. An entry stays for as long as such a certificate may hold.
/// </summary>
public static class RemovedNodes
{
    public static RemovalList List { get; } = new("removed-nodes");

    /// <summary>When certificates of a node are issued that is to be let in: after it was removed, whatever this
    /// member's clock says.</summary>
    public static DateTimeOffset NextIssue(IClusterView view, string node, DateTimeOffset now) =>
        List.At(view, node) is { } removed && removed >= now && removed < DateTimeOffset.MaxValue
            ? removed.Later(seconds: 1)
            : now;

    /// <summary>Why a certificate of a node that was issued then does not count; null: it does.</summary>
    internal static Status? Refusal(IClusterView view, string node, DateTimeOffset issued) =>
        List.At(view, node) is { } removed && issued <= removed
            ? Statuses.Failure(HttpCode.Unauthorized, StatusReasons.Unauthorized,
                $"node \"{node}\" was removed from the cluster at {removed:u}, and its certificate was issued before: "
                + "'orchestrator reset' on the machine and 'orchestrator join --role node' let it in again")
            : null;
}
