using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Pods;

/// <summary>Changes of a pod's conditions that the control plane makes itself (v1 PodCondition).</summary>
public static class PodConditions
{
    public const string Scheduled = "PodScheduled";

    public const string ResizePending = "PodResizePending";
    public const string ResizeInProgress = "PodResizeInProgress";
    public const string DisruptionTarget = "DisruptionTarget";

    private const string Ready = "Ready";

    /// <summary>Of the agent alone, which leaves them out when there is nothing to say.</summary>
    public static readonly ValueList<string> OfResize = [ResizePending, ResizeInProgress];

    /// <summary>Whether the pod's node ends it: that, too, the agent alone says.</summary>
    public static bool IsItsNodesDisruption(PodCondition condition) =>
        condition is { Type: DisruptionTarget, Reason: PodDisruption.ByItsNode };

    public static bool IsReady(PodStatus status)
    {
        foreach (var condition in status.Conditions.AsSpan())
        {
            if (condition.Type == Ready)
            {
                return condition.Status == "True";
            }
        }

        return false;
    }

    /// <summary>When the pod came to its node; null where that is not known.</summary>
    public static DateTimeOffset? BoundAt(PodStatus status)
    {
        foreach (var condition in status.Conditions.AsSpan())
        {
            if (condition is { Type: Scheduled, Status: "True" })
            {
                return condition.LastTransitionTime;
            }
        }

        return null;
    }

    public static Pod Bind(Pod pod, PodBound bound) => pod with
    {
        Spec = pod.Spec with { NodeName = bound.Node },
        Status = Set(pod.Status, new PodCondition
        {
            Type = Scheduled,
            Status = "True",
            ObservedGeneration = GenerationOf(pod),
            LastTransitionTime = ObjectLifecycle.Truncate(bound.At),
        }),
    };

    public static PodStatus Unschedulable(Pod pod, string reason, string message, DateTimeOffset now)
    {
        var before = pod.Status.Conditions.FirstOrDefault(condition => condition.Type == Scheduled);
        return Set(pod.Status, new PodCondition
        {
            Type = Scheduled,
            Status = "False",
            ObservedGeneration = GenerationOf(pod),
            Reason = reason,
            Message = message,
            LastTransitionTime = before?.Status == "False" ? before.LastTransitionTime : ObjectLifecycle.Truncate(now),
        });
    }

    public static PodStatus Disrupted(Pod pod, PodDisruption why, DateTimeOffset now) =>
        Set(pod.Status, new PodCondition
        {
            Type = DisruptionTarget,
            Status = "True",
            ObservedGeneration = GenerationOf(pod),
            Reason = why.Reason,
            Message = why.Message,
            LastTransitionTime = ObjectLifecycle.Truncate(now),
        });

    /// <summary>The agent's report over the stored status: conditions of types that the agent does not report
    /// (readiness gates set by others, PodScheduled) stay, but for those that are its alone. With what the agent has
    /// seen of the pod, it has seen that the pod is on its node.</summary>
    public static PodStatus Merge(PodStatus stored, PodStatus reported)
    {
        var foreign = stored.Conditions
            .Where(condition => !OfResize.Contains(condition.Type) && !IsItsNodesDisruption(condition)
                && reported.Conditions.All(other => other.Type != condition.Type))
            .Select(condition => condition is { Type: Scheduled, Status: "True" }
                && condition.ObservedGeneration < reported.ObservedGeneration
                ? condition with { ObservedGeneration = reported.ObservedGeneration }
                : condition)
            .ToList();
        return reported with
        {
            QosClass = stored.QosClass ?? reported.QosClass,
            NominatedNodeName = null,
            Conditions = foreign.Count == 0 ? reported.Conditions : reported.Conditions.Concat(foreign).ToValueList(),
        };
    }

    /// <summary>Of the spec that a condition is about.</summary>
    public static long GenerationOf(Pod pod) => pod.Metadata.Generation ?? 0;

    private static PodStatus Set(PodStatus status, PodCondition condition) => status with
    {
        Conditions = status.Conditions.Where(other => other.Type != condition.Type).Append(condition).ToValueList(),
    };
}
