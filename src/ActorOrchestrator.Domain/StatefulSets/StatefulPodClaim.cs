using ActorOrchestrator.Api;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.StatefulSets;

/// <summary>A claim on the pod of a number, which its name ends in.</summary>
/// <param name="Uid">The pod's uid.</param>
/// <param name="Name">The pod's name.</param>
/// <param name="Revision">The name of the revision that it is of.</param>
public sealed record StatefulPodClaim(string Uid, string Name, string Revision) : PodClaim(Uid, Name);

/// <summary>A pod to be.</summary>
public readonly record struct ClaimedStatefulPod(string Uid, string Name, string Revision);

public sealed record StatefulPodsClaimed(ValueList<ClaimedStatefulPod> Pods) : DomainEvent, IChildrenClaimed<PodClaim>
{
    public override EventScope Scope => EventScope.Private;

    IEnumerable<PodClaim> IChildrenClaimed<PodClaim>.NewClaims() =>
        Pods.Select(pod => new StatefulPodClaim(pod.Uid, pod.Name, pod.Revision));
}
