using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain;

/// <summary>The address of an entity: a resource (<c>deployments.apps</c>), a namespace (empty for cluster-scoped
/// kinds) and a name. Its text is the persistence id. A name used again after deletion is the same entity.</summary>
public readonly record struct EntityKey(string Resource, string Namespace, string Name)
{
    public override string ToString() => $"{Resource}/{Namespace}/{Name}";

    public static EntityKey Of(ResourceKind kind, string? @namespace, string name) =>
        new(kind.Resource, kind.Namespaced ? @namespace ?? "" : "", name);

    public static EntityKey Of(KubeObject value) => Of(
        KindRegistry.Of(value.GetType()), value.Metadata.Namespace,
        value.Metadata.Name ?? throw new ArgumentException("the object has no name", nameof(value)));

    /// <summary>Reads what <see cref="ToString"/> wrote. Namespaces and names hold no slash, so the text is
    /// unambiguous.</summary>
    public static EntityKey Parse(string persistenceId)
    {
        var first = persistenceId.IndexOf('/', StringComparison.Ordinal);
        var second = persistenceId.IndexOf('/', first + 1);
        return first > 0 && second > 0
            ? new(persistenceId[..first], persistenceId[(first + 1)..second], persistenceId[(second + 1)..])
            : throw new FormatException($"\"{persistenceId}\" is not a persistence id (resource/namespace/name)");
    }
}
