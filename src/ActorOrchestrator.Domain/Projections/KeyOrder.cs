namespace ActorOrchestrator.Domain.Projections;

/// <summary>Entities in a fixed order (resource, namespace, name), so that projections say things in an order that does
/// not depend on hashing.</summary>
public sealed class KeyOrder : IComparer<EntityKey>
{
    public static readonly KeyOrder Instance = new();

    public int Compare(EntityKey left, EntityKey right)
    {
        var byResource = string.CompareOrdinal(left.Resource, right.Resource);
        if (byResource != 0)
        {
            return byResource;
        }

        var byNamespace = string.CompareOrdinal(left.Namespace, right.Namespace);
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(left.Name, right.Name);
    }
}
