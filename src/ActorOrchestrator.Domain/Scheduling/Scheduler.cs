using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Policy;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Domain.Scheduling;

/// <summary>
/// Gives every pod a node. It follows the log with an in-memory snapshot of nodes, reserves a node's resources the
/// moment it chooses it (so requests are never overcommitted, however late the log shows the binding), and tells the
/// pod, who alone decides that it is bound. Until the log shows that, it looks again each time before it tells again.
/// Pods that fit nowhere are told why, and are tried again when a change could help them. Same changes and seed in,
/// same placements out.
/// </summary>
public sealed class Scheduler : IProjection
{
    public const string Component = "default-scheduler";

    /// <summary>How long the log may take to show a binding before the pod is told again, of another node if that one
    /// has become unfit. The message may have been lost with the member that held the pod, or come late; the
    /// reservation stays.</summary>
    private static readonly TimeSpan BindRetry = TimeSpan.FromSeconds(5);

    /// <summary>The like for pods that were asked to make room.</summary>
    private static readonly TimeSpan VictimRetry = TimeSpan.FromSeconds(10);

    /// <summary>How old a "does not fit" message may get while nodes change without helping: its counts are worth
    /// correcting, but not with every change in a busy cluster.</summary>
    private static readonly TimeSpan MessageRefresh = TimeSpan.FromSeconds(10);

    /// <summary>How many placements are made before changes are taken in again: some tens of milliseconds of
    /// work.</summary>
    private const int PlacementsPerBatchMax = 4096;

    /// <summary>Explaining a failure looks at every node; so many of them cost about as much as one
    /// placement.</summary>
    private const int NodesExplainedPerPlacement = 64;

    private readonly NodeTable _nodes = new();
    private readonly SchedulingQueue _queue = new();
    private readonly DisruptionAllowances _budgets = new();
    private readonly Placement _placement;
    private readonly PodTracking _tracking;
    private readonly Preemption _preemption;
    private readonly Queue<(TrackedPod Pod, string Uid, DateTimeOffset Due)> _unconfirmed = new();
    private bool _started;

    /// <summary>A node that was kept for a pod has become free for others within this batch.</summary>
    private bool _isRoomLeft;

    /// <param name="seed">Decides between nodes of equal score.</param>
    public Scheduler(int seed)
    {
        _placement = new Placement(_nodes, new Random(seed));
        _tracking = new PodTracking(_nodes, _placement);
        _preemption = new Preemption(_nodes, _tracking, _budgets);
    }

    public string Name => "scheduler";

    /// <summary>Pods that wait for a node.</summary>
    public int WaitingCount => _tracking.Pods.Count(pod => pod.Stage == PodStage.Waiting);

    /// <summary>A machine's live load (cpu, memory, I/O: the highest of them), 0 idle to 1000 saturated.</summary>
    public void ObserveLoad(string node, int permille) => _nodes.SetLoad(node, permille);

    public void OnChange(ObjectChange change, ProjectionContext context)
    {
        switch (change.New ?? change.Old)
        {
            case Pod when change.New is Pod pod:
                Observe(change.Key, pod, context);
                break;
            case Pod:
                _tracking.Forget(change.Key);
                break;
            case Node:
                _tracking.NodeChanged(change.Old as Node, change.New as Node);
                break;
            case PodDisruptionBudget:
                _budgets.Observe(change.Key, change.New as PodDisruptionBudget);
                break;
            case Namespace:
                _tracking.Topology.NamespaceChanged(change.Key.Name, change.New?.Metadata.Labels);
                break;
        }
    }

    public void Started(ProjectionContext context)
    {
        _started = true;
        foreach (var pod in _tracking.OldestFirst(_tracking.Pods.Where(IsToBeScheduled)))
        {
            Enqueue(pod, context);
        }
    }

    public void OnBatchEnd(ProjectionContext context)
    {
        _tracking.NextRound();
        TellAgain(context);
        WakeParked(context);
        var budget = PlacementsPerBatchMax;
        while (budget > 0 && _queue.TryNext(out var pod))
        {
            budget -= Place(pod, context);
        }

        if (!_queue.IsEmpty || _isRoomLeft)
        {
            context.WakeAt(context.Now);
        }

        _isRoomLeft = false;
    }

    private static bool IsToBeScheduled(TrackedPod tracked) =>
        tracked.Stage == PodStage.Idle
        && tracked.Pod.Spec.SchedulerName is null or "" or Component
        && string.IsNullOrEmpty(tracked.Pod.Spec.NodeName)
        && tracked.Pod.Metadata.DeletionTimestamp is null
        && tracked.Pod.Status.Phase is not ("Succeeded" or "Failed");

    private void Observe(EntityKey key, Pod pod, ProjectionContext context)
    {
        var didAsTold = _tracking.Find(key) is { Stage: PodStage.Assumed } assumed
            && _tracking.WasToldOf(assumed, pod.Spec.NodeName);
        var tracked = _tracking.Observe(key, pod);
        if (didAsTold && tracked.Stage == PodStage.Bound)
        {
            var message = $"Successfully assigned {key.Namespace}/{key.Name} to {pod.Spec.NodeName}";
            context.RecordEvent(pod, "Normal", "Scheduled", message, Component);
        }

        if (_started && IsToBeScheduled(tracked))
        {
            Enqueue(tracked, context);
        }
    }

    private void Enqueue(TrackedPod tracked, ProjectionContext context)
    {
        if (tracked.Pod.Spec.SchedulingGates.Count == 0)
        {
            _queue.Add(tracked);
        }
        else
        {
            Tell(tracked, "SchedulingGated", "Scheduling is blocked due to non-empty scheduling gates", context);
        }
    }

    /// <summary>Places one pod, or parks its class; returns how much of the batch's budget that took.</summary>
    private int Place(TrackedPod tracked, ProjectionContext context)
    {
        var slot = _placement.Choose(tracked.Class);
        if (slot >= 0)
        {
            _isRoomLeft |= tracked.Nomination is not null;
            _tracking.Assume(tracked, slot);
            TellToBind(tracked, context);
            return 1;
        }

        MakeRoom(tracked, context);
        var message = Explain(tracked.Class);
        _queue.Park(
            tracked.Class,
            new Parking(_nodes.Changes.Head, tracked.Class.Topology.Stamp(), message, context.Now));
        TellAll(tracked.Class.Waiting.All(), message, context);
        return 1 + _nodes.AliveCount / NodesExplainedPerPlacement;
    }

    /// <summary>Asks pods of lower priority to go, unless some are already on their way out for this one.</summary>
    private void MakeRoom(TrackedPod tracked, ProjectionContext context)
    {
        if (tracked.Nomination is { IsAwaited: true } pending)
        {
            if (pending.ToldAt + VictimRetry <= context.Now)
            {
                pending.ToldAt = context.Now;
                TellToGo(tracked, pending, context);
            }

            return;
        }

        _isRoomLeft |= tracked.Nomination is not null;
        _tracking.Withdraw(tracked);
        if (_preemption.Plan(tracked) is not { } plan)
        {
            return;
        }

        var nomination = new Nomination(plan.Slot, tracked.Class, plan.Pods, context.Now);
        _tracking.Nominate(tracked, nomination);
        TellToGo(tracked, nomination, context);
    }

    private void TellToGo(TrackedPod preemptor, Nomination nomination, ProjectionContext context)
    {
        foreach (var victim in nomination.Victims)
        {
            if (victim.Slot != nomination.Slot || victim.Pod.Metadata.DeletionTimestamp is not null)
            {
                continue;
            }

            var scheduler = preemptor.Pod.Spec.SchedulerName is { Length: > 0 } name ? name : Component;
            context.Tell(victim.Key, Delete.Exactly(victim.Uid) with
            {
                Disruption = PodDisruption.Preempted(scheduler),
            });
            var message = $"Preempted by pod {preemptor.Uid} on node {_nodes.Names[nomination.Slot]}";
            context.RecordEvent(victim.Pod, "Normal", "Preempted", message, Component);
        }
    }

    private void TellToBind(TrackedPod tracked, ProjectionContext context)
    {
        LookAgainLater(tracked, context);
        context.Tell(tracked.Key, new BindPod(tracked.Uid, _nodes.Names[tracked.Slot]));
    }

    private void LookAgainLater(TrackedPod tracked, ProjectionContext context)
    {
        var due = context.Now + BindRetry;
        if (_unconfirmed.Count == 0)
        {
            context.WakeAt(due);
        }

        _unconfirmed.Enqueue((tracked, tracked.Uid, due));
    }

    /// <summary>Entries are in order of their due times, since all wait equally long.</summary>
    private void TellAgain(ProjectionContext context)
    {
        while (_unconfirmed.TryPeek(out var next))
        {
            var isSettled = next.Pod.Stage != PodStage.Assumed || next.Pod.Uid != next.Uid;
            if (!isSettled && next.Due > context.Now)
            {
                context.WakeAt(next.Due);
                return;
            }

            _unconfirmed.Dequeue();
            if (!isSettled)
            {
                LookAgain(next.Pod, context);
            }
        }
    }

    private void LookAgain(TrackedPod tracked, ProjectionContext context)
    {
        if (_tracking.AssumeAgain(tracked))
        {
            TellToBind(tracked, context);
            return;
        }

        LookAgainLater(tracked, context);
        TellWhy(tracked, Explain(tracked.Class), context);
    }

    private void WakeParked(ProjectionContext context)
    {
        _queue.Wake(MayFit);
        foreach (var pods in _queue.Parked)
        {
            var parking = (Parking)pods.Standing!;
            TellAll(parking.Untold, parking.Message, context);
            parking.Untold.Clear();
            if (!parking.MessageMayDiffer)
            {
                continue;
            }

            var due = parking.MessageAt + MessageRefresh;
            if (due > context.Now)
            {
                context.WakeAt(due);
                continue;
            }

            parking.MessageAt = context.Now;
            parking.MessageMayDiffer = false;
            parking.Message = Explain(pods);
            TellAll(pods.Waiting.All(), parking.Message, context);
        }
    }

    /// <summary>Whether a node that changed since the class was parked would do now, or pods elsewhere that its
    /// constraints speak of have changed. A pod placed on a node never helps on that node.</summary>
    private bool MayFit(PodClass pods, Parking parking)
    {
        var changes = _nodes.Changes;
        if (parking.Cursor < changes.Oldest || parking.Stamp != pods.Topology.Stamp())
        {
            return true;
        }

        for (; parking.Cursor < changes.Head; parking.Cursor++)
        {
            var (slot, kind) = changes.At(parking.Cursor);
            parking.MessageMayDiffer = true;
            if (kind != NodeChangeKind.Taken && pods.Fits(_nodes, slot))
            {
                return true;
            }
        }

        return false;
    }

    private string Explain(PodClass pods)
    {
        var reasons = new FailureReasons();
        for (var slot = 0; slot < _nodes.Count; slot++)
        {
            if (_nodes.IsAlive(slot) && !FirstFailing(pods.SpecFilters, slot, reasons)
                && !FirstFailing(pods.PodsOnNodeFilters, slot, reasons))
            {
                pods.Topology.Explain(_nodes, slot, reasons);
            }
        }

        return reasons.Describe(_nodes.AliveCount);
    }

    private bool FirstFailing(Filters.NodeFilter[] filters, int slot, FailureReasons reasons)
    {
        foreach (var filter in filters)
        {
            if (filter.Passes(_nodes, slot))
            {
                continue;
            }

            filter.Explain(_nodes, slot, reasons);
            return true;
        }

        return false;
    }

    private static void TellAll(IEnumerable<TrackedPod> pods, string message, ProjectionContext context)
    {
        foreach (var tracked in pods)
        {
            if (tracked.Stage == PodStage.Waiting)
            {
                TellWhy(tracked, message, context);
            }
        }
    }

    private static void TellWhy(TrackedPod tracked, string message, ProjectionContext context)
    {
        if (tracked.Told != message)
        {
            Tell(tracked, "Unschedulable", message, context);
            context.RecordEvent(tracked.Pod, "Warning", "FailedScheduling", message, Component);
        }
    }

    private static void Tell(TrackedPod tracked, string reason, string message, ProjectionContext context)
    {
        if (tracked.Told == message)
        {
            return;
        }

        tracked.Told = message;
        context.Tell(tracked.Key, new PodUnschedulable(tracked.Uid, reason, message));
    }
}
