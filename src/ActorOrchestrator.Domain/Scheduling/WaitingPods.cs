using System.Diagnostics.CodeAnalysis;

namespace ActorOrchestrator.Domain.Scheduling;

/// <summary>The waiting pods of one class, oldest first. Pods that left in between are skipped when they come
/// up.</summary>
internal sealed class WaitingPods
{
    private readonly Queue<(TrackedPod Pod, int Ticket)> _queue = new();

    public int Count { get; private set; }

    public void Add(TrackedPod pod)
    {
        pod.Stage = PodStage.Waiting;
        pod.Ticket++;
        _queue.Enqueue((pod, pod.Ticket));
        Count++;
    }

    /// <summary>The pod leaves for <paramref name="stage"/>.</summary>
    public void Remove(TrackedPod pod, PodStage stage)
    {
        pod.Stage = stage;
        pod.Ticket++;
        Count--;
    }

    public bool TryPeek([NotNullWhen(true)] out TrackedPod? pod)
    {
        while (_queue.TryPeek(out var head))
        {
            if (head.Pod.Ticket == head.Ticket)
            {
                pod = head.Pod;
                return true;
            }

            _queue.Dequeue();
        }

        pod = null;
        return false;
    }

    public IEnumerable<TrackedPod> All() =>
        _queue.Where(entry => entry.Pod.Ticket == entry.Ticket).Select(entry => entry.Pod);
}
