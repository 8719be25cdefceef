using System.Threading.Channels;
using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Actors.Nodes;

/// <summary>Which pods are bound to which node, and who wants to hear of changes: an index over the folded log, so an
/// agent's picture of what it is to run is complete from the first moment and misses nothing.</summary>
public sealed class NodeAssignments : IViewListener
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Dictionary<string, Pod>> _podsByNode = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Channel<PodChange>>> _readers = new(StringComparer.Ordinal);

    /// <summary>The pods of a node now, and from then on every change; dispose to end.</summary>
    public AssignmentSubscription Subscribe(string node)
    {
        // Unbounded: an agent's own pods are few, and the reader only takes note of them.
        var channel = Channel.CreateUnbounded<PodChange>(
            new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        lock (_lock)
        {
            if (!_readers.TryGetValue(node, out var readers))
            {
                _readers.Add(node, readers = []);
            }

            readers.Add(channel);
            IReadOnlyList<Pod> pods = _podsByNode.TryGetValue(node, out var bound) ? [.. bound.Values] : [];
            return new AssignmentSubscription(this, node, channel, pods);
        }
    }

    void IViewListener.OnChange(ObjectChange change)
    {
        if (change.Key.Resource != "pods"
            || (change.New ?? change.Old) is not Pod { Spec.NodeName: { Length: > 0 } node } pod)
        {
            return;
        }

        lock (_lock)
        {
            if (!_podsByNode.TryGetValue(node, out var bound))
            {
                _podsByNode.Add(node, bound = new Dictionary<string, Pod>(StringComparer.Ordinal));
            }

            if (change.New is null)
            {
                bound.Remove(pod.Metadata.Uid!);
            }
            else
            {
                bound[pod.Metadata.Uid!] = pod;
            }

            if (_readers.TryGetValue(node, out var readers))
            {
                var told = new PodChange(pod, change.New is null);
                readers.ForEach(reader => reader.Writer.TryWrite(told));
            }
        }
    }

    void IViewListener.OnCaughtUp()
    {
    }

    internal void End(string node, Channel<PodChange> channel)
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

public readonly record struct PodChange(Pod Pod, bool IsRemoved);

public sealed class AssignmentSubscription : IDisposable
{
    private readonly NodeAssignments _owner;
    private readonly string _node;
    private readonly Channel<PodChange> _channel;

    internal AssignmentSubscription(
        NodeAssignments owner, string node, Channel<PodChange> channel, IReadOnlyList<Pod> pods)
    {
        _owner = owner;
        _node = node;
        _channel = channel;
        Pods = pods;
    }

    public IReadOnlyList<Pod> Pods { get; }

    public ChannelReader<PodChange> Changes => _channel.Reader;

    public void Dispose() => _owner.End(_node, _channel);
}
