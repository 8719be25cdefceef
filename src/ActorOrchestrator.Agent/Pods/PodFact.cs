using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Probes;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>What came to be known of a pod: outcomes of operations and news from the runtime.</summary>
public abstract record PodFact
{
    private PodFact()
    {
    }

    /// <summary>Everything the runtime holds for the pod.</summary>
    public sealed record Listed(
        IReadOnlyList<SandboxView> Sandboxes, IReadOnlyList<ContainerRuntimeStatus> Containers) : PodFact;

    /// <summary>
    /// Every volume is in place; tokens among them are to be renewed at <paramref name="RefreshAt"/>.
    /// </summary>
    public sealed record VolumesReady(DateTimeOffset? RefreshAt) : PodFact;

    public sealed record VolumesFailed(string Message) : PodFact;

    public sealed record VolumesGone : PodFact;

    public sealed record SandboxStarted(SandboxView Sandbox) : PodFact;

    public sealed record SandboxFailed(string Message) : PodFact;

    /// <summary>The sandbox is not ready any more: stopped by the agent, or dead by itself.</summary>
    public sealed record SandboxStopped(string Id) : PodFact;

    public sealed record SandboxRemoved(string Id) : PodFact;

    public sealed record ImageReady(string Container, ImageInfo Image) : PodFact;

    public sealed record ImageFailed(string Container, string Reason, string Message) : PodFact;

    public sealed record VolumeImageReady(string Volume, ImageInfo Image) : PodFact;

    public sealed record VolumeImageFailed(string Volume, string Reason, string Message) : PodFact;

    /// <summary>What the runtime says of one container now.</summary>
    public sealed record ContainerSeen(ContainerRuntimeStatus Status) : PodFact;

    /// <summary>The agent created and started the container.</summary>
    public sealed record ContainerStarted(ContainerRuntimeStatus Status) : PodFact;

    /// <summary>The runtime knows no such container.</summary>
    public sealed record ContainerLost(string Name, string Id) : PodFact;

    /// <summary>
    /// Creating or starting failed; <paramref name="Status"/> is what the runtime holds of the attempt.
    /// </summary>
    public sealed record StartFailed(
        string Container, string Reason, string Message, ContainerRuntimeStatus? Status) : PodFact;

    /// <summary>The running container has the cpu and memory of these resources.</summary>
    public sealed record ContainerResized(
        string Container, string ContainerId, ResourceRequirements Resources) : PodFact;

    public sealed record PostStartEnded(string Container, string ContainerId, bool Succeeded) : PodFact;

    public sealed record ContainerRemoved(string Name, string Id) : PodFact;

    /// <summary>An outcome of null means that the probe could not be made: it counts for nothing.</summary>
    public sealed record ProbeAnswered(string Container, string ContainerId, ProbeKind Kind, bool? Succeeded) : PodFact;

    /// <summary>A ConfigMap or Secret that the pod uses changed: what failed for want of it is tried again.</summary>
    public sealed record ConfigurationChanged : PodFact;

    public sealed record StorageMeasured(StorageUse Use) : PodFact;

    public sealed record StoppedReported : PodFact;

    public sealed record TracesRemoved : PodFact;

    /// <summary>
    /// An operation failed in a way that tells nothing about the pod; it may be decided anew after a while.
    /// </summary>
    public sealed record Abandoned(string Message) : PodFact;

    /// <summary>An operation was cancelled because the plan no longer wants it.</summary>
    public sealed record Cancelled : PodFact;
}
