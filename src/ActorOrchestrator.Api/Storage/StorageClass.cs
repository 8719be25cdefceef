using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Storage;

[Doc("A way of making volumes.")]
public sealed record StorageClass() : KubeObject("storage.k8s.io/v1", "StorageClass")
{
    [Doc("What makes volumes."), Required]
    public string Provisioner { get; init; } = "";

    [Doc("Parameters for what makes volumes.")]
    public ValueMap<string> Parameters { get; init; } = ValueMap<string>.Empty;

    [Doc("What becomes of a volume when its claim is gone."), Pointer, Values("Recycle", "Delete", "Retain")]
    public string? ReclaimPolicy { get; init; }

    [Doc("Options to mount with.")]
    public ValueList<string> MountOptions { get; init; } = [];

    [Doc("Whether volumes can grow.")]
    public bool? AllowVolumeExpansion { get; init; }

    [Doc("When claims are bound."), Pointer, Values("Immediate", "WaitForFirstConsumer")]
    public string? VolumeBindingMode { get; init; }

    [Doc("Where volumes can be made.")]
    public ValueList<TopologySelectorTerm> AllowedTopologies { get; init; } = [];
}
