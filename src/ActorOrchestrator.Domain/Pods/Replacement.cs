using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Pods;

/// <summary>
/// Pods that are evicted only when another one is available in their place (surge before evict). A pod asks for it by
/// an annotation; the first eviction marks it, and its ReplicaSet makes one pod more, and lets the marked one go then.
/// <code>
///   evict ──► marked, refused (429) ──► a new pod is available ──► the marked pod is told to go
///               └── each further try is refused while it is there ──────────────────┘
/// </code>
/// </summary>
public static class Replacement
{
    /// <summary><see cref="AfterReplacement"/> asks for it.</summary>
    public const string Asks = "actor-orchestrator/evict";

    public const string AfterReplacement = "after-replacement";

    /// <summary>Somebody wants the pod evicted.</summary>
    public const string Mark = "actor-orchestrator/eviction-requested";

    private const string Marked = "true";

    private static readonly string[] Replacing = [new ReplicaSet().Kind, new ReplicationController().Kind];

    public static bool IsAwaited(Pod pod) => pod.Metadata.Annotations.GetValueOrDefault(Mark) == Marked;

    /// <summary>Whether an eviction has to wait: the pod serves, it asks for it, and what made it can make
    /// another.</summary>
    public static bool IsToBeAwaited(Pod pod) =>
        pod.Metadata.Annotations.GetValueOrDefault(Asks) == AfterReplacement
        && PodConditions.IsReady(pod.Status)
        && ObjectLifecycle.ControllerOf(pod) is { } controller && Replacing.Contains(controller.Kind);

    public static Pod AsMarked(Pod pod) => pod with
    {
        Metadata = pod.Metadata with { Annotations = pod.Metadata.Annotations.With(Mark, Marked) },
    };
}
