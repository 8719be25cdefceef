using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;

namespace ActorOrchestrator.Domain.Jobs;

/// <summary>A Job's counts while the ends of pods are entered into them. Of an Indexed Job successes are indexes, not
/// pods: whichever pods succeed for one, it counts once.</summary>
internal sealed class JobTally
{
    private readonly Job _job;
    private readonly JobState _state;
    private readonly DateTimeOffset _now;
    private readonly bool _isIndexed;
    private readonly SortedSet<int> _newlyCompleted = [];
    private readonly SortedSet<int> _newlyFailed = [];
    private readonly SortedDictionary<int, IndexFailures> _failures = [];
    private readonly IndexRanges _completed = IndexRanges.None;
    private readonly IndexRanges _failed = IndexRanges.None;
    private int _succeededPods;
    private int _failedPods;

    public JobTally(Job job, JobState state, DateTimeOffset now)
    {
        (_job, _state, _now, BackOff) = (job, state, now, state.BackOff);
        _isIndexed = CompletionIndexes.Has(job);
        if (_isIndexed)
        {
            (_completed, _failed) = (CompletionIndexes.Completed(job), CompletionIndexes.Failed(job));
        }
    }

    public JobBackOff BackOff { get; private set; }

    /// <summary>Why a pod that has failed makes the Job fail by its pod failure policy; null when none does.</summary>
    public string? FailJobMessage { get; private set; }

    /// <summary>What has become of the failures of indexes; empty when nothing has.</summary>
    public ValueList<IndexFailures> IndexFailures => _failures.Values.ToValueList();

    public JobStatus Status => _isIndexed ? IndexedStatus() : _job.Status with
    {
        Succeeded = _job.Status.Succeeded + _succeededPods, Failed = _job.Status.Failed + _failedPods,
    };

    public void Succeed(JobPodClaim claim)
    {
        if (!_isIndexed)
        {
            _succeededPods++;
        }
        else if (CompletionIndexes.IsValid(_job, claim.Index) && !IsFailed(claim.Index!.Value))
        {
            _newlyCompleted.Add(claim.Index.Value);
            Forget(claim.Index.Value);
        }

        BackOff = default;
    }

    /// <summary>An ignored failure counts nowhere, but the next pod waits for its turn all the same.</summary>
    public void Fail(JobPodClaim claim)
    {
        var ruling = FailurePolicy.Of(_job, claim);
        BackOff = BackOff.AfterFailure(_now);
        FailJobMessage ??= ruling.Action == FailureAction.FailJob ? ruling.Message : null;
        var counts = ruling.Action != FailureAction.Ignore;
        if (!_isIndexed)
        {
            _failedPods += counts ? 1 : 0;
        }
        else if (CompletionIndexes.IsValid(_job, claim.Index))
        {
            _failedPods += counts ? 1 : 0;
            FailIndex(claim, ruling.Action);
        }
    }

    /// <summary>A pod that its Job told to go says nothing of its index.</summary>
    private void FailIndex(JobPodClaim claim, FailureAction action)
    {
        var index = claim.Index!.Value;
        if (_job.Spec.BackoffLimitPerIndex is not { } limit || claim.IsDeletionRequested
            || IsFailed(index) || _completed.Contains(index) || _newlyCompleted.Contains(index))
        {
            return;
        }

        var failures = FailuresOf(index).After(index, isIgnored: action == FailureAction.Ignore, _now);
        if (action == FailureAction.FailIndex || failures.Counted > limit)
        {
            _newlyFailed.Add(index);
            Forget(index);
        }
        else
        {
            _failures[index] = failures;
        }
    }

    private bool IsFailed(int index) => _failed.Contains(index) || _newlyFailed.Contains(index);

    private IndexFailures FailuresOf(int index) => _failures.TryGetValue(index, out var failures)
        ? failures
        : _state.IndexFailures.GetValueOrDefault(index);

    private void Forget(int index)
    {
        if (FailuresOf(index) != default)
        {
            _failures[index] = new IndexFailures(index, 0, 0, null);
        }
    }

    private JobStatus IndexedStatus()
    {
        var completed = _completed.Union(IndexRanges.Of(_newlyCompleted));
        var text = completed.ToString();
        return _job.Status with
        {
            Succeeded = completed.Count,
            Failed = _job.Status.Failed + _failedPods,
            CompletedIndexes = text.Length == 0 ? null : text,
            FailedIndexes = CompletionIndexes.FailAlone(_job)
                ? _failed.Union(IndexRanges.Of(_newlyFailed)).ToString()
                : _job.Status.FailedIndexes,
        };
    }
}
