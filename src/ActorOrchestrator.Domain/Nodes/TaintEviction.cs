using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Domain.Scheduling;

namespace ActorOrchestrator.Domain.Nodes;

/// <summary>
/// Deletes pods from nodes with NoExecute taints: at once those that do not tolerate one, and after the shortest
/// <c>tolerationSeconds</c> those that tolerate it for a time. That time runs from when the taint was added (first seen
/// here, where it does not say), or from when the pod came to the node, if that was later. A taint that goes away in
/// time changes nothing. Nodes that are lost are emptied as <see cref="EvictionDamping"/> has it; what a user's taint
/// says is done at once.
/// <para>
/// Fenced pods (<see cref="PodFencing"/>) of a lost node stay, whatever they tolerate, until they have ended for
/// certain
/// (<see cref="NodeFences"/>), or a user says by the taint <c>node.kubernetes.io/out-of-service</c> that the machine is
/// off. Then nothing is left to wait for: they are gone at once, those among them that were told to go before, and
/// others can take their place.
/// </para>
/// </summary>
public sealed class TaintEviction(DampingSettings damping) : IHoldingProjection
{
    private const string Component = "taint-eviction-controller";
    private const string NodeComponent = "node-controller";

    /// <summary>What a written time leaves out.</summary>
    private static readonly TimeSpan WrittenUnit = TimeSpan.FromSeconds(1);

    /// <summary>A pod that was told to go but is not seen going is told again: the message may have been
    /// lost.</summary>
    private static readonly TimeSpan TellAgain = TimeSpan.FromSeconds(10);

    private readonly PodsByNode _pods = new();
    private readonly Dictionary<string, Dictionary<Taint, DateTimeOffset>> _tainted = new(StringComparer.Ordinal);
    private readonly PriorityQueue<(string Node, EntityKey Pod, string Uid), (DateTimeOffset Due, long Order)> _due =
        new();

    /// <summary>When each pod is looked at next: entries for other times are overtaken.</summary>
    private readonly Dictionary<(string Node, EntityKey Pod, string Uid), DateTimeOffset> _next = [];

    private readonly EvictionDamping _damping = new(damping);

    /// <summary>Lost nodes whose pods would have to go, but are not to yet, with what was said about that.</summary>
    private readonly SortedDictionary<string, string> _held = new(StringComparer.Ordinal);

    private readonly Dictionary<string, Node> _lost = new(StringComparer.Ordinal);
    private long _order;
    private bool _started;

    public string Name => "taint-eviction";

    public int HeldBack => _held.Count;

    public void OnChange(ObjectChange change, ProjectionContext context)
    {
        switch (change.New ?? change.Old)
        {
            case Pod:
                OnPod(change.Key, change.Old as Pod, change.New as Pod, context);
                break;
            case Node:
                OnNode(change.Key.Name, change.New as Node, context);
                break;
        }
    }

    public void Started(ProjectionContext context)
    {
        _started = true;
        foreach (var name in _tainted.Keys.Order(StringComparer.Ordinal))
        {
            JudgeNode(name, context);
        }
    }

    public void OnBatchEnd(ProjectionContext context)
    {
        _damping.Judge(context.Now);
        if (_started)
        {
            Release(context);
            EvictDue(context);
            TellOfHeld(context);
        }
    }

    /// <summary>Those that were held back longest are not known here; by name is as good.</summary>
    private void Release(ProjectionContext context)
    {
        foreach (var node in _held.Keys.ToList())
        {
            if (!_damping.Admits(node, context.Now))
            {
                break;
            }

            _held.Remove(node);
            JudgeNode(node, context);
        }
    }

    private void TellOfHeld(ProjectionContext context)
    {
        if (_held.Count == 0)
        {
            return;
        }

        var why = _damping.Mode switch
        {
            EvictionMode.Held => "that many are taken for a fault of those who look, or of the network between",
            EvictionMode.Slow => "they are emptied one by one, slowly",
            _ when _damping.IsSettling(context.Now) => "most were until just now, and those that still are get time",
            _ => "they are emptied one after the other",
        };
        foreach (var node in _held.Where(held => held.Value != why).Select(held => held.Key).ToList())
        {
            _held[node] = why;
            context.RecordEvent(_lost[node], "Warning", "EvictionHeldBack",
                $"The pods of node {node} are not evicted yet: {_damping.Count}; {why}", NodeComponent);
        }

        if (_damping.Next(context.Now) is { } next)
        {
            context.WakeAt(next);
        }
    }

    private void EvictDue(ProjectionContext context)
    {
        while (_due.TryPeek(out var entry, out var rank))
        {
            if (rank.Due > context.Now)
            {
                context.WakeAt(rank.Due);
                return;
            }

            _due.Dequeue();
            if (_next.TryGetValue(entry, out var next) && next == rank.Due)
            {
                _next.Remove(entry);
                Evict(entry.Node, entry.Pod, entry.Uid, context);
            }
        }
    }

    private void OnPod(EntityKey key, Pod? old, Pod? pod, ProjectionContext context)
    {
        if (_pods.Observe(key, old, pod) is not { } node || !_started)
        {
            return;
        }

        var isNews = old?.Spec.NodeName != node || !old.Spec.Tolerations.Equals(pod!.Spec.Tolerations)
            || old.Metadata.DeletionTimestamp != pod.Metadata.DeletionTimestamp
            || PodFencing.IsFenced(old) != PodFencing.IsFenced(pod);
        if (isNews)
        {
            Judge(node, key, pod!, context);
        }
    }

    private void OnNode(string name, Node? node, ProjectionContext context)
    {
        var hadEnded = _lost.TryGetValue(name, out var lost) && HaveEnded(lost);
        ObserveLoss(name, node);
        var haveEndedNow = !hadEnded && node is not null && HaveEnded(node);
        var before = _tainted.GetValueOrDefault(name);
        if (node is null || NoExecuteTaints(node).Count == 0)
        {
            _tainted.Remove(name);
            return;
        }

        var taints = new Dictionary<Taint, DateTimeOffset>();
        foreach (var taint in NoExecuteTaints(node))
        {
            var seen = before is not null && before.TryGetValue(taint, out var first) ? first : context.Now;

            // One that is seen within the second that it says was added in it just now.
            taints[taint] = taint.TimeAdded is { } added && (seen < added || seen - added >= WrittenUnit)
                ? added
                : seen;
        }

        _tainted[name] = taints;
        if (_started && (haveEndedNow || before is null || !before.Keys.ToHashSet().SetEquals(taints.Keys)))
        {
            JudgeNode(name, context);
        }
    }

    private void ObserveLoss(string name, Node? node)
    {
        var isLost = node is not null && NoExecuteTaints(node).Exists(IsOfLoss);
        _damping.Observe(name, exists: node is not null, isLost);
        if (isLost)
        {
            _lost[name] = node!;
        }
        else
        {
            _lost.Remove(name);
            _held.Remove(name);
        }
    }

    /// <summary>Fenced pods of a node that is not heard.</summary>
    private static bool HaveEnded(Node node) => NodeFences.HaveEnded(node) || NodeFences.IsOut(node);

    private static bool IsOfLoss(Taint taint) => taint.Key is WellKnownTaints.NotReady or WellKnownTaints.Unreachable;

    private void JudgeNode(string name, ProjectionContext context)
    {
        foreach (var (key, pod) in _pods.On(name))
        {
            Judge(name, key, pod, context);
        }
    }

    private void Judge(string node, EntityKey key, Pod pod, ProjectionContext context)
    {
        if (pod.Metadata.DeletionTimestamp is null && MayRun(node, pod))
        {
            context.RecordEvent(pod, "Normal", "FenceAwaited", NodeFences.WaitOf(_lost[node]) is { } wait
                ? $"Node {node} is not heard; within {wait.TotalSeconds:0} s its machine has ended the pod for certain"
                : $"Node {node} is not heard, and nobody knows whether its machine runs the pod: it stays until the "
                    + $"node is back, is deleted, or has the taint {WellKnownTaints.OutOfService}", Component);
        }

        if (DueFor(node, pod, context.Now)?.At is { } due)
        {
            LookAt((node, key, pod.Metadata.Uid ?? ""), due);
        }
    }

    private void LookAt((string Node, EntityKey Pod, string Uid) pod, DateTimeOffset due)
    {
        if (_next.TryGetValue(pod, out var before) && before <= due)
        {
            return;
        }

        _next[pod] = due;
        _due.Enqueue(pod, (due, _order++));
    }

    private void Evict(string node, EntityKey key, string uid, ProjectionContext context)
    {
        if (!_pods.TryGet(node, key, out var pod) || pod.Metadata.Uid != uid
            || DueFor(node, pod, context.Now) is not { } due)
        {
            return;
        }

        if (due.At > context.Now)
        {
            LookAt((node, key, uid), due.At);
            return;
        }

        if (due.IsByLoss && !_damping.Admits(node, context.Now))
        {
            _held.TryAdd(node, "");
            return;
        }

        context.RecordEvent(pod, "Normal", "TaintManagerEviction",
            $"Marking for deletion Pod {key.Namespace}/{key.Name}", Component);
        context.Tell(key, (HasEnded(node, pod) ? Ended(uid) : Delete.Exactly(uid)) with
        {
            Disruption = PodDisruption.Tainted,
        });
        LookAt((node, key, uid), context.Now + TellAgain);
    }

    /// <summary>Whether nothing of it runs, though its machine cannot say so.</summary>
    private bool HasEnded(string node, Pod pod) => _lost.TryGetValue(node, out var lost)
        && (NodeFences.IsOut(lost) || (NodeFences.HaveEnded(lost) && PodFencing.IsFenced(pod)));

    private static Delete Ended(string uid) => new(new DeleteOptions
    {
        GracePeriodSeconds = 0, Preconditions = new Preconditions { Uid = uid },
    });

    /// <summary>Whether the pod's machine may run it still, and must not be given up on that account.</summary>
    private bool MayRun(string node, Pod pod) => _lost.TryGetValue(node, out var lost)
        && NodeConditions.IsUnknown(lost) && PodFencing.IsFenced(pod) && !HaveEnded(lost);

    /// <summary>When the pod has to go, and whether for no other reason than that its node is lost; null: never, as
    /// things are.</summary>
    private (DateTimeOffset At, bool IsByLoss)? DueFor(string node, Pod pod, DateTimeOffset now)
    {
        if (pod.Metadata.DeletionTimestamp is not null)
        {
            return HasEnded(node, pod) ? (now, false) : null;
        }

        if (!_tainted.TryGetValue(node, out var tainted) || MayRun(node, pod))
        {
            return null;
        }

        (DateTimeOffset At, bool IsByLoss)? due = null;
        foreach (var (taint, since) in tainted)
        {
            var expires = Expiry(taint, since, pod, now);
            if (expires is { } at && Precedes(at, IsOfLoss(taint), due, now))
            {
                due = (at, IsOfLoss(taint));
            }
        }

        return due;
    }

    /// <summary>The earlier counts, and of those that are due the one that is not held back.</summary>
    private static bool Precedes(
        DateTimeOffset at, bool isByLoss, (DateTimeOffset At, bool IsByLoss)? than, DateTimeOffset now) =>
        than is not { } other || (at <= now && other.At <= now ? other.IsByLoss && !isByLoss : at < other.At);

    /// <summary>When a taint is tolerated no longer; null: never.</summary>
    private static DateTimeOffset? Expiry(Taint taint, DateTimeOffset since, Pod pod, DateTimeOffset now)
    {
        var tolerating = pod.Spec.Tolerations.Where(toleration => Taints.Tolerates(toleration, taint)).ToList();
        if (tolerating.Count == 0)
        {
            return now;
        }

        var start = PodConditions.BoundAt(pod.Status) is { } bound && bound > since ? bound : since;
        return tolerating.Min(toleration => toleration.TolerationSeconds) is { } seconds
            ? start.Later(Math.Max(0, seconds))
            : null;
    }

    private static List<Taint> NoExecuteTaints(Node node) =>
        [.. node.Spec.Taints.Where(taint => taint.Effect == "NoExecute")];
}
