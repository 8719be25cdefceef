using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Pods;
using ActorOrchestrator.Agent.Reclaim;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Scheduling;
using Akka.Actor;

namespace ActorOrchestrator.Agent.Nodes;

/// <summary>
/// The pods of a node by uid: what is wanted of each, and its worker while it has one. A worker that failed is without
/// for a while; what is wanted meanwhile is told to the next one. Used in the agent's turn only.
/// </summary>
internal sealed class WorkerSet(IActorContext context, WorkerPorts ports, MachineFacts machine)
{
    private readonly SortedDictionary<string, Slot> _slots = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _uidBySandbox = new(StringComparer.Ordinal);

    public WorkerPorts Ports => ports;

    /// <summary>The node as the cluster has it, or as it was introduced; null: every pod is taken.</summary>
    public Node? Node
    {
        get;
        set
        {
            field = value;
            TryResizesAgain();
        }
    }

    /// <summary>What the machine is short of, as the node's conditions.</summary>
    public IReadOnlyCollection<string> Pressures { get; set; } = [];

    /// <summary>Kernel parameters that pods may set besides the safe ones (<see cref="SysctlAdmission"/>).</summary>
    public IReadOnlyCollection<string> AllowedUnsafeSysctls { get; init; } = [];

    public IReadOnlyCollection<string> Uids => _slots.Keys;

    /// <summary>Those of which the cluster does not know that they have ended.</summary>
    public IEnumerable<Pod> Active => Pods.Where(pod => !PodPhases.IsTerminal(pod.Status.Phase));

    /// <summary>A pod is here that runs on the machine's lease, or waits for one.</summary>
    public bool HasFenced => ports.Fence is not null && _slots.Values.Any(IsOnLease);

    /// <summary>The machine is about to be shut down: no more pods are taken.</summary>
    public bool IsClosed { get; private set; }

    public IEnumerable<Pod> Pods => _slots.Values.Select(slot => slot.Pod);

    public bool Has(string uid) => _slots.ContainsKey(uid);

    public void Close() => IsClosed = true;

    public void RememberSandbox(string sandboxId, string uid)
    {
        if (Has(uid))
        {
            _uidBySandbox[sandboxId] = uid;
        }
    }

    public string? UidOf(string sandboxId) => _uidBySandbox.GetValueOrDefault(sandboxId);

    /// <summary>The pod as it is wanted now; one that is new here begins with what the runtime has of it, if the node
    /// takes it.</summary>
    public void Desire(Pod pod, PodRemains remains, bool isRemoved = false)
    {
        var uid = pod.Metadata.Uid ?? throw new InvalidOperationException($"pod {pod.Metadata.Name} has no uid");
        if (_slots.TryGetValue(uid, out var known))
        {
            Allocate(known, pod, known.Pod.Spec);
            if (PodPhases.IsTerminal(pod.Status.Phase))
            {
                ports.Fence?.Forget(uid);
            }

            known.Worker?.Tell(known.Desired);
            TryResizesAgain();
            StartWaiting();
            return;
        }

        var slot = new Slot(pod) { Removed = isRemoved ? new PodMessage.Removed(IsForced: false) : null };
        var isNew = IsNew(pod, remains, isRemoved);
        slot.Rejection = NodeRejection.Of(pod.Status) ?? (isNew ? Refuse(pod) : null);
        Allocate(slot, pod, PodAllocation.Reported(pod).Spec);
        _slots.Add(uid, slot);
        ports.Instruments.PodTaken();
        if (MayRun(remains) && IsOnLease(slot) && ports.Fence is { } fence && !fence.Knows(uid))
        {
            // It was not begun on any lease that is known here, so nobody knows since when it may run elsewhere.
            fence.End(uid);
        }

        slot.IsWaiting = slot.Rejection is null && ((isNew && IsInTheWay(slot)) || !IsLeased(uid, slot));
        if (slot.IsWaiting)
        {
            slot.Remains = remains;
            ports.Record(pod, IsInTheWay(slot)
                ? new PodEvent(PodEvent.Normal, "WaitingForFormerPod",
                    "The node still ends a pod of the same name, or one that may have a port that this one wants")
                : new PodEvent(PodEvent.Normal, "WaitingForLease",
                    "The pod must not run twice, and begins when the cluster has answered the node"));
            return;
        }

        Start(uid, slot, remains);
    }

    public void Remove(string uid, bool isForced)
    {
        if (!_slots.TryGetValue(uid, out var slot))
        {
            return;
        }

        if (slot.Removed is not { IsForced: true })
        {
            slot.Removed = new PodMessage.Removed(isForced);
        }

        slot.Worker?.Tell(slot.Removed);
        TryResizesAgain();
        StartWaiting();
    }

    public void Tell(string uid, PodMessage message)
    {
        if (_slots.TryGetValue(uid, out var slot))
        {
            slot.Worker?.Tell(message);
        }
    }

    /// <summary>A ConfigMap or Secret changed: those who refer to it hear of it.</summary>
    public void TellUsersOf(KubeObject changed)
    {
        var kind = changed is Secret ? "Secret" : "ConfigMap";
        foreach (var slot in _slots.Values.Where(s => s.Pod.Metadata.Namespace == changed.Metadata.Namespace))
        {
            if (VolumePlan.Uses(slot.Pod, kind, changed.Metadata.Name ?? ""))
            {
                slot.Worker?.Tell(new PodMessage.ConfigurationChanged());
            }
        }
    }

    /// <summary>All that is wanted of the pod.</summary>
    public void TellAgain(string uid)
    {
        if (!_slots.TryGetValue(uid, out var slot))
        {
            return;
        }

        slot.Worker?.Tell(slot.Desired);
        if (slot.Removed is { } removed)
        {
            slot.Worker?.Tell(removed);
        }
    }

    /// <summary>The cluster has answered: fenced pods may begin. Or it is too late for those that were here
    /// before.</summary>
    public void OnRenewed(bool hasHeld)
    {
        foreach (var (uid, slot) in _slots.Where(one => IsOnLease(one.Value)).ToList())
        {
            if (!hasHeld)
            {
                ports.Fence!.End(uid);
            }

            slot.Worker?.Tell(new PodMessage.Woken());
        }

        StartWaiting();
    }

    /// <summary>A lease is over, or may be: its pods' workers look.</summary>
    public void LookAtLease()
    {
        foreach (var slot in _slots.Values.Where(IsOnLease))
        {
            slot.Worker?.Tell(new PodMessage.Woken());
        }
    }

    /// <summary>A worker threw; it is being stopped.</summary>
    public void NoteFailure(IActorRef worker, Exception cause)
    {
        foreach (var slot in _slots.Values.Where(s => worker.Equals(s.Worker)))
        {
            slot.Failure = cause;
        }
    }

    /// <summary>A worker is gone. One that failed leaves its pod here, to be taken up again after a while.</summary>
    public WorkerFailure? OnEnded(string uid, DateTimeOffset now)
    {
        var slot = _slots[uid];
        slot.Worker = null;
        if (slot.Failure is not { } cause)
        {
            _slots.Remove(uid);
            ports.Fence?.Forget(uid);
            ports.Instruments.PodLeft();
            TryResizesAgain();
            StartWaiting();
            foreach (var sandbox in _uidBySandbox.Where(s => s.Value == uid).Select(s => s.Key).ToList())
            {
                _uidBySandbox.Remove(sandbox);
            }

            return null;
        }

        slot.Failure = null;
        slot.BackOff = BackOff.Next(slot.BackOff, now, now);
        return new WorkerFailure(slot.Pod, cause, slot.BackOff.Delay);
    }

    /// <summary>Gives a pod whose worker failed another one, as after a restart of the agent.</summary>
    public void Revive(string uid, PodRemains remains)
    {
        if (_slots.TryGetValue(uid, out var slot) && slot.Worker is null)
        {
            Start(uid, slot, remains);
        }
    }

    /// <summary>The agent ends, and its workers with it.</summary>
    public void Release()
    {
        foreach (var _ in _slots)
        {
            ports.Instruments.PodLeft();
        }
    }

    /// <summary>Nobody has taken it up yet.</summary>
    private static bool IsNew(Pod pod, PodRemains remains, bool isRemoved) =>
        !isRemoved && remains.Sandboxes.Count == 0 && pod.Status.StartTime is null
        && pod.Metadata.DeletionTimestamp is null && !PodPhases.IsTerminal(pod.Status.Phase);

    /// <summary>What a boot of the machine left does not.</summary>
    private static bool MayRun(PodRemains remains) => remains.Sandboxes.Any(sandbox => sandbox.Ready)
        || remains.Containers.Any(container => container.State == ContainerRuntimeState.Running);

    /// <summary>What nobody wants here any more, and is not gone yet. The scheduler knows nothing of it.</summary>
    private bool IsInTheWay(Slot of) => _slots.Values.Any(other =>
        other != of && other is { Removed: not null, IsWaiting: false } && NodeAdmission.Collides(of.Pod, other.Pod));

    /// <summary>Those that nothing is in the way of any more, or that are to end without having run.</summary>
    private void StartWaiting()
    {
        foreach (var (uid, slot) in _slots.Where(one => one.Value.IsWaiting).ToList())
        {
            var isToEnd = slot.Removed is not null || slot.Pod.Metadata.DeletionTimestamp is not null;
            if (isToEnd || (!IsInTheWay(slot) && IsLeased(uid, slot)))
            {
                slot.IsWaiting = false;
                Start(uid, slot, slot.Remains);
            }
        }
    }

    /// <summary>Its being here is of interest to others, and it has not ended.</summary>
    private static bool IsOnLease(Slot slot) => PodFencing.IsFenced(slot.Pod) && !StaticPods.IsStatic(slot.Pod)
        && slot is { Rejection: null, Removed: null } && !PodPhases.IsTerminal(slot.Pod.Status.Phase);

    /// <summary>Whether its worker may begin: on a lease, or to end it.</summary>
    private bool IsLeased(string uid, Slot slot) => ports.Fence is not { } fence || !IsOnLease(slot)
        || slot.Pod.Metadata.DeletionTimestamp is not null || fence.Knows(uid) || fence.Guard(uid);

    /// <summary>Only a pod that nobody has taken up yet can be refused. Whether one counts beside it the cluster
    /// decides, not what is known here: so this agrees with the scheduler, which counts the same.</summary>
    private NodeRejection? Refuse(Pod pod)
    {
        if (Node is null && !IsClosed)
        {
            return null;
        }

        var refusal = IsClosed ? NodeShutdown.Rejection
            : PressureAdmission.Refusal(pod, Pressures) ?? SysctlAdmission.Refusal(pod, AllowedUnsafeSysctls)
                ?? NodeAdmission.Refusal(pod, Node!, Others(null)) ?? AppArmorAdmission.Refusal(pod, machine);
        if (refusal is not null)
        {
            ports.Record(pod, new PodEvent(PodEvent.Warning, refusal.Reason, refusal.Message));
        }

        return refusal;
    }

    /// <summary>Sets aside what the pod is to have, or leaves it what it has, if it was resized to more than there
    /// is.</summary>
    private void Allocate(Slot slot, Pod pod, PodSpec before)
    {
        slot.Wanted = pod;
        slot.Refusal = PodAllocation.Differs(before, pod.Spec) ? ResizeRefusalOf(slot, pod) : null;
        slot.Pod = slot.Refusal is null ? pod : PodAllocation.With(pod, before);
    }

    private ResizeRefusal? ResizeRefusalOf(Slot slot, Pod pod)
    {
        if (Node is null)
        {
            return null;
        }

        return NodeAdmission.ResizeShortage(pod, Node, []) is { } never
            ? new ResizeRefusal(ResizeRefusal.Infeasible, never)
            : NodeAdmission.ResizeShortage(pod, Node, Others(slot)) is { } now
                ? new ResizeRefusal(ResizeRefusal.Deferred, now)
                : null;
    }

    /// <summary>Something may have been given back.</summary>
    private void TryResizesAgain()
    {
        foreach (var slot in _slots.Values.Where(s => s.Refusal is not null))
        {
            var before = slot.Refusal;
            Allocate(slot, slot.Wanted, slot.Pod.Spec);
            if (slot.Refusal != before)
            {
                slot.Worker?.Tell(slot.Desired);
            }
        }
    }

    private List<Pod> Others(Slot? than) =>
        [.. _slots.Values.Where(s => s.IsTaken && s != than).Select(s => s.Pod)];

    private void Start(string uid, Slot slot, PodRemains remains)
    {
        foreach (var sandbox in remains.Sandboxes)
        {
            RememberSandbox(sandbox.Id, uid);
        }

        slot.Worker = context.ActorOf(PodWorker.Props(slot.Desired, remains, slot.Rejection, slot.Removed, ports));
        context.WatchWith(slot.Worker, new NodeMessage.WorkerEnded(uid));
    }

    private sealed class Slot(Pod pod)
    {
        /// <summary>As it is wanted.</summary>
        public Pod Wanted { get; set; } = pod;

        /// <summary>The same with what is set aside for it.</summary>
        public Pod Pod { get; set; } = pod;

        /// <summary>Why that is not what is wanted; null when it is.</summary>
        public ResizeRefusal? Refusal { get; set; }

        public PodMessage.Desired Desired => new(Pod, Refusal);

        /// <summary>Set once nobody wants the pod any more.</summary>
        public PodMessage.Removed? Removed { get; set; }

        /// <summary>Why the node does not take it; null when it does.</summary>
        public NodeRejection? Rejection { get; set; }

        /// <summary>Its place and what it requests are not others'.</summary>
        public bool IsTaken => Rejection is null && Removed is null && !PodPhases.IsTerminal(Pod.Status.Phase);

        public IActorRef? Worker { get; set; }

        /// <summary>It has no worker yet: another pod has to be gone first.</summary>
        public bool IsWaiting { get; set; }

        /// <summary>What the runtime had of it when it came to wait.</summary>
        public PodRemains Remains { get; set; } = PodRemains.None;

        public Exception? Failure { get; set; }

        /// <summary>How long the next worker waits, grown with each failure.</summary>
        public BackOff? BackOff { get; set; }
    }
}

/// <summary>A pod's worker failed; the next one begins after <paramref name="Delay"/>.</summary>
internal sealed record WorkerFailure(Pod Pod, Exception Cause, TimeSpan Delay);
