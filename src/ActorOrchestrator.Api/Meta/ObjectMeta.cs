using System.Text.Json;

namespace ActorOrchestrator.Api;

/// <summary>meta/v1 ObjectMeta. <c>ResourceVersion</c> is the log's sequence number in decimal.</summary>
public sealed record ObjectMeta
{
    public static readonly ObjectMeta Empty = new();

    public string? Name { get; init; }
    public string? GenerateName { get; init; }
    public string? Namespace { get; init; }
    public string? SelfLink { get; init; }
    public string? Uid { get; init; }
    public string? ResourceVersion { get; init; }
    public long? Generation { get; init; }
    public DateTimeOffset? CreationTimestamp { get; init; }
    public DateTimeOffset? DeletionTimestamp { get; init; }
    public long? DeletionGracePeriodSeconds { get; init; }
    public ValueMap<string> Labels { get; init; } = ValueMap<string>.Empty;
    public ValueMap<string> Annotations { get; init; } = ValueMap<string>.Empty;
    public ValueList<OwnerReference> OwnerReferences { get; init; } = [];
    public ValueList<string> Finalizers { get; init; } = [];
    public ValueList<ManagedFieldsEntry> ManagedFields { get; init; } = [];
}

/// <summary>meta/v1 OwnerReference.</summary>
public sealed record OwnerReference
{
    public string ApiVersion { get; init; } = "";
    public string Kind { get; init; } = "";
    public string Name { get; init; } = "";
    public string Uid { get; init; } = "";
    public bool? Controller { get; init; }
    public bool? BlockOwnerDeletion { get; init; }
}

/// <summary>meta/v1 ManagedFieldsEntry; <c>FieldsV1</c> is the field set as nested <c>f:</c>/<c>k:</c>/<c>v:</c> keys.</summary>
public sealed record ManagedFieldsEntry
{
    public string? Manager { get; init; }
    public string? Operation { get; init; }
    public string? ApiVersion { get; init; }
    public DateTimeOffset? Time { get; init; }
    public string? FieldsType { get; init; }
    public JsonElement? FieldsV1 { get; init; }
    public string? Subresource { get; init; }
}
