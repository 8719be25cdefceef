using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Api;

namespace ActorOrchestrator.Agent.Volumes;

/// <summary>A file of a volume: a relative path without <c>..</c>, its bytes, its permission bits.</summary>
public sealed record VolumeFile(string Path, ReadOnlyMemory<byte> Content, int Mode)
{
    /// <summary>The user that owns it; null for root.</summary>
    public long? Owner { get; init; }
}

/// <summary>
/// What a volume of a pod must be on this machine. <c>Plugin</c> is kubelet's directory name of the kind.
/// </summary>
public abstract record VolumeWork(string Name, string Plugin)
{
    /// <summary>
    /// An empty directory; in memory (tmpfs) with at most <paramref name="SizeLimitBytes"/> if so told.
    /// </summary>
    public sealed record Scratch(string Name, bool InMemory, long? SizeLimitBytes)
        : VolumeWork(Name, "kubernetes.io~empty-dir");

    /// <summary>
    /// Files made from objects, replaced all at once; <paramref name="InMemory"/> where they are secret.
    /// </summary>
    public sealed record Files(string Name, string Plugin, ValueList<VolumeFile> Content, bool InMemory)
        : VolumeWork(Name, Plugin);

    /// <summary>The files of an image, to be read only: what <paramref name="Mounts"/> show, one on another.</summary>
    public sealed record Image(string Name, ValueList<ViewMount> Mounts) : VolumeWork(Name, "kubernetes.io~image");

    /// <summary>A path of the machine itself, checked by <paramref name="Type"/> (core/v1 HostPathType).</summary>
    public sealed record Host(string Name, string Path, string Type) : VolumeWork(Name, "kubernetes.io~host-path");
}

/// <summary>What became of a pod's volumes: what to do for each, and why others cannot be had.</summary>
public sealed record VolumePlanOutcome(
    IReadOnlyList<VolumeWork> Works, IReadOnlyList<string> Failures, IReadOnlyList<string> Warnings);
