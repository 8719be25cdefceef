using ActorOrchestrator.Domain.ControllerRevisions;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.StatefulSets;

/// <summary>A StatefulSet as its arithmetic sees it.</summary>
public sealed record StatefulInput
{
    /// <summary>By number, the pods that are there, and those asked for.</summary>
    public required IReadOnlyDictionary<int, RevisionedPod> Pods { get; init; }

    /// <summary>The first number.</summary>
    public int Start { get; init; }

    public int Replicas { get; init; }

    /// <summary>One pod after the other (podManagementPolicy OrderedReady).</summary>
    public bool IsOrdered { get; init; } = true;

    public int MinReadySeconds { get; init; }

    /// <summary>Old pods are replaced (updateStrategy RollingUpdate).</summary>
    public bool Rolls { get; init; } = true;

    /// <summary>So many of the first pods are not updated.</summary>
    public int Partition { get; init; }

    /// <summary>How many pods may be unavailable by an update; at least 1.</summary>
    public int MaxUnavailable { get; init; } = 1;

    /// <summary>The revision of pods that are not updated.</summary>
    public required string Current { get; init; }

    /// <summary>The revision of the template.</summary>
    public required string Update { get; init; }

    /// <summary>By name, pods that failed before.</summary>
    public IReadOnlyDictionary<string, PodFailures> Failures { get; init; } = new Dictionary<string, PodFailures>();

    /// <summary>The numbers whose claims do not have the owner yet that decides on their end.</summary>
    public IReadOnlySet<int> Unkept { get; init; } = new HashSet<int>();

    public IEnumerable<int> Range => Enumerable.Range(Start, Math.Min(Replicas, int.MaxValue - Start));

    public bool IsInRange(int ordinal) => ordinal >= Start && ordinal - Start < Replicas;

    /// <summary>What a pod of the number is made of.</summary>
    public string RevisionOf(int ordinal) => Rolls && ordinal - Start < Partition ? Current : Update;
}

/// <summary>Why a pod goes.</summary>
public enum LeaveReason
{
    /// <summary>It has failed or succeeded, and another one takes its place.</summary>
    Ended,

    /// <summary>It does not come up, and is of a revision that its number is not to have.</summary>
    Broken,

    /// <summary>There are too many.</summary>
    Surplus,

    /// <summary>It is of an older revision.</summary>
    Outdated,
}

/// <summary>A pod that is told to go.</summary>
public readonly record struct LeavingPod(RevisionedPod Pod, LeaveReason Why);

/// <summary>The next step of a StatefulSet.</summary>
/// <param name="Creates">The numbers of the pods that are made.</param>
/// <param name="Deletes">The pods that go.</param>
/// <param name="WaitingOn">What has to happen before the next step; null when nothing has, or only what is over in a
/// moment.</param>
/// <param name="AgainAt">When time alone allows more; null if it does not.</param>
public sealed record StatefulPlan(
    IReadOnlyList<int> Creates, IReadOnlyList<LeavingPod> Deletes, StatefulWait? WaitingOn, DateTimeOffset? AgainAt)
{
    public bool IsEmpty => Creates.Count + Deletes.Count == 0;
}
