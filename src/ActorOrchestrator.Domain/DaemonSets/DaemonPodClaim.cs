using ActorOrchestrator.Api;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.DaemonSets;

/// <summary>A claim on the pod of a node.</summary>
/// <param name="Uid">The pod's uid.</param>
/// <param name="Name">The pod's name.</param>
/// <param name="Node">The node that it is for.</param>
/// <param name="Hash">The revision that it is of.</param>
public sealed record DaemonPodClaim(string Uid, string Name, string Node, string Hash) : PodClaim(Uid, Name);

/// <summary>A pod to be, for a node.</summary>
public readonly record struct ClaimedDaemonPod(string Uid, string Name, string Node, string Hash);

public sealed record DaemonPodsClaimed(ValueList<ClaimedDaemonPod> Pods) : DomainEvent, IChildrenClaimed<PodClaim>
{
    public override EventScope Scope => EventScope.Private;

    IEnumerable<PodClaim> IChildrenClaimed<PodClaim>.NewClaims() =>
        Pods.Select(pod => new DaemonPodClaim(pod.Uid, pod.Name, pod.Node, pod.Hash));
}
