using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Domain.Scheduling;

namespace ActorOrchestrator.Domain.Nodes;

/// <summary>
/// Deletes pods from nodes with NoExecute taints: at once those that do not tolerate one, and after the shortest
/// <c>tolerationSeconds</c> (counted from when the taint was added) those that tolerate it for a time. A taint that
/// goes away in time changes nothing.
/// </summary>
public sealed class TaintEviction : IProjection
{
    private const string Component = "taint-eviction-controller";

    /// <summary>A pod that was told to go but is not seen going is told again: the message may have been
    /// lost.</summary>
    private static readonly TimeSpan TellAgain = TimeSpan.FromSeconds(10);

    private readonly PodsByNode _pods = new();
    private readonly Dictionary<string, Node> _tainted = new(StringComparer.Ordinal);
    private readonly PriorityQueue<(string Node, EntityKey Pod, string Uid), (DateTimeOffset Due, long Order)> _due =
        new();

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
            JudgeNode(name, context);
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
            Evict(entry.Node, entry.Pod, entry.Uid, context);
        }
    }

    private void OnPod(EntityKey key, Pod? old, Pod? pod, ProjectionContext context)
    {
        if (_pods.Observe(key, old, pod) is not { } node || !_started)
            return;

        if (old?.Spec.NodeName != node || !old.Spec.Tolerations.Equals(pod!.Spec.Tolerations))
            Judge(node, key, pod!, context);
    }

    private void OnNode(string name, Node? node, ProjectionContext context)
    {
        var before = _tainted.GetValueOrDefault(name);
        if (node is null || NoExecuteTaints(node).Count == 0)
        {
            _tainted.Remove(name);
            return;
        }

        _tainted[name] = node;
        if (_started && (before is null || !before.Spec.Taints.Equals(node.Spec.Taints)))
            JudgeNode(name, context);
    }

    private void JudgeNode(string name, ProjectionContext context)
    {
        foreach (var (key, pod) in _pods.On(name))
            Judge(name, key, pod, context);
    }

    private void Judge(string node, EntityKey key, Pod pod, ProjectionContext context)
    {
        if (DueFor(node, pod, context.Now) is { } due)
            _due.Enqueue((node, key, pod.Metadata.Uid ?? ""), (due, _order++));
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
            _due.Enqueue((node, key, uid), (due, _order++));
            return;
        }

        context.RecordEvent(pod, "Normal", "TaintManagerEviction",
            $"Marking for deletion Pod {key.Namespace}/{key.Name}", Component);
        context.Tell(key, Delete.Exactly(uid));
        _due.Enqueue((node, key, uid), (context.Now + TellAgain, _order++));
    }

    /// <summary>When the pod has to go; null: never, as things are.</summary>
    private DateTimeOffset? DueFor(string node, Pod pod, DateTimeOffset now)
    {
        if (pod.Metadata.DeletionTimestamp is not null || !_tainted.TryGetValue(node, out var tainted))
            return null;

        DateTimeOffset? due = null;
        foreach (var taint in NoExecuteTaints(tainted))
        {
            var tolerating = pod.Spec.Tolerations.Where(toleration => Taints.Tolerates(toleration, taint)).ToList();
            if (tolerating.Count == 0)
                return now;

            if (tolerating.Min(toleration => toleration.TolerationSeconds) is not { } seconds)
                continue;

            var expires = (taint.TimeAdded ?? now).AddSeconds(Math.Max(0, seconds));
            due = due is null || expires < due ? expires : due;
        }

        return due;
    }

    private static List<Taint> NoExecuteTaints(Node node) =>
        [.. node.Spec.Taints.Where(taint => taint.Effect == "NoExecute")];
}
