using System.Threading.Channels;
using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Actors.Nodes;

/// <summary>Which pods are bound to which node, and who wants to hear of changes of them and of the node: an index over
/// the folded log, so an agent's picture of what it is to run is complete from the first moment, misses nothing, and
/// changes in the order in which the scheduler saw it change.</summary>
public sealed class NodeAssignments : IViewListener
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Dictionary<string, Pod>> _podsByNode = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Channel<Assignment>>> _readers = new(StringComparer.Ordinal);

    /// <summary>A node's pods and the node as they are now, and from then on every change; dispose to end.</summary>
    public AssignmentSubscription Subscribe(string node)
    {
        // Unbounded: an agent's own pods are few, and the reader only takes note of them.
        var channel = Channel.CreateUnbounded<Assignment>(
            new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        lock (_lock)
        {
            if (!_readers.TryGetValue(node, out var readers))
            {
                _readers.Add(node, readers = []);
            }

            readers.Add(channel);
            IReadOnlyList<Pod> pods = _podsByNode.TryGetValue(node, out var bound) ? [.. bound.Values] : [];
            channel.Writer.TryWrite(new Assignment.Snapshot(pods) { Node = _nodes.GetValueOrDefault(node) });
            return new AssignmentSubscription(this, node, channel);
        }
    }

    /// <summary>The pods that are bound to a node now.</summary>
    public IReadOnlyCollection<Pod> PodsOn(string node)
    {
        lock (_lock)
        {
            return _podsByNode.TryGetValue(node, out var bound) ? [.. bound.Values] : [];
        }
    }

    void IViewListener.OnChange(ObjectChange change)
    {
        switch (change.New ?? change.Old)
        {
            case Pod { Spec.NodeName: { Length: > 0 } node } pod:
                OnPod(node, pod, change.New is null);
                break;
            case Node:
                OnNode(change.Key.Name, change.New as Node);
                break;
        }
    }

    private void OnNode(string name, Node? node)
    {
        lock (_lock)
        {
            if (node is null)
            {
                _nodes.Remove(name);
                return;
            }

            _nodes[name] = node;
            Tell(name, new Assignment.NodeChanged(node));
        }
    }

    private void OnPod(string node, Pod pod, bool isRemoved)
    {
        lock (_lock)
        {
            if (!_podsByNode.TryGetValue(node, out var bound))
            {
                _podsByNode.Add(node, bound = new Dictionary<string, Pod>(StringComparer.Ordinal));
            }

            var (uid, metadata) = (pod.Metadata.Uid!, pod.Metadata);
            if (isRemoved)
            {
                bound.Remove(uid);
                Tell(node, new Assignment.Removed(metadata.Namespace!, metadata.Name!, uid));
            }
            else
            {
                bound[uid] = pod;
                Tell(node, new Assignment.Changed(pod));
            }
        }
    }

    private void Tell(string node, Assignment told)
    {
        if (_readers.TryGetValue(node, out var readers))
        {
            readers.ForEach(reader => reader.Writer.TryWrite(told));
        }
    }

    void IViewListener.OnCaughtUp()
    {
    }

    internal void End(string node, Channel<Assignment> channel)
    {
        lock (_lock)
        {
            if (_readers.TryGetValue(node, out var readers))
            {
                readers.Remove(channel);
            }
        }

        channel.Writer.TryComplete();
    }
}

public sealed class AssignmentSubscription : IDisposable
{
    private readonly NodeAssignments _owner;
    private readonly string _node;
    private readonly Channel<Assignment> _channel;

    internal AssignmentSubscription(NodeAssignments owner, string node, Channel<Assignment> channel)
    {
        _owner = owner;
        _node = node;
        _channel = channel;
    }

    /// <summary>First one <see cref="Assignment.Snapshot"/>, then every change in order.</summary>
    public ChannelReader<Assignment> Assignments => _channel.Reader;

    public void Dispose() => _owner.End(_node, _channel);
}
