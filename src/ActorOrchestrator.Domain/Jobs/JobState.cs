using System.Collections.Immutable;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.Jobs;

/// <summary>A Job: the object, whose status holds the counts, its durable claims on pods, and how its pods have failed
/// of late.</summary>
public sealed record JobState(KubeObject? Object) : OwnerState<JobPodClaim>(Object)
{
    public static new readonly JobState Absent = new((KubeObject?)null);

    public JobBackOff BackOff { get; init; }

    /// <summary>How often pods of an index have failed, where each index fails for itself; only those that have, and
    /// are not done with.</summary>
    public ImmutableSortedDictionary<int, IndexFailures> IndexFailures { get; init; } =
        ImmutableSortedDictionary<int, IndexFailures>.Empty;

    /// <summary>Which obstacles were told; volatile.</summary>
    public ValueList<ToldObstacle> Told { get; init; } = [];

    public Job? Job => (Job?)Object;
}

/// <summary>
/// How long a Job waits before it replaces a failed pod, as in Kubernetes: 10 s after the first failure, doubled by
/// each one that follows without a success between, six minutes at most.
/// <code>
///   failures in a row     0   1   2   3   4    5    6    7
///   seconds              none 10  20  40  80  160  320  360
/// </code>
/// </summary>
public readonly record struct JobBackOff(int FailuresInARow, DateTimeOffset? LastFailedAt)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Max = TimeSpan.FromMinutes(6);

    /// <summary>No pod is made before; null for no wait.</summary>
    public DateTimeOffset? Until => FailuresInARow > 0
        ? LastFailedAt?.Later(Ownership.BackOff.Pause(First, Max, FailuresInARow - 1))
        : null;

    public JobBackOff AfterFailure(DateTimeOffset at) =>
        new(FailuresInARow + 1, LastFailedAt > at ? LastFailedAt : at);
}
