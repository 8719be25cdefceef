using System.Globalization;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Jobs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>What is known of one pod of a Job.</summary>
internal sealed class JobPod
{
    private bool _isRuled;

    /// <summary>Neither over nor told to go.</summary>
    public bool IsActive { get; set; }

    /// <summary>It shuts down, and its machine has not said that it is through.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>It was told to go, by whomever.</summary>
    public bool WasTerminating { get; set; }

    /// <summary>Succeeded or Failed; null before.</summary>
    public string? End { get; set; }

    /// <summary>When its end was durable; null before.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>Whether its end counts is for the Job to say: it was told to go first, or left its Job.</summary>
    public bool IsDoubtful { get; set; }

    /// <summary>The Job has asked it to go.</summary>
    public bool IsDismissed { get; set; }

    /// <summary>Nothing keeps it for the Job any more.</summary>
    public bool IsLetGo { get; set; }

    /// <summary>Its completion index; null without one.</summary>
    public int? Index { get; set; }

    /// <summary>When its end was entered, or let be; null before.</summary>
    public DateTimeOffset? SettledAt { get; set; }

    /// <summary>What its Job's failure policy says of it; null before it has failed, and when that has
    /// changed.</summary>
    public string? Ruling { get; set; }

    /// <summary>It may go before it has ended, or has; and is not to be ignored.</summary>
    public bool MayHaveFailed => (End == "Failed" && Ruling != "Ignore") || WasTerminating;

    /// <summary>Its end is one that counts.</summary>
    public bool HasFirmlyFailed => IsFirm("Failed") && Ruling is not (null or "Ignore");

    public bool IsFirm(string end) => End == end && !IsDoubtful;

    /// <summary>What the policy says may be this.</summary>
    public bool MayBeRuled(string action) => Ruling == action || (MayHaveFailed && (Ruling is null || IsDoubtful));

    public void Take(Pod pod, JobSpec? spec, DateTimeOffset now)
    {
        Index = int.TryParse(
            pod.Metadata.Annotations.GetValueOrDefault(JobNames.CompletionIndex), NumberStyles.None,
            CultureInfo.InvariantCulture, out var index)
            ? index
            : null;
        var isTerminating = pod.Metadata.DeletionTimestamp is not null;
        var isOver = pod.Status.Phase is "Succeeded" or "Failed";
        if (isOver && End is null)
        {
            (End, EndedAt, IsDoubtful) = (pod.Status.Phase, now, IsDoubtful || isTerminating);
        }

        if (pod.Status.Phase == "Failed")
        {
            var ruling = spec is null ? null : FailureRulings.Of(spec, pod);
            Ruling = _isRuled && ruling != Ruling ? null : ruling;
            _isRuled = true;
        }

        // What the Job had asked to go, and somebody else deleted when it was over, the Job need not count.
        IsDoubtful |= isTerminating && !WasTerminating && IsDismissed;
        IsActive = !isTerminating && !isOver;
        IsLeaving = isTerminating && !isOver && pod.Metadata.DeletionGracePeriodSeconds > 0;
        WasTerminating |= isTerminating;
    }

    public void Leave() => (IsActive, IsLeaving, IsDoubtful) = (false, false, true);
}

/// <summary>What is known of one Job, by its uid.</summary>
internal sealed class JobBook
{
    private readonly Dictionary<string, int?> _claimed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JobPod> _pods = new(StringComparer.Ordinal);

    public RecentValues<int> Parallelism { get; } = new();

    /// <summary>Pods that were claimed and whose end is not entered.</summary>
    public int Open => _open.Count;

    /// <summary>Pods that there ever were.</summary>
    public int Ever => _pods.Count;

    public IReadOnlyDictionary<string, JobPod> Pods => _pods;

    public JobPod Of(string podUid)
    {
        if (!_pods.TryGetValue(podUid, out var pod))
        {
            _pods.Add(podUid, pod = new JobPod());
        }

        return pod;
    }

    public void Claim(JobPodClaim claim)
    {
        _claimed[claim.Uid] = claim.MadeForIndex;
        _open.Add(claim.Uid);
    }

    /// <summary>Which index it was claimed for; null for none.</summary>
    public int? IndexOf(string podUid) => _claimed.GetValueOrDefault(podUid);

    /// <summary>Whether another pod was claimed for the index, and its end is not entered.</summary>
    public bool HasOpen(int index, string butUid) => _open.Any(uid => uid != butUid && _claimed[uid] == index);

    public void Settle(IEnumerable<string> podUids, DateTimeOffset now)
    {
        foreach (var uid in podUids)
        {
            Of(uid).SettledAt = now;
            _open.Remove(uid);
        }
    }

    /// <summary>Indexes from here on are no more, whatever became of them.</summary>
    public void Lower(int completions)
    {
        foreach (var pod in _pods.Values.Where(pod => pod.Index >= completions))
        {
            pod.IsDoubtful = true;
        }
    }

    /// <summary>Nothing is expected of these any more.</summary>
    public void Close(IEnumerable<string> podUids) => _open.ExceptWith(podUids);

    public bool IsClaimed(string podUid) => _claimed.ContainsKey(podUid);

    public int Count(Func<JobPod, bool> which) => _pods.Values.Count(which);

    /// <summary>How many successes these are: of an Indexed Job indexes, of others pods.</summary>
    public int Successes(Job job, Func<JobPod, bool> which) => job.Spec.CompletionMode == "Indexed"
        ? _pods.Values.Where(which).Select(pod => pod.Index).Distinct().Count()
        : Count(which);

    public static string? ControllerOf(Pod? pod) => pod?.Metadata.OwnerReferences.FirstOrDefault(
        reference => reference is { Controller: true, Kind: nameof(Job) })?.Uid;
}
