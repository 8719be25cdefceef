using System.Collections.Immutable;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Probes;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>
/// One thing the worker is to do now. <see cref="Key"/> names it among the pod's operations: while one with that key
/// is in flight it is not begun again, and its outcome comes back as a <see cref="PodFact"/>.
/// </summary>
public abstract record PodAction(string Key)
{
    public const string VolumesKey = "volumes";
    public const string SandboxKey = "sandbox";

    /// <summary>Bring every volume of the pod to what the spec and the cluster's objects say; idempotent.</summary>
    public sealed record PrepareVolumes() : PodAction(VolumesKey);

    /// <summary>Make the pod's sandbox; <paramref name="Replaces"/> is the dead one, if there was one before.</summary>
    public sealed record RunSandbox(uint Attempt, string? Replaces) : PodAction(SandboxKey);

    public sealed record StopSandbox(string Id) : PodAction(SandboxKey);

    public sealed record RemoveSandbox(string Id) : PodAction($"remove-sandbox/{Id}");

    /// <summary>See that the container's image is here, by its pull policy.</summary>
    public sealed record EnsureImage(PodContainer Container) : PodAction($"image/{Container.Name}");

    /// <summary>See that the image of a volume is here, by its pull policy.</summary>
    public sealed record EnsureVolumeImage(Volume Volume) : PodAction($"image/volumes/{Volume.Name}");

    /// <summary>Create and start the container's next incarnation.</summary>
    public sealed record StartContainer(
        PodContainer Container, uint Attempt, SandboxView Sandbox, ImageInfo Image)
        : PodAction(StartKey(Container.Name))
    {
        /// <summary>The runtime's container that is the target of this one; null: it has none, or that has none
        /// yet.</summary>
        public string? TargetId { get; init; }

        /// <summary>By volume that the container mounts: the runtime's id of the image.</summary>
        public ImmutableSortedDictionary<string, string> VolumeImages { get; init; } =
            ImmutableSortedDictionary<string, string>.Empty;
    }

    /// <summary>Give a running container other cpu and memory.</summary>
    public sealed record ResizeContainer(PodContainer Container, string ContainerId)
        : PodAction(ResizeKey(ContainerId));

    public sealed record RunPostStart(PodContainer Container, string ContainerId) : PodAction(HookKey(Container.Name));

    /// <summary>preStop, then the stop signal, then SIGKILL, all within <paramref name="Grace"/>.</summary>
    public sealed record KillContainer(
        string Name, PodContainer? Container, string ContainerId, TimeSpan Grace, KillCause Cause, string Message)
        : PodAction(KillKey(ContainerId));

    /// <summary>A kill is under way with a longer grace than the pod has now: kill at once.</summary>
    public sealed record HastenKill(string ContainerId, TimeSpan Grace) : PodAction($"hasten/{ContainerId}");

    /// <summary>Remove a dead incarnation with its logs and last words.</summary>
    /// <param name="Name">Whose it is.</param>
    /// <param name="ContainerId">Which of the runtime's containers it is.</param>
    /// <param name="Attempt">Whose files go; null: they are another incarnation's, too.</param>
    public sealed record RemoveContainer(string Name, string ContainerId, uint? Attempt)
        : PodAction($"remove/{ContainerId}");

    public sealed record SendProbe(PodContainer Container, ProbeKind Kind, string ContainerId)
        : PodAction($"probe/{Kind}/{ContainerId}");

    /// <summary>See how much of the disk the pod takes.</summary>
    public sealed record MeasureStorage() : PodAction("storage");

    /// <summary>Unmount and delete the pod's volumes; its containers have ended.</summary>
    public sealed record TearDownVolumes() : PodAction(VolumesKey);

    /// <summary>Tell the cluster that nothing of the terminating pod runs any more.</summary>
    public sealed record ReportStopped() : PodAction("report-stopped");

    /// <summary>Delete the pod's directories and logs: the last thing done for a pod.</summary>
    public sealed record RemoveTraces() : PodAction("remove-traces");

    public static string KillKey(string containerId) => $"kill/{containerId}";

    public static string ResizeKey(string containerId) => $"resize/{containerId}";

    public static string StartKey(string name) => $"start/{name}";

    public static string HookKey(string name) => $"hook/{name}";
}

/// <summary>
/// An event for the pod (core/v1 Event); <paramref name="Container"/> names the container it is about.
/// </summary>
public sealed record PodEvent(string Type, string Reason, string Message, PodContainer? Container = null)
{
    public const string Normal = "Normal";
    public const string Warning = "Warning";
}

/// <summary>Why the pod does not move further just now: what its next step waits for.</summary>
public abstract record PodReason
{
    private PodReason()
    {
    }

    /// <summary>Everything is as the spec wants it.</summary>
    public sealed record Settled : PodReason;

    public sealed record AwaitingOperations(string Keys) : PodReason;

    public sealed record AwaitingRetry(string What, DateTimeOffset Until) : PodReason;

    public sealed record AwaitingInit(string Container) : PodReason;

    public sealed record AwaitingContainers(string Names) : PodReason;

    public sealed record Completed(string Phase) : PodReason;

    /// <summary>The pod is gone from this machine: its worker ends.</summary>
    public sealed record Gone : PodReason;
}

/// <summary>The consequence of everything known of a pod at one instant.</summary>
public sealed record PodStep
{
    public IReadOnlyList<PodAction> Actions { get; init; } = [];

    /// <summary>Keys of operations in flight that make no sense any more (a pull for a pod that ends).</summary>
    public IReadOnlyList<string> Cancellations { get; init; } = [];

    public required ActorOrchestrator.Api.Core.PodStatus Status { get; init; }

    public IReadOnlyList<PodEvent> Events { get; init; } = [];

    /// <summary>When to decide again though nothing was heard.</summary>
    public DateTimeOffset? WakeAt { get; init; }

    public required PodReason Reason { get; init; }
}
