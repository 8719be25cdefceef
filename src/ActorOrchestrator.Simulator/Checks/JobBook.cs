using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>What is known of one pod of a Job.</summary>
internal sealed class JobPod
{
    /// <summary>Neither over nor told to go.</summary>
    public bool IsActive { get; set; }

    /// <summary>It shuts down, and its machine has not said that it is through.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>It was told to go, by whomever.</summary>
    public bool WasTerminating { get; set; }

    /// <summary>Succeeded or Failed; null before.</summary>
    public string? End { get; set; }

    /// <summary>Whether its end counts is for the Job to say: it was told to go first, or left its Job.</summary>
    public bool IsDoubtful { get; set; }

    /// <summary>The Job has asked it to go.</summary>
    public bool IsDismissed { get; set; }

    /// <summary>Nothing keeps it for the Job any more.</summary>
    public bool IsLetGo { get; set; }

    /// <summary>It may go before it has ended, or has.</summary>
    public bool MayHaveFailed => End == "Failed" || WasTerminating;

    public bool IsFirm(string end) => End == end && !IsDoubtful;

    public void Take(Pod pod)
    {
        var isTerminating = pod.Metadata.DeletionTimestamp is not null;
        var isOver = pod.Status.Phase is "Succeeded" or "Failed";
        if (isOver && End is null)
        {
            (End, IsDoubtful) = (pod.Status.Phase, IsDoubtful || isTerminating);
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
    private readonly HashSet<string> _claimed = new(StringComparer.Ordinal);
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

    public void Claim(string podUid)
    {
        _claimed.Add(podUid);
        _open.Add(podUid);
    }

    public void Close(IEnumerable<string> podUids) => _open.ExceptWith(podUids);

    public bool IsClaimed(string podUid) => _claimed.Contains(podUid);

    public int Count(Func<JobPod, bool> which) => _pods.Values.Count(which);

    public static string? ControllerOf(Pod? pod) => pod?.Metadata.OwnerReferences.FirstOrDefault(
        reference => reference is { Controller: true, Kind: nameof(Job) })?.Uid;
}
