using ActorOrchestrator.Api.Selectors;
using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.Adoption;

/// <summary>
/// The label selectors of the owners of one namespace, found by the labels of a candidate child. Each selector that
/// asks for exact values is filed under one of them, the one with the shortest list (a pod-template-hash in practice),
/// so that among thousands of ReplicaSets a pod is tried against a handful.
/// </summary>
internal sealed class SelectorIndex
{
    private readonly Dictionary<(string Key, string Value), Dictionary<EntityKey, LabelSelector>> _byLabel = [];
    private readonly Dictionary<EntityKey, LabelSelector> _others = [];
    private readonly Dictionary<EntityKey, Dictionary<EntityKey, LabelSelector>> _filedIn = [];

    public bool IsEmpty => _filedIn.Count == 0;

    public void Set(EntityKey owner, LabelSelector selector)
    {
        Remove(owner);
        var shelf = ShelfFor(selector);
        shelf[owner] = selector;
        _filedIn[owner] = shelf;
    }

    public void Remove(EntityKey owner)
    {
        if (_filedIn.Remove(owner, out var shelf))
        {
            shelf.Remove(owner);
        }
    }

    /// <summary>The owners whose selector matches, in no fixed order.</summary>
    public IEnumerable<EntityKey> Matching(ValueMap<string> labels)
    {
        foreach (var (owner, selector) in _others)
        {
            if (selector.Selects(labels))
            {
                yield return owner;
            }
        }

        foreach (var (key, value) in labels)
        {
            if (!_byLabel.TryGetValue((key, value), out var shelf))
            {
                continue;
            }

            foreach (var (owner, selector) in shelf)
            {
                if (selector.Selects(labels))
                {
                    yield return owner;
                }
            }
        }
    }

    private Dictionary<EntityKey, LabelSelector> ShelfFor(LabelSelector selector)
    {
        Dictionary<EntityKey, LabelSelector>? shortest = null;
        foreach (var (key, value) in selector.MatchLabels)
        {
            if (!_byLabel.TryGetValue((key, value), out var shelf))
            {
                _byLabel.Add((key, value), shelf = []);
            }

            if (shortest is null || shelf.Count < shortest.Count)
            {
                shortest = shelf;
            }
        }

        return shortest ?? _others;
    }
}
