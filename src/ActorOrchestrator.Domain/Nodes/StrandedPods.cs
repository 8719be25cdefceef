using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Domain.Nodes;

/// <summary>
/// Removes pods bound to a node that does not exist: nobody will ever run or stop them, so they are deleted without
/// grace (kube-controller-manager's pod garbage collector). A node may be late to register, hence the quarantine.
/// </summary>
public sealed class StrandedPods : IProjection
{
    /// <summary>The quarantine of Kubernetes' pod garbage collector.</summary>
    private static readonly TimeSpan Quarantine = TimeSpan.FromSeconds(40);

    private readonly HashSet<string> _nodes = new(StringComparer.Ordinal);
    private readonly PodsByNode _pods = new();
    private readonly Dictionary<string, DateTimeOffset> _dueByNode = new(StringComparer.Ordinal);
    private bool _started;

    public string Name => "stranded-pods";

    public void OnChange(ObjectChange change, ProjectionContext context)
    {
        switch (change.New ?? change.Old)
        {
            case Pod:
                if (_pods.Observe(change.Key, change.Old as Pod, change.New as Pod) is { } node)
                {
                    Watch(node, context.Now);
                }

                break;
            case Node when change.New is not null:
                _nodes.Add(change.Key.Name);
                _dueByNode.Remove(change.Key.Name);
                break;
            case Node:
                _nodes.Remove(change.Key.Name);
                Watch(change.Key.Name, context.Now);
                break;
        }
    }

    public void Started(ProjectionContext context)
    {
        _started = true;
        foreach (var node in _pods.Nodes)
        {
            Watch(node, context.Now);
        }
    }

    public void OnBatchEnd(ProjectionContext context)
    {
        foreach (var (node, due) in _dueByNode.OrderBy(entry => entry.Key, StringComparer.Ordinal).ToList())
        {
            if (due > context.Now)
            {
                context.WakeAt(due);
                continue;
            }

            if (!_pods.Any(node))
            {
                _dueByNode.Remove(node);
                continue;
            }

            foreach (var (key, pod) in _pods.On(node))
            {
                context.Tell(key, Force(pod.Metadata.Uid!));
            }

            // Until they are seen gone they are told again: a message may be lost.
            _dueByNode[node] = context.Now + Quarantine;
            context.WakeAt(_dueByNode[node]);
        }
    }

    private static Delete Force(string uid) => new(new DeleteOptions
    {
        GracePeriodSeconds = 0, Preconditions = new Preconditions { Uid = uid },
    })
    { Disruption = PodDisruption.Stranded };

    private void Watch(string node, DateTimeOffset now)
    {
        if (_started && !_nodes.Contains(node) && _pods.Any(node))
        {
            _dueByNode.TryAdd(node, now + Quarantine);
        }
    }
}
