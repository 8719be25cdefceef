using ActorOrchestrator.Api;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Domain.ConfigRollouts;

/// <summary>Objects by the uid of an owner, each owner's in a fixed order.</summary>
internal sealed class ObjectsByOwner
{
    private static readonly SortedDictionary<EntityKey, KubeObject> None = new(KeyOrder.Instance);

    private readonly Dictionary<string, SortedDictionary<EntityKey, KubeObject>> _all = new(StringComparer.Ordinal);

    /// <summary>To be read only.</summary>
    public SortedDictionary<EntityKey, KubeObject> Of(string owner) => _all.GetValueOrDefault(owner) ?? None;

    public void Put(string owner, EntityKey key, KubeObject value)
    {
        if (!_all.TryGetValue(owner, out var own))
        {
            _all[owner] = own = new SortedDictionary<EntityKey, KubeObject>(KeyOrder.Instance);
        }

        own[key] = value;
    }

    public void Remove(string owner, EntityKey key)
    {
        if (_all.TryGetValue(owner, out var own) && own.Remove(key) && own.Count == 0)
        {
            _all.Remove(owner);
        }
    }
}
