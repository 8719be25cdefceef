using System.Diagnostics.CodeAnalysis;

namespace ActorOrchestrator.Domain.Scheduling;

/// <summary>
/// Which class of pods is next: that of the pod with the highest priority, and among equals the oldest (by the batch of
/// changes that they came with), and among equals the class seen first. A class that
/// found no node is parked, with all its pods, until something changes that could help it.
/// </summary>
internal sealed class SchedulingQueue
{
    private readonly PriorityQueue<PodClass, (int NegatedPriority, long Round, long Class)> _active = new();
    private readonly List<PodClass> _parked = [];

    public IReadOnlyList<PodClass> Parked => _parked;

    public bool IsEmpty => _active.Count == 0;

    public void Add(TrackedPod pod)
    {
        pod.Class.Waiting.Add(pod);
        if (pod.Class.Standing is null)
        {
            Activate(pod.Class);
        }
        else if (pod.Class.Standing is Parking parking)
        {
            parking.Untold.Add(pod);
        }
    }

    public bool TryNext([NotNullWhen(true)] out TrackedPod? pod)
    {
        while (_active.TryPeek(out var next, out var rank))
        {
            if (!next.Waiting.TryPeek(out pod))
            {
                _active.Dequeue();
                next.Standing = null;
                continue;
            }

            // The head may be another pod than when the class was ranked.
            if (rank == RankOf(pod))
            {
                return true;
            }

            _active.DequeueEnqueue(next, RankOf(pod));
        }

        pod = null;
        return false;
    }

    /// <summary>The class of the next pod found no node.</summary>
    public void Park(PodClass pods, Parking parking)
    {
        _active.Dequeue();
        pods.Standing = parking;
        _parked.Add(pods);
    }

    /// <summary>Lets the classes that <paramref name="mayFit"/> names try again, and forgets empty ones.</summary>
    public void Wake(Func<PodClass, Parking, bool> mayFit)
    {
        var kept = 0;
        for (var i = 0; i < _parked.Count; i++)
        {
            var pods = _parked[i];
            if (pods.Waiting.Count == 0)
            {
                pods.Standing = null;
            }
            else if (mayFit(pods, (Parking)pods.Standing!))
            {
                Activate(pods);
            }
            else
            {
                _parked[kept++] = pods;
            }
        }

        _parked.RemoveRange(kept, _parked.Count - kept);
    }

    private void Activate(PodClass pods)
    {
        if (!pods.Waiting.TryPeek(out var head))
        {
            pods.Standing = null;
            return;
        }

        pods.Standing = QueueStanding.Active;
        _active.Enqueue(pods, RankOf(head));
    }

    private static (int NegatedPriority, long Round, long Class) RankOf(TrackedPod pod) =>
        (-pod.Class.Priority, pod.Round, pod.Class.Ordinal);
}

/// <summary>Where a class stands in the queue; null: nowhere, no pod of it waits.</summary>
internal abstract class QueueStanding
{
    public static readonly QueueStanding Active = new ActiveStanding();

    private sealed class ActiveStanding : QueueStanding;
}

/// <summary>A class found no node.</summary>
/// <param name="cursor">The node changes that the verdict has taken into account.</param>
/// <param name="stamp">The like of the topology.</param>
internal sealed class Parking(long cursor, long stamp, string message, DateTimeOffset since) : QueueStanding
{
    public long Cursor { get; set; } = cursor;

    public long Stamp { get; set; } = stamp;

    /// <summary>Why, as the waiting pods are told.</summary>
    public string Message { get; set; } = message;

    /// <summary>When the message was made.</summary>
    public DateTimeOffset MessageAt { get; set; } = since;

    /// <summary>Pods that came since; the verdict holds for them too.</summary>
    public List<TrackedPod> Untold { get; } = [];

    /// <summary>Nodes changed since, so the counts in the message may be out of date.</summary>
    public bool MessageMayDiffer { get; set; }
}
