using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Storage;

public sealed record StorageClass() : KubeObject("storage.k8s.io/v1", "StorageClass")
{
    [Required] public string Provisioner { get; init; } = "";
    public ValueMap<string> Parameters { get; init; } = ValueMap<string>.Empty;
    [Pointer, Values("Recycle", "Delete", "Retain")] public string? ReclaimPolicy { get; init; }
    public ValueList<string> MountOptions { get; init; } = [];
    public bool? AllowVolumeExpansion { get; init; }
    [Pointer, Values("Immediate", "WaitForFirstConsumer")] public string? VolumeBindingMode { get; init; }
    public ValueList<TopologySelectorTerm> AllowedTopologies { get; init; } = [];
}
