using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Domain.Scheduling;

namespace ActorOrchestrator.Domain.Nodes;

/// <summary>
/// Deletes pods from nodes with NoExecute taints: at once those that do not tolerate one, and after the shortest
/// <c>tolerationSeconds</c> those that tolerate it for a time. That time runs from when the taint was added (first seen
/// here, where it does not say), or from when the pod came to the node, if that was later. A taint that goes away in
/// time changes nothing.
/// </summary>
public sealed class TaintEviction : IProjection
{
    private const string Component = "taint-eviction-controller";

    /// <summary>A pod that was told to go but is not seen going is told again: the message may have been
    /// lost.</summary>
    private static readonly TimeSpan TellAgain = TimeSpan.FromSeconds(10);

    private readonly PodsByNode _pods = new();
    private readonly Dictionary<string, Dictionary<Taint, DateTimeOffset>> _tainted = new(StringComparer.Ordinal);
    private readonly PriorityQueue<(string Node, EntityKey Pod, string Uid), (DateTimeOffset Due, long Order)> _due =
        new();

    /// <summary>When each pod is looked at next: entries for other times are overtaken.</summary>
    private readonly Dictionary<(string Node, EntityKey Pod, string Uid), DateTimeOffset> _next = [];

    private long _order;
    private bool _started;

    public string Name => "taint-eviction";

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

        if (old?.Spec.NodeName != node || !old.Spec.Tolerations.Equals(pod!.Spec.Tolerations))
        {
            Judge(node, key, pod!, context);
        }
    }

    private void OnNode(string name, Node? node, ProjectionContext context)
    {
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
            taints[taint] = taint.TimeAdded ?? seen;
        }

        _tainted[name] = taints;
        if (_started && (before is null || !before.Keys.ToHashSet().SetEquals(taints.Keys)))
        {
            JudgeNode(name, context);
        }
    }

    private void JudgeNode(string name, ProjectionContext context)
    {
        foreach (var (key, pod) in _pods.On(name))
        {
            Judge(name, key, pod, context);
        }
    }

    private void Judge(string node, EntityKey key, Pod pod, ProjectionContext context)
    {
        if (DueFor(node, pod, context.Now) is { } due)
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

        if (due > context.Now)
        {
            LookAt((node, key, uid), due);
            return;
        }

        context.RecordEvent(pod, "Normal", "TaintManagerEviction",
            $"Marking for deletion Pod {key.Namespace}/{key.Name}", Component);
        context.Tell(key, Delete.Exactly(uid) with { Disruption = PodDisruption.Tainted });
        LookAt((node, key, uid), context.Now + TellAgain);
    }

    /// <summary>When the pod has to go; null: never, as things are.</summary>
    private DateTimeOffset? DueFor(string node, Pod pod, DateTimeOffset now)
    {
        if (pod.Metadata.DeletionTimestamp is not null || !_tainted.TryGetValue(node, out var tainted))
        {
            return null;
        }

        DateTimeOffset? due = null;
        foreach (var (taint, since) in tainted)
        {
            var tolerating = pod.Spec.Tolerations.Where(toleration => Taints.Tolerates(toleration, taint)).ToList();
            if (tolerating.Count == 0)
            {
                return now;
            }

            if (tolerating.Min(toleration => toleration.TolerationSeconds) is not { } seconds)
            {
                continue;
            }

            var start = PodConditions.BoundAt(pod.Status) is { } bound && bound > since ? bound : since;
            var expires = start.Later(Math.Max(0, seconds));
            due = due is null || expires < due ? expires : due;
        }

        return due;
    }

    private static List<Taint> NoExecuteTaints(Node node) =>
        [.. node.Spec.Taints.Where(taint => taint.Effect == "NoExecute")];
}
