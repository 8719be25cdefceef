using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.ReplicaSets;

/// <summary>The two kinds that keep a number of equal pods, ReplicaSet and ReplicationController, as one: they differ
/// in form only, so what is decided is decided on the ReplicaSet.</summary>
public static class ReplicaOwners
{
    public static ReplicaSet ViewOf(KubeObject owner) => owner switch
    {
        ReplicaSet set => set,
        ReplicationController controller => controller.AsReplicaSet(),
        _ => throw new InvalidOperationException($"a {owner.Kind} does not keep a number of pods"),
    };

    public static KubeObject WithStatus(KubeObject owner, ReplicaSetStatus status) =>
        owner is ReplicationController controller ? controller.With(status) : owner.WithStatus(status);

    /// <summary>Whose Events they are, as Kubernetes' controllers call themselves.</summary>
    internal static string ComponentOf(KubeObject owner) =>
        owner is ReplicationController ? "replication-controller" : "replicaset-controller";
}
