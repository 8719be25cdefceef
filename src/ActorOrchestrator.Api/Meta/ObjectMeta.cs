namespace ActorOrchestrator.Api;

/// <summary>meta/v1 ObjectMeta. <c>ResourceVersion</c> is the log's sequence number in decimal.</summary>
[Doc("What every stored object has, whatever its kind.")]
public sealed record ObjectMeta
{
    public static readonly ObjectMeta Empty = new();

    [Doc("Name, unique among the objects of this kind in the namespace; cannot be changed.")]
    public string? Name { get; init; }

    [Doc("Prefix that the server completes to a unique name when no name is given.")]
    public string? GenerateName { get; init; }

    [Doc("Namespace of the object; empty for cluster-scoped kinds. Cannot be changed.")]
    public string? Namespace { get; init; }

    [Doc("Legacy field that the server no longer fills.")]
    public string? SelfLink { get; init; }

    [Doc("Unique id of this object in time and space, set by the server.")]
    public string? Uid { get; init; }

    [Doc("Opaque version of the object, for optimistic concurrency and watches.")]
    public string? ResourceVersion { get; init; }

    [Doc("Number of the desired state, raised by the server when the spec changes.")]
    public long? Generation { get; init; }

    [Doc("When the server created the object.")]
    public DateTimeOffset? CreationTimestamp { get; init; }

    [Doc("When the object is due to be gone; set by the server once deletion was asked for.")]
    public DateTimeOffset? DeletionTimestamp { get; init; }

    [Doc("Seconds that the object has to end gracefully before it is removed.")]
    public long? DeletionGracePeriodSeconds { get; init; }

    [Doc("Keys and values by which selectors find objects.")]
    public ValueMap<string> Labels { get; init; } = ValueMap<string>.Empty;

    [Doc("Keys and values that tools keep with the object; not for selecting.")]
    public ValueMap<string> Annotations { get; init; } = ValueMap<string>.Empty;

    [Doc("Objects that this one depends on; it is removed when they are all gone.")]
    [MergeKey("uid"), PatchStrategy("merge"), ListMap("uid")]
    public ValueList<OwnerReference> OwnerReferences { get; init; } = [];

    [Doc("Names that must be removed before the object is deleted from the store.")]
    [PatchStrategy("merge"), ListSet]
    public ValueList<string> Finalizers { get; init; } = [];

    [Doc("Which manager set which fields, for server-side apply.")]
    public ValueList<ManagedFieldsEntry> ManagedFields { get; init; } = [];
}

/// <summary>meta/v1 OwnerReference.</summary>
[Doc("An object that owns this one, in the same namespace or cluster-scoped."), Atomic]
public sealed record OwnerReference
{
    [Doc("Group and version of the owner."), Required]

    public string ApiVersion { get; init; } = "";

    [Doc("Kind of the owner."), Required]
    public string Kind { get; init; } = "";

    [Doc("Name of the owner."), Required]
    public string Name { get; init; } = "";

    [Doc("Unique id of the owner."), Required]
    public string Uid { get; init; } = "";

    [Doc("Whether this owner is the one that manages the object.")]
    public bool? Controller { get; init; }

    [Doc("Whether foreground deletion of the owner waits for this object.")]
    public bool? BlockOwnerDeletion { get; init; }
}

/// <summary>
/// meta/v1 ManagedFieldsEntry; <c>FieldsV1</c> is the field set as nested <c>f:</c>/<c>k:</c>/<c>v:</c> keys.
/// </summary>
[Doc("The fields that one manager set by one operation.")]
public sealed record ManagedFieldsEntry
{
    [Doc("Name of the manager.")]
    public string? Manager { get; init; }

    [Doc("How the manager set the fields: Apply or Update.")]
    public string? Operation { get; init; }

    [Doc("Version that the field set is written in.")]
    public string? ApiVersion { get; init; }

    [Doc("When the manager last changed its fields.")]
    public DateTimeOffset? Time { get; init; }

    [Doc("Format of the field set; always FieldsV1.")]
    public string? FieldsType { get; init; }

    [Doc("The field set itself.")]
    public RawJson? FieldsV1 { get; init; }

    [Doc("Subresource that the fields were set through, empty for the object itself.")]
    public string? Subresource { get; init; }
}
