using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>How an update may go by one version of a DaemonSet's spec (apps/v1 RollingUpdateDaemonSet; percentages of
/// the nodes are rounded up).</summary>
internal readonly record struct DaemonPace(bool IsRolling, IntOrString Surge, IntOrString Unavailable)
{
    public static DaemonPace Of(DaemonSetUpdateStrategy strategy) => new(
        strategy.Type == "RollingUpdate", strategy.RollingUpdate?.MaxSurge ?? 0,
        strategy.RollingUpdate?.MaxUnavailable ?? 1);

    public int SurgeMax(int nodes) => IsRolling ? Surge.Scaled(nodes, roundUp: true) ?? 0 : 0;

    public int UnavailableMax(int nodes) => IsRolling ? Unavailable.Scaled(nodes, roundUp: true) ?? 0 : 0;
}

/// <summary>What is known of one pod of a DaemonSet.</summary>
internal sealed class DaemonPodEntry
{
    /// <summary>Where it is, or is to be.</summary>
    public string? Node { get; set; }

    public bool IsTerminating { get; set; }

    /// <summary>It has ended, and goes.</summary>
    public bool IsOver { get; set; }

    public bool IsReady { get; set; }

    /// <summary>When that last changed.</summary>
    public DateTimeOffset ReadyChangedAt { get; set; }

    /// <summary>The DaemonSet has asked it to go.</summary>
    public bool IsDismissed { get; set; }

    public bool WasReady(DateTimeOffset since) => IsReady || ReadyChangedAt > since;

    public void Take(Pod pod, DateTimeOffset now)
    {
        var isReady = pod.Metadata.DeletionTimestamp is null
            && pod.Status.Conditions.Any(condition => condition is { Type: "Ready", Status: "True" });
        (IsReady, ReadyChangedAt) = (isReady, isReady == IsReady ? ReadyChangedAt : now);
        Node = pod.Spec.NodeName is { Length: > 0 } node ? node : PinnedTo(pod);
        IsTerminating = pod.Metadata.DeletionTimestamp is not null;
        IsOver = IsTerminating && pod.Status.Phase is "Succeeded" or "Failed";
    }

    /// <summary>The node that its affinity names.</summary>
    public static string? PinnedTo(Pod pod) =>
        pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms
            is [{ MatchFields: [{ Key: "metadata.name", Values: [var name] }] }]
            ? name
            : null;
}

/// <summary>What is known of one DaemonSet, by its uid.</summary>
internal sealed class DaemonBook
{
    public RecentValues<DaemonPace> Paces { get; } = new();

    /// <summary>By uid, those that are there and its.</summary>
    public SortedDictionary<string, DaemonPodEntry> Pods { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Claimed { get; } = new(StringComparer.Ordinal);
}
