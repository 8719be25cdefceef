using ActorOrchestrator.Api.Apps;

namespace ActorOrchestrator.Api.Autoscaling;

/// <summary>The kinds that have a Scale (<see cref="ResourceKind.HasScale"/>), seen by their replicas.</summary>
public static class Scalables
{
    /// <summary>The object as autoscaling/v1 Scale shows it.</summary>
    /// <param name="value">A Deployment, ReplicaSet or StatefulSet.</param>
    /// <param name="showSelector">A selector as text.</param>
    public static Scale ScaleOf(KubeObject value, Func<LabelSelector?, string> showSelector)
    {
        var (wanted, actual, selector) = value switch
        {
            Deployment it => (it.Spec.Replicas, it.Status.Replicas, it.Spec.Selector),
            ReplicaSet it => (it.Spec.Replicas, it.Status.Replicas, it.Spec.Selector),
            StatefulSet it => (it.Spec.Replicas, it.Status.Replicas, it.Spec.Selector),
            _ => throw HasNone(value),
        };
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

    public static KubeObject WithReplicas(KubeObject value, int replicas) => value switch
    {
        Deployment it => it with { Spec = it.Spec with { Replicas = replicas } },
        ReplicaSet it => it with { Spec = it.Spec with { Replicas = replicas } },
        StatefulSet it => it with { Spec = it.Spec with { Replicas = replicas } },
        _ => throw HasNone(value),
    };

    private static InvalidOperationException HasNone(KubeObject value) => new($"{value.Kind} has no scale");
}
