using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Domain.GarbageCollection;

/// <summary>Every object by uid, and who depends on whom. References are matched by uid: an object of the same name but
/// another uid is a stranger.</summary>
internal sealed class ObjectGraph
{
    private readonly Dictionary<string, GraphNode> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, GraphNode>> _dependents = new(StringComparer.Ordinal);

    public IEnumerable<GraphNode> Nodes => _nodes.Values;

    public GraphNode? Find(string uid) => _nodes.GetValueOrDefault(uid);

    /// <summary>Takes in an object as it is now.</summary>
    public GraphNode Set(EntityKey key, KubeObject value)
    {
        var uid = value.Metadata.Uid!;
        if (_nodes.TryGetValue(uid, out var node))
        {
            if (!node.Owners.Equals(value.Metadata.OwnerReferences))
            {
                Unlink(node);
            }

            node.Take(value);
        }
        else
        {
            node = new GraphNode(key, value);
            _nodes.Add(uid, node);
        }

        foreach (var owner in node.Owners.AsSpan())
        {
            if (!_dependents.TryGetValue(owner.Uid, out var dependents))
            {
                _dependents.Add(owner.Uid, dependents = new Dictionary<string, GraphNode>(StringComparer.Ordinal));
            }

            dependents[uid] = node;
        }

        return node;
    }

    public GraphNode? Remove(string uid)
    {
        if (!_nodes.Remove(uid, out var node))
        {
            return null;
        }

        Unlink(node);
        return node;
    }

    public bool HasDependents(string uid) => _dependents.ContainsKey(uid);

    public IEnumerable<GraphNode> UnorderedDependents(string uid) =>
        _dependents.TryGetValue(uid, out var dependents) ? dependents.Values : [];

    /// <summary>In a fixed order.</summary>
    public IEnumerable<GraphNode> Dependents(string uid) =>
        UnorderedDependents(uid).OrderBy(node => node.Key, KeyOrder.Instance);

    /// <summary>Every object that the node depends on, directly or not, itself included if it is in a circle.</summary>
    public HashSet<string> Ancestors(GraphNode node)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<GraphNode>([node]);
        while (open.TryPop(out var next))
        {
            foreach (var owner in next.Owners)
            {
                if (found.Add(owner.Uid) && Find(owner.Uid) is { } ancestor)
                {
                    open.Push(ancestor);
                }
            }
        }

        return found;
    }

    private void Unlink(GraphNode node)
    {
        foreach (var owner in node.Owners.AsSpan())
        {
            if (!_dependents.TryGetValue(owner.Uid, out var dependents))
            {
                continue;
            }

            dependents.Remove(node.Uid);
            if (dependents.Count == 0)
            {
                _dependents.Remove(owner.Uid);
            }
        }
    }
}

/// <summary>What garbage collection knows of one object.</summary>
internal sealed class GraphNode
{
    public GraphNode(EntityKey key, KubeObject value)
    {
        Key = key;
        Uid = value.Metadata.Uid!;
        Take(value);
    }

    public EntityKey Key { get; }

    public string Uid { get; }

    public ValueList<OwnerReference> Owners { get; private set; } = [];

    public bool IsTerminating { get; private set; }

    /// <summary>Being deleted, after its dependents.</summary>
    public bool WaitsForDependents { get; private set; }

    /// <summary>Being deleted, once its dependents no longer refer to it.</summary>
    public bool OrphansDependents { get; private set; }

    /// <summary>A pod that stays until its Job has counted it.</summary>
    public bool IsKeptForJob { get; private set; }

    public void Take(KubeObject value)
    {
        var metadata = value.Metadata;
        Owners = metadata.OwnerReferences;
        IsTerminating = metadata.DeletionTimestamp is not null;
        WaitsForDependents = IsTerminating && metadata.Finalizers.AsSpan().Contains(Finalizers.Foreground);
        IsKeptForJob = value is Pod && metadata.Finalizers.AsSpan().Contains(Finalizers.JobTracking);
        OrphansDependents = IsTerminating && metadata.Finalizers.AsSpan().Contains(Finalizers.Orphan);
    }
}
