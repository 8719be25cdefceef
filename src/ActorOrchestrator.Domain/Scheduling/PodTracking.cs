using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Scheduling.Topology;

namespace ActorOrchestrator.Domain.Scheduling;

/// <summary>
/// Follows every pod and node of the log and keeps what placements need up to date: which class a pod is of, which node
/// holds it, and what is left on each node. What it returns tells the scheduler what to do about a pod.
/// </summary>
internal sealed class PodTracking(NodeTable nodes, Placement placement)
{
    private readonly Dictionary<EntityKey, TrackedPod> _pods = [];
    private readonly Dictionary<Pod, PodClass> _classes = new(PodClassComparer.Instance);
    private readonly TopologyIndex _topology = new(nodes);
    private readonly SortedDictionary<int, int> _placedByPriority = [];
    private long _round;
    private long _classOrdinals;

    public TopologyIndex Topology => _topology;

    public int PodCount => _pods.Count;

    public IEnumerable<TrackedPod> Pods => _pods.Values;

    public TrackedPod? Find(EntityKey key) => _pods.GetValueOrDefault(key);

    public void NodeChanged(Node? old, Node? node)
    {
        var name = (node ?? old)!.Metadata.Name!;
        if (node is null)
        {
            var slot = nodes.Find(name);
            nodes.Remove(name);
            if (slot >= 0)
            {
                _topology.NodeChanged(slot);
            }
        }
        else if (nodes.Set(node))
        {
            _topology.NodeChanged(nodes.Find(name));
        }
    }

    /// <summary>Takes in a pod as it is now, and returns it with its stage and place brought up to date.</summary>
    public TrackedPod Observe(EntityKey key, Pod pod)
    {
        if (_pods.TryGetValue(key, out var tracked) && tracked.Uid != pod.Metadata.Uid)
        {
            Forget(key);
            tracked = null;
        }

        if (tracked is null)
        {
            tracked = new TrackedPod(key, pod, ClassOf(pod), _round);
            tracked.Class.PodCount++;
            _pods.Add(key, tracked);
        }
        else
        {
            var old = tracked.Pod;
            tracked.Pod = pod;
            if (!ReferenceEquals(old.Spec, pod.Spec) || !ReferenceEquals(old.Metadata, pod.Metadata))
            {
                Reclassify(tracked);
            }
        }

        Settle(tracked);
        return tracked;
    }

    public void Forget(EntityKey key)
    {
        if (!_pods.Remove(key, out var tracked))
        {
            return;
        }

        MakeIdle(tracked);
        LeaveClass(tracked.Class);
    }

    /// <summary>Reserves the node for a waiting pod.</summary>
    public void Assume(TrackedPod tracked, int slot)
    {
        Withdraw(tracked);
        tracked.Class.Waiting.Remove(tracked, PodStage.Assumed);
        Occupy(tracked, slot);
    }

    /// <summary>Looks again at the node of an assumed pod that was told of it in vain: one that will not do any more is
    /// exchanged. What the pod was told may still come to pass, so the node keeps its place all the same.</summary>
    /// <returns>Whether there is a node for it.</returns>
    public bool AssumeAgain(TrackedPod tracked)
    {
        var told = nodes.Names[tracked.Slot];
        string[] all = [.. tracked.Former.Where(name => name != told), told];
        Vacate(tracked);
        var slot = nodes.Find(told);
        if (slot < 0 || !tracked.Class.Fits(nodes, slot))
        {
            slot = placement.Choose(tracked.Class);
        }

        var chosen = slot < 0 ? told : nodes.Names[slot];
        Occupy(tracked, nodes.SlotOf(chosen));
        Keep(tracked, [.. all.Where(name => name != chosen)]);
        return slot >= 0;
    }

    /// <summary>Whether an assumed pod may be where it was told to.</summary>
    public bool WasToldOf(TrackedPod tracked, string? node) =>
        node == nodes.Names[tracked.Slot] || tracked.Former.Contains(node);

    /// <summary>Whether any pod of a lower priority is placed: mostly not, and then nobody need be asked.</summary>
    public bool AnyPlacedBelow(int priority) =>
        _placedByPriority.Count > 0 && _placedByPriority.First().Key < priority;

    /// <summary>The bound pods of a lower priority by node, in order of slots.</summary>
    public SortedDictionary<int, List<TrackedPod>> PlacedBelow(int priority)
    {
        var found = new SortedDictionary<int, List<TrackedPod>>();
        foreach (var tracked in _pods.Values)
        {
            if (tracked.Stage != PodStage.Bound || tracked.Slot < 0 || tracked.Class.Priority >= priority)
            {
                continue;
            }

            if (!found.TryGetValue(tracked.Slot, out var pods))
            {
                found.Add(tracked.Slot, pods = []);
            }

            pods.Add(tracked);
        }

        return found;
    }

    /// <summary>Takes a bound pod off its node for a moment, to see what that would change.</summary>
    public void Lift(TrackedPod tracked) => Vacate(tracked);

    /// <summary>Puts a lifted pod back.</summary>
    public void PutBack(TrackedPod tracked, int slot)
    {
        Occupy(tracked, slot);
        CountTerminating(tracked);
    }

    public void Nominate(TrackedPod tracked, Nomination nomination)
    {
        Withdraw(tracked);
        tracked.Nomination = nomination;
        nodes.Nominate(nomination);
    }

    /// <summary>The pod no longer waits for the node that was being cleared for it.</summary>
    public void Withdraw(TrackedPod tracked)
    {
        if (tracked.Nomination is not { } nomination)
        {
            return;
        }

        tracked.Nomination = null;
        nodes.Withdraw(nomination);
    }

    /// <summary>Pods seen from now on are younger than those before.</summary>
    public void NextRound() => _round++;

    /// <summary>Orders the backlog found at the start: the snapshot lists pods by name, the queue wants their
    /// age.</summary>
    public IReadOnlyList<TrackedPod> OldestFirst(IEnumerable<TrackedPod> pods)
    {
        var ordered = pods
            .OrderBy(tracked => tracked.Pod.Metadata.CreationTimestamp)
            .ThenBy(tracked => tracked.Key.Namespace, StringComparer.Ordinal)
            .ThenBy(tracked => tracked.Key.Name, StringComparer.Ordinal)
            .ToList();
        DateTimeOffset? created = null;
        foreach (var tracked in ordered)
        {
            if (tracked.Pod.Metadata.CreationTimestamp != created)
            {
                _round++;
            }

            created = tracked.Pod.Metadata.CreationTimestamp;
            tracked.Round = _round;
        }

        return ordered;
    }

    private void Settle(TrackedPod tracked)
    {
        var pod = tracked.Pod;
        var isTerminating = pod.Metadata.DeletionTimestamp is not null;
        if (pod.Status.Phase is "Succeeded" or "Failed")
        {
            MakeIdle(tracked);
        }
        else if (!string.IsNullOrEmpty(pod.Spec.NodeName))
        {
            MakeBound(tracked, pod.Spec.NodeName);
        }
        else if (isTerminating)
        {
            MakeIdle(tracked); // A pod being deleted refuses to be bound, so nothing is promised to it any more.
        }

        CountTerminating(tracked);
    }

    private void CountTerminating(TrackedPod tracked)
    {
        var isTerminating = tracked.Pod.Metadata.DeletionTimestamp is not null;
        if (!isTerminating || tracked.Slot < 0 || tracked.CountedTerminating)
        {
            return;
        }

        tracked.CountedTerminating = true;
        _topology.Terminate(tracked.Class, tracked.Slot, 1);
    }

    private void MakeBound(TrackedPod tracked, string node)
    {
        var slot = nodes.SlotOf(node);
        if (tracked.Slot != slot)
        {
            MakeIdle(tracked);
            Occupy(tracked, nodes.SlotOf(node));
        }

        LetFormerGo(tracked);
        tracked.Stage = PodStage.Bound;
    }

    private void MakeIdle(TrackedPod tracked)
    {
        Withdraw(tracked);
        if (tracked.Stage == PodStage.Waiting)
        {
            tracked.Class.Waiting.Remove(tracked, PodStage.Idle);
        }

        Vacate(tracked);
        tracked.Stage = PodStage.Idle;
    }

    private void Occupy(TrackedPod tracked, int slot)
    {
        tracked.Slot = slot;
        CountPriority(tracked.Class.Priority, 1);
        nodes.AddPod(slot, tracked.Class.Demand);
        _topology.Place(tracked.Class, slot, 1);
    }

    private void Vacate(TrackedPod tracked)
    {
        if (tracked.Slot < 0)
        {
            return;
        }

        if (tracked.CountedTerminating)
        {
            tracked.CountedTerminating = false;
            _topology.Terminate(tracked.Class, tracked.Slot, -1);
        }

        CountPriority(tracked.Class.Priority, -1);
        _topology.Place(tracked.Class, tracked.Slot, -1);
        nodes.RemovePod(tracked.Slot, tracked.Class.Demand);
        tracked.Slot = -1;
        LetFormerGo(tracked);
    }

    private void Keep(TrackedPod tracked, IReadOnlyList<string> former)
    {
        tracked.Former = former;
        foreach (var node in former)
        {
            nodes.AddPod(nodes.SlotOf(node), tracked.Class.Demand);
        }
    }

    private void LetFormerGo(TrackedPod tracked)
    {
        foreach (var node in tracked.Former)
        {
            nodes.RemovePod(nodes.SlotOf(node), tracked.Class.Demand);
        }

        tracked.Former = [];
    }

    private void CountPriority(int priority, int pods)
    {
        var count = _placedByPriority.GetValueOrDefault(priority) + pods;
        if (count == 0)
        {
            _placedByPriority.Remove(priority);
        }
        else
        {
            _placedByPriority[priority] = count;
        }
    }

    /// <summary>Labels, owner or requests changed: the pod belongs elsewhere, in the counts as in the queue.</summary>
    private void Reclassify(TrackedPod tracked)
    {
        if (PodClassComparer.Instance.Equals(tracked.Class.Sample, tracked.Pod))
        {
            return;
        }

        var (stage, former, old) = (tracked.Stage, tracked.Former, tracked.Class);
        var node = tracked.Slot < 0 ? null : nodes.Names[tracked.Slot];
        MakeIdle(tracked);
        tracked.Class = ClassOf(tracked.Pod);
        tracked.Class.PodCount++;
        if (node is not null)
        {
            Occupy(tracked, nodes.SlotOf(node));
            Keep(tracked, former);
            tracked.Stage = stage;
        }

        LeaveClass(old);
    }

    private PodClass ClassOf(Pod pod)
    {
        if (_classes.TryGetValue(pod, out var known))
        {
            return known;
        }

        var created = new PodClass(pod, nodes, _classOrdinals++);
        _classes.Add(pod, created);
        _topology.Add(created);
        return created;
    }

    private void LeaveClass(PodClass pods)
    {
        if (--pods.PodCount > 0)
        {
            return;
        }

        _classes.Remove(pods.Sample);
        _topology.Remove(pods);
        placement.Forget(pods);
    }
}
