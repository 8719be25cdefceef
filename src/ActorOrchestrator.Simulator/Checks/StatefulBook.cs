using System.Globalization;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.ControllerRevisions;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>What is known of one pod of a StatefulSet.</summary>
internal sealed class StatefulPodEntry
{
    public required int Ordinal { get; init; }

    public string? Revision { get; set; }

    public string? Node { get; private set; }

    /// <summary>When it got its node.</summary>
    public DateTimeOffset BoundAt { get; private set; }

    public bool IsTerminating { get; private set; }

    /// <summary>It has ended, well or not.</summary>
    public bool IsOver { get; private set; }

    public bool IsReady { get; private set; }

    /// <summary>When that last changed.</summary>
    public DateTimeOffset ReadyChangedAt { get; private set; }

    /// <summary>The set has asked it to go.</summary>
    public bool IsDismissed { get; set; }

    public bool WasReady(DateTimeOffset since) => IsReady || ReadyChangedAt > since;

    /// <summary>It has served since then, and does.</summary>
    public bool Serves(DateTimeOffset since) => IsReady && !IsDismissed && ReadyChangedAt < since;

    public void Take(Pod pod, DateTimeOffset now)
    {
        Turn(pod.Metadata.DeletionTimestamp is null
            && pod.Status.Conditions.Any(condition => condition is { Type: "Ready", Status: "True" }), now);
        if (Node is null && pod.Spec.NodeName is { Length: > 0 } node)
        {
            (Node, BoundAt) = (node, now);
        }

        Revision = pod.Metadata.Labels.GetValueOrDefault(RevisionHistory.HashLabel);
        IsTerminating = pod.Metadata.DeletionTimestamp is not null;
        IsOver = pod.Status.Phase is "Succeeded" or "Failed";
    }

    /// <summary>It is gone, or the set's no more; the set has yet to hear of that.</summary>
    public void Leave(DateTimeOffset now) => Turn(isReady: false, now);

    private void Turn(bool isReady, DateTimeOffset now) =>
        (IsReady, ReadyChangedAt) = (isReady, isReady == IsReady ? ReadyChangedAt : now);
}

/// <summary>What is known of one StatefulSet, by its uid.</summary>
internal sealed class StatefulBook
{
    private readonly HashSet<string> _everReady = new(StringComparer.Ordinal);

    /// <summary>By uid, the number of each pod that was claimed and is not known to be gone.</summary>
    public SortedDictionary<string, int> Open { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Claimed { get; } = new(StringComparer.Ordinal);

    /// <summary>By uid, those that are, or were, there and its.</summary>
    public SortedDictionary<string, StatefulPodEntry> Pods { get; } = new(StringComparer.Ordinal);

    public void Take(string uid, Pod pod, int ordinal, DateTimeOffset now)
    {
        if (!Pods.TryGetValue(uid, out var entry))
        {
            Pods.Add(uid, entry = new StatefulPodEntry { Ordinal = ordinal });
        }

        entry.Take(pod, now);
        if (entry.IsReady)
        {
            _everReady.Add(uid);
        }
    }

    /// <summary>Whether the number has a pod that has been ready: only such a one can have said so.</summary>
    public bool HasBeenReady(int ordinal) => Open.Any(open => open.Value == ordinal && _everReady.Contains(open.Key));

    public bool WasReady(int ordinal, DateTimeOffset since) =>
        Pods.Values.Any(pod => pod.Ordinal == ordinal && pod.WasReady(since));

    /// <summary>The number in the name of one of its pods; null in another.</summary>
    public static int? OrdinalOf(string set, string pod) => pod.StartsWith($"{set}-", StringComparison.Ordinal)
        && int.TryParse(pod[(set.Length + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)
            ? ordinal
            : null;
}

/// <summary>How a StatefulSet is to go about it by its spec (apps/v1 StatefulSetSpec).</summary>
internal sealed class StatefulWish(StatefulSet set)
{
    private RollingUpdateStatefulSetStrategy? Rolling => set.Spec.UpdateStrategy.RollingUpdate;

    public int Start => set.Spec.Ordinals?.Start ?? 0;

    public int Replicas => set.Spec.Replicas ?? 1;

    public IEnumerable<int> Range => Enumerable.Range(Start, Replicas);

    public bool IsOrdered => set.Spec.PodManagementPolicy != "Parallel";

    public bool Rolls => set.Spec.UpdateStrategy.Type != "OnDelete";

    /// <summary>A percentage is rounded down, to 1 at least.</summary>
    public int UnavailableMax => Math.Max(1, (Rolling?.MaxUnavailable ?? 1).Scaled(Replicas, roundUp: false) ?? 1);

    public bool IsInRange(int ordinal) => ordinal >= Start && ordinal - Start < Replicas;

    public bool IsKeptBack(int ordinal) => Rolls && ordinal - Start < (Rolling?.Partition ?? 0);

    /// <summary>What a new pod of the number is made of.</summary>
    public string? RevisionOf(int ordinal) =>
        IsKeptBack(ordinal) ? set.Status.CurrentRevision : set.Status.UpdateRevision;

    /// <summary>The uid of the owner that the claims of a pod are to have; null for none.</summary>
    public string? KeeperOf(int ordinal, string podUid)
    {
        var policy = set.Spec.PersistentVolumeClaimRetentionPolicy;
        return policy?.WhenScaled == "Delete" && !IsInRange(ordinal)
            ? podUid
            : policy?.WhenDeleted == "Delete" ? set.Metadata.Uid : null;
    }
}
