using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Host.Drains;

/// <summary>What becomes of a node's pods when it is drained, as with kubectl.</summary>
/// <param name="Evicted">Those that are asked to go.</param>
/// <param name="Unmanaged">Those of them that nobody makes again elsewhere, and that have not ended.</param>
/// <param name="Staying">Daemons, which would come again on the same node, and static pods.</param>
internal sealed record DrainPlan(
    IReadOnlyList<Pod> Evicted, IReadOnlyList<Pod> Unmanaged, IReadOnlyList<Pod> Staying)
{
    public static DrainPlan Of(IEnumerable<Pod> pods)
    {
        var all = pods.OrderBy(Name, StringComparer.Ordinal).ToList();
        var evicted = all.Where(pod => !Stays(pod)).ToList();
        return new(evicted, [.. evicted.Where(IsUnmanaged)], [.. all.Where(Stays)]);
    }

    public static string Name(Pod pod) => $"{pod.Metadata.Namespace}/{pod.Metadata.Name}";

    private static bool Stays(Pod pod) => StaticPods.IsStatic(pod) || ControllerOf(pod) == "DaemonSet";

    private static bool IsUnmanaged(Pod pod) =>
        ControllerOf(pod) is null && pod.Status.Phase is not ("Succeeded" or "Failed");

    private static string? ControllerOf(Pod pod) =>
        pod.Metadata.OwnerReferences.FirstOrDefault(owner => owner.Controller == true)?.Kind;
}
