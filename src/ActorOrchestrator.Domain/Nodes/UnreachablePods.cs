using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Followers;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Domain.Nodes;

/// <summary>When a node falls silent, nobody knows any more whether its pods serve: they count as not ready from then
/// on, so endpoints and owners stop relying on them (kube-controller-manager's node life cycle does the same). The
/// agent reports how they really are once it is heard of again.</summary>
public sealed class UnreachablePods : IFollower
{
    private const string Component = "node-controller";
    private const string ReadyCondition = "Ready";

    private readonly PodsByNode _pods = new();
    private readonly HashSet<string> _silent = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _toMark = new(StringComparer.Ordinal);
    private bool _started;

    public string Name => "unreachable-pods";

    public void OnChange(ObjectChange change, FollowerContext context)
    {
        switch (change.New ?? change.Old)
        {
            case Pod:
                _pods.Observe(change.Key, change.Old as Pod, change.New as Pod);
                break;
            case Node when change.New is Node node && IsSilent(node):
                if (_silent.Add(change.Key.Name))
                    _toMark.Add(change.Key.Name);

                break;
            case Node:
                _silent.Remove(change.Key.Name);
                _toMark.Remove(change.Key.Name);
                break;
        }
    }

    public void Started(FollowerContext context) => _started = true;

    public void OnBatchEnd(FollowerContext context)
    {
        if (!_started)
            return;

        foreach (var node in _toMark)
        {
            foreach (var (key, pod) in _pods.On(node))
                MarkNotReady(key, pod, context);
        }

        _toMark.Clear();
    }

    private static bool IsSilent(Node node) =>
        NodeConditions.Find(node, NodeConditions.Ready)?.Status == "Unknown";

    private static void MarkNotReady(EntityKey key, Pod pod, FollowerContext context)
    {
        var conditions = pod.Status.Conditions.ToList();
        var index = conditions.FindIndex(condition => condition is { Type: ReadyCondition, Status: "True" });
        if (index < 0)
            return;

        conditions[index] = conditions[index] with
        {
            Status = "False", LastTransitionTime = ObjectLifecycle.Truncate(context.Now),
        };
        context.Tell(key, new PodStatusReported(
            pod.Metadata.Uid!, pod.Status with { Conditions = [.. conditions] }));
        context.Note(pod, "Warning", "NodeNotReady", "Node is not ready", Component);
    }
}
