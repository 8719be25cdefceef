using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Discovery;
using ActorOrchestrator.Api.Networking;
using ActorOrchestrator.Api.Policy;
using ActorOrchestrator.Api.Scheduling;

namespace ActorOrchestrator.Api;

/// <summary>The kinds whose objects count the versions of their specs (<c>metadata.generation</c>); Kubernetes leaves
/// it out of others.</summary>
public static class Generations
{
    private static readonly HashSet<Type> Counted =
    [
        typeof(Pod), typeof(PodTemplate), typeof(ReplicationController), typeof(Deployment), typeof(ReplicaSet),
        typeof(StatefulSet), typeof(DaemonSet), typeof(Job), typeof(CronJob), typeof(Ingress), typeof(IngressClass),
        typeof(NetworkPolicy), typeof(EndpointSlice), typeof(PodDisruptionBudget), typeof(PriorityClass),
    ];

    public static bool Has(KubeObject value) => Counted.Contains(value.GetType());
}
