using System.Diagnostics.CodeAnalysis;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Domain.Nodes;

/// <summary>Which pods are bound to which node, as a projection sees them.</summary>
internal sealed class PodsByNode
{
    private readonly Dictionary<string, Dictionary<EntityKey, Pod>> _byNode = new(StringComparer.Ordinal);

    public IEnumerable<string> Nodes => _byNode.Keys.Order(StringComparer.Ordinal);

    public bool Any(string node) => _byNode.ContainsKey(node);

    /// <summary>In a fixed order.</summary>
    public IEnumerable<KeyValuePair<EntityKey, Pod>> On(string node) =>
        _byNode.TryGetValue(node, out var pods) ? pods.OrderBy(entry => entry.Key, KeyOrder.Instance) : [];

    public bool TryGet(string node, EntityKey key, [NotNullWhen(true)] out Pod? pod)
    {
        pod = null;
        return _byNode.TryGetValue(node, out var pods) && pods.TryGetValue(key, out pod);
    }

    /// <summary>Takes in a change; returns the node that the pod is on now, if any.</summary>
    public string? Observe(EntityKey key, Pod? old, Pod? pod)
    {
        var before = old?.Spec.NodeName;
        var node = pod?.Spec.NodeName is { Length: > 0 } name ? name : null;
        if (before is { Length: > 0 } && before != node && _byNode.TryGetValue(before, out var left))
        {
            left.Remove(key);
            if (left.Count == 0)
            {
                _byNode.Remove(before);
            }
        }

        if (node is null)
        {
            return null;
        }

        if (!_byNode.TryGetValue(node, out var pods))
        {
            _byNode.Add(node, pods = []);
        }

        pods[key] = pod!;
        return node;
    }
}
