using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Domain.Nodes;

/// <summary>When a node falls silent, nobody knows any more whether its pods serve: they count as not ready from then
/// on, so endpoints and owners stop relying on them (kube-controller-manager's node life cycle does the same). The
/// agent reports how they really are once it is heard of again.</summary>
public sealed class UnreachablePods : IProjection
{
    private const string Component = "node-controller";
    private const string ReadyCondition = "Ready";

    /// <summary>A pod that was told but is still ready is told again: the message may have been lost.</summary>
    private static readonly TimeSpan TellAgain = TimeSpan.FromSeconds(10);

    private readonly PodsByNode _pods = new();

    /// <summary>When the pods of a silent node are to be looked at; never, once none of them is ready.</summary>
    private readonly SortedDictionary<string, DateTimeOffset> _silent = new(StringComparer.Ordinal);

    private bool _started;

    public string Name => "unreachable-pods";

    public void OnChange(ObjectChange change, ProjectionContext context)
    {
        switch (change.New ?? change.Old)
        {
            case Pod:
                OnPod(change, context);
                break;
            case Node when change.New is Node node && IsSilent(node):
                _silent.TryAdd(change.Key.Name, DateTimeOffset.MinValue);
                break;
            case Node:
                _silent.Remove(change.Key.Name);
                break;
        }
    }

    public void Started(ProjectionContext context) => _started = true;

    public void OnBatchEnd(ProjectionContext context)
    {
        if (!_started)
        {
            return;
        }

        foreach (var node in _silent.Where(entry => entry.Value <= context.Now).Select(entry => entry.Key).ToList())
        {
            MarkPods(node, context);
        }

        foreach (var due in _silent.Values.Where(due => due < DateTimeOffset.MaxValue))
        {
            context.WakeAt(due);
        }
    }

    /// <summary>What was under way when the node fell silent may say that the pod is ready.</summary>
    private void OnPod(ObjectChange change, ProjectionContext context)
    {
        var pod = change.New as Pod;
        if (_pods.Observe(change.Key, change.Old as Pod, pod) is { } node
            && _silent.TryGetValue(node, out var due) && due == DateTimeOffset.MaxValue
            && pod!.Status.Conditions.Any(SaysReady))
        {
            _silent[node] = context.Now + TellAgain;
        }
    }

    private void MarkPods(string node, ProjectionContext context)
    {
        var ready = _pods.On(node).Where(entry => entry.Value.Status.Conditions.Any(SaysReady)).ToList();
        foreach (var (key, pod) in ready)
        {
            MarkNotReady(key, pod, context);
        }

        _silent[node] = ready.Count > 0 ? context.Now + TellAgain : DateTimeOffset.MaxValue;
    }

    private static bool IsSilent(Node node) =>
        NodeConditions.Find(node, NodeConditions.Ready)?.Status == "Unknown";

    private static bool SaysReady(PodCondition condition) => condition is { Type: ReadyCondition, Status: "True" };

    private static void MarkNotReady(EntityKey key, Pod pod, ProjectionContext context)
    {
        var now = ObjectLifecycle.Truncate(context.Now);
        var conditions = pod.Status.Conditions.Select(condition => SaysReady(condition)
            ? condition with
            {
                Status = "False", LastTransitionTime = now, ObservedGeneration = PodConditions.GenerationOf(pod),
            }
            : condition);
        context.Tell(key, new PodStatusReported(
            pod.Metadata.Uid!, pod.Status with { Conditions = conditions.ToValueList() }));
        context.RecordEvent(pod, "Warning", "NodeNotReady", "Node is not ready", Component);
    }
}
