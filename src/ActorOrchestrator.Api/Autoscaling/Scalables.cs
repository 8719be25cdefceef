using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Autoscaling;

/// <summary>The kinds that have a Scale (<see cref="ResourceKind.HasScale"/>), seen by their replicas.</summary>
public static class Scalables
{
    /// <summary>The object as autoscaling/v1 Scale shows it.</summary>
    /// <param name="value">An object of a kind that has a Scale.</param>
    /// <param name="showSelector">A selector as text.</param>
    public static Scale ScaleOf(KubeObject value, Func<LabelSelector?, string> showSelector)
    {
        var (wanted, actual, selector) = Seen(value);
        return new Scale
        {
            Metadata = new ObjectMeta
            {
                Name = value.Metadata.Name,
                Namespace = value.Metadata.Namespace,
                Uid = value.Metadata.Uid,
                ResourceVersion = value.Metadata.ResourceVersion,
                CreationTimestamp = value.Metadata.CreationTimestamp,
            },
            Spec = new ScaleSpec { Replicas = wanted ?? 1 },
            Status = new ScaleStatus { Replicas = actual, Selector = showSelector(selector) },
        };
    }

    /// <summary>How many pods are wanted; null where that is left to the default.</summary>
    public static int? ReplicasOf(KubeObject value) => Seen(value).Wanted;

    public static KubeObject WithReplicas(KubeObject value, int replicas) => value switch
    {
        Deployment it => it with { Spec = it.Spec with { Replicas = replicas } },
        ReplicaSet it => it with { Spec = it.Spec with { Replicas = replicas } },
        ReplicationController it => it with { Spec = it.Spec with { Replicas = replicas } },
        StatefulSet it => it with { Spec = it.Spec with { Replicas = replicas } },
        _ => throw HasNone(value),
    };

    private static (int? Wanted, int Actual, LabelSelector? Selector) Seen(KubeObject value) => value switch
    {
        Deployment it => (it.Spec.Replicas, it.Status.Replicas, it.Spec.Selector),
        ReplicaSet it => (it.Spec.Replicas, it.Status.Replicas, it.Spec.Selector),
        ReplicationController it => Seen(it.AsReplicaSet()),
        StatefulSet it => (it.Spec.Replicas, it.Status.Replicas, it.Spec.Selector),
        _ => throw HasNone(value),
    };

    private static InvalidOperationException HasNone(KubeObject value) => new($"{value.Kind} has no scale");
}
