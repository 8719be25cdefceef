using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Domain.ReplicaSets;

namespace ActorOrchestrator.Domain.Jobs;

/// <summary>
/// What an Indexed Job does about its indexes 0 to completions - 1: each is to succeed once, by whichever pod.
/// <code>
///              pod made            succeeded
///   missing ────────────► running ───────────► completed
///      ▲                     │ failed
///      └──── back-off ───────┴──more often than backoffLimitPerIndex, or FailIndex──► failed
/// </code>
/// </summary>
internal static class CompletionIndexes
{
    public static bool Has(Job job) => job.Spec.CompletionMode == "Indexed";

    /// <summary>Each index fails for itself.</summary>
    public static bool FailAlone(Job job) => Has(job) && job.Spec.BackoffLimitPerIndex is not null;

    public static IndexRanges Completed(Job job) => Parse(job, job.Status.CompletedIndexes);

    public static IndexRanges Failed(Job job) => Parse(job, job.Status.FailedIndexes);

    /// <summary>Whether there is such an index. One that there was before completions were lowered counts no
    /// more.</summary>
    public static bool IsValid(Job job, int? index) => index >= 0 && index < (job.Spec.Completions ?? 0);

    /// <summary>
    /// Which pods are one too many whatever parallelism allows: those without a valid index, or of one that needs none
    /// any more, and all but one of those that have the same.
    /// </summary>
    public static IReadOnlyList<JobPodClaim> Superfluous(
        Job job, IReadOnlyList<JobPodClaim> wanted, DateTimeOffset now)
    {
        var done = Completed(job).Union(Failed(job));
        var superfluous = wanted.Where(claim =>
            !IsValid(job, claim.Index) || done.Contains(claim.Index!.Value)).ToList();
        var doubled = wanted.Except(superfluous).GroupBy(claim => claim.Index!.Value).Where(pods => pods.Count() > 1);
        foreach (var pods in doubled.OrderBy(pods => pods.Key))
        {
            superfluous.AddRange(PodRanking.FirstToGo([.. pods], pods.Count() - 1, minReadySeconds: 0, now)
                .Cast<JobPodClaim>());
        }

        return superfluous;
    }

    /// <summary>The lowest indexes that have no pod and may have one now, so many at most; and when another one may,
    /// if it only backs off. None while an adopted pod has not told which index it has.</summary>
    public static (IReadOnlyList<int> Indexes, DateTimeOffset? NextAt) Missing(
        Job job, JobState state, int count, DateTimeOffset now)
    {
        var (missing, nextAt) = (new List<int>(), (DateTimeOffset?)null);
        if (count <= 0 || state.Claims.Values.Any(claim => claim is { IsActive: true, Index: null, Run: null }))
        {
            return (missing, null);
        }

        var taken = state.Claims.Values
            .Where(claim => claim.IsActive || (JobPods.AreReplacedWhenEnded(job) && claim.IsLeaving))
            .Select(claim => claim.Index ?? -1).ToList();
        var done = Completed(job).Union(Failed(job)).Union(IndexRanges.Of(taken.Where(index => index >= 0)));
        foreach (var index in done.MissingBelow(job.Spec.Completions ?? 0))
        {
            if (missing.Count == count)
            {
                break;
            }

            if (state.IndexFailures.GetValueOrDefault(index).Until is { } until && until > now)
            {
                nextAt = nextAt < until ? nextAt : until;
            }
            else
            {
                missing.Add(index);
            }
        }

        return (missing, nextAt);
    }

    private static IndexRanges Parse(Job job, string? text) =>
        IndexRanges.Parse(text, int.MaxValue).Ranges.Below(job.Spec.Completions ?? 0);
}

/// <summary>How often the pods of an index have failed since it was last done with.</summary>
/// <param name="Index">The index.</param>
/// <param name="Counted">Failures that count against backoffLimitPerIndex.</param>
/// <param name="Ignored">Failures that the pod failure policy ignores.</param>
/// <param name="LastFailedAt">When the last one was.</param>
public readonly record struct IndexFailures(int Index, int Counted, int Ignored, DateTimeOffset? LastFailedAt)
{
    /// <summary>No pod is made for it before; null for no wait.</summary>
    public DateTimeOffset? Until => new JobBackOff(Counted + Ignored, LastFailedAt).Until;

    public IndexFailures After(int index, bool isIgnored, DateTimeOffset at) => new(
        index, Counted + (isIgnored ? 0 : 1), Ignored + (isIgnored ? 1 : 0), LastFailedAt > at ? LastFailedAt : at);
}

/// <summary>How often pods of these indexes have failed, counted with the row that settles the pods. An index without
/// failures is done with, or has none to be remembered any more.</summary>
public sealed record JobIndexesFailed(Api.ValueList<IndexFailures> Indexes) : DomainEvent
{
    public override EventScope Scope => EventScope.Private;
}
