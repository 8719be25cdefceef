using System.Collections.Concurrent;
using System.Text.Json;
using ActorOrchestrator.Api.Schema;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.Patching;

/// <summary>
/// Who owns which fields after a write that is no apply (create, update, the other patches): the changed fields become
/// the writer's, with operation <c>Update</c>, and are lost to all others.
/// </summary>
public static class ManagedFields
{
    private static readonly ConcurrentDictionary<ResourceKind, JsonElement> EmptyObjects = new();

    private static readonly string[] StrippedMetadata =
    [
        "name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation", "managedFields",
        "resourceVersion",
    ];

    private static readonly string[] StrippedSteps = [.. StrippedMetadata.Select(PathElement.Field)];

    /// <summary>The managed fields of an object that is created: all that it says is its creator's.</summary>
    public static ValueList<ManagedFieldsEntry> OfCreated(KubeObject created, FieldWriter writer)
    {
        var kind = KindRegistry.Of(created);
        return Updated(kind, EmptyObject(kind), Element(created), FieldManagers.None, writer).ToEntries();
    }

    /// <summary>
    /// The managed fields after an update. What the update itself carries counts rather than what the live object
    /// has, so that a client can edit them; one empty entry resets them.
    /// </summary>
    public static ValueList<ManagedFieldsEntry> OfUpdated(KubeObject live, KubeObject updated, FieldWriter writer)
    {
        var given = updated.Metadata.ManagedFields;
        var isReset = given.Count == 1 && given[0] == new ManagedFieldsEntry();
        var sent = isReset || writer.Subresource is not null ? null : FieldManagers.TryRead(given);
        var managers = isReset
            ? FieldManagers.None
            : sent is { IsEmpty: false } ? sent : FieldManagers.TryRead(live.Metadata.ManagedFields);

        // Without any owner, tracking begins with the first apply.
        return managers is null or { IsEmpty: true }
            ? []
            : Updated(KindRegistry.Of(live), Element(live), Element(updated), managers, writer).ToEntries();
    }

    internal static FieldManagers Updated(
        ResourceKind kind, JsonElement live, JsonElement updated, FieldManagers managers, FieldWriter writer)
    {
        var comparison = FieldComparison.Of(live, updated, TypeOf(kind))
            .Select(fields => Taken(kind, writer.Subresource, fields));
        var mine = FieldOwner.Of(writer, applies: false, Stripped(comparison.Changed));
        var rest = managers.LoseFields(comparison.Changed, null).LoseFields(comparison.Removed, null);
        if (mine.Fields.IsEmpty)
        {
            return rest;
        }

        var before = rest.Find(mine)?.Fields ?? FieldSet.Empty;
        return rest.With(mine with { Fields = mine.Fields.Union(before) }).Capped();
    }

    internal static FieldType TypeOf(ResourceKind kind) => new(TypeSchema.Of(kind));

    /// <summary>The object as JSON, without its managed fields.</summary>
    internal static byte[] Encode(KubeObject @object) => KubeJson.Encode(@object with
    {
        Metadata = @object.Metadata with { ManagedFields = [] },
    });

    internal static JsonElement Element(KubeObject @object) => JsonTree.Element(Encode(@object));

    /// <summary>An object of the kind that says nothing: what is always written is there, and empty.</summary>
    internal static JsonElement EmptyObject(ResourceKind kind) => EmptyObjects.GetOrAdd(
        kind, static kind => JsonTree.Element(KubeJson.Encode(Activator.CreateInstance(kind.ClrType)!)));

    /// <summary>The fields that a write takes: the status is written apart, by its subresource.</summary>
    internal static FieldSet Taken(ResourceKind kind, string? subresource, FieldSet fields) => subresource switch
    {
        Subresources.Status => StatusWrite.Taken(kind, fields),
        Subresources.Resize => PodResize.Taken(fields),
        Subresources.EphemeralContainers => PodDebugging.Taken(fields),
        _ => kind.HasStatus ? fields.WithoutBranches(["f:status"]) : fields,
    };

    /// <summary>What identifies the object: nobody owns it, and no apply removes it.</summary>
    internal static FieldSet Identity { get; } = FieldSet.Empty
        .WithMember("f:apiVersion").WithMember("f:kind").WithMember("f:metadata")
        .WithBelow("f:metadata", StrippedMetadata.Aggregate(
            FieldSet.Empty, (set, name) => set.WithMember(PathElement.Field(name))));

    /// <summary>Without what identifies the object: that has no owner.</summary>
    internal static FieldSet Stripped(FieldSet fields)
    {
        var metadata = fields.Below("f:metadata").WithoutBranches(StrippedSteps);
        return fields.WithoutBranches(["f:apiVersion", "f:kind", "f:metadata"]).WithBelow("f:metadata", metadata);
    }
}
