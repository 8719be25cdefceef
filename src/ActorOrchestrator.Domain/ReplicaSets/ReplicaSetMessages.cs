using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.ReplicaSets;

/// <summary>
/// A Deployment asks its ReplicaSet (<paramref name="Uid"/>) for another size, or brings its annotations and
/// minReadySeconds up to date. Obeyed only by the generation that the Deployment decided on, so a message that comes
/// late or twice changes nothing; and, if pods are to go, only while no more of them are available than it knew of:
/// what seemed broken may have come up since. Answered with a <see cref="ChildReport"/> in any case.
/// </summary>
/// <param name="Owner">Who asks, and is answered.</param>
/// <param name="OwnerUid">Refused if this is not the ReplicaSet's controller.</param>
/// <param name="Uid">The ReplicaSet that is meant.</param>
/// <param name="Generation">Its metadata.generation when this was decided.</param>
/// <param name="Available">Its status.availableReplicas when this was decided.</param>
/// <param name="Replicas">The new spec.replicas.</param>
/// <param name="MinReadySeconds">The new spec.minReadySeconds.</param>
/// <param name="Annotations">Annotations to set; others stay.</param>
public sealed record ResizeReplicaSet(
    EntityKey Owner,
    string OwnerUid,
    string Uid,
    long Generation,
    int Available,
    int Replicas,
    int MinReadySeconds,
    ValueMap<string> Annotations) : Message;
