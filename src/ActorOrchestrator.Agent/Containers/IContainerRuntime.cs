using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Containers;

/// <summary>
/// The runtime shim: what a node needs of a container runtime, in the shape of CRI v1 (runtime.v1.RuntimeService and
/// ImageService). Implemented by <c>Cri</c> (containerd, CRI-O), <c>Process</c> (plain processes) and the simulator.
/// Calls fail with <see cref="ContainerRuntimeException"/>; each is bounded by its cancellation token.
/// </summary>
public interface IContainerRuntime
{
    /// <summary>Name and version of the runtime, for <c>node.status.nodeInfo.containerRuntimeVersion</c>.</summary>
    Task<RuntimeVersion> VersionAsync(CancellationToken cancellation);

    Task<RuntimeHealth> StatusAsync(CancellationToken cancellation);

    Task<string> RunSandboxAsync(SandboxConfig config, CancellationToken cancellation);

    /// <summary>Idempotent: stopping a sandbox that is stopped or gone succeeds.</summary>
    Task StopSandboxAsync(string sandboxId, CancellationToken cancellation);

    /// <summary>Idempotent; removes what is left of the sandbox's containers too.</summary>
    Task RemoveSandboxAsync(string sandboxId, CancellationToken cancellation);

    Task<SandboxStatus?> SandboxStatusAsync(string sandboxId, CancellationToken cancellation);

    /// <summary>Every sandbox that this orchestrator's agents made, by <see cref="RuntimeLabels"/>.</summary>
    Task<IReadOnlyList<SandboxStatus>> ListSandboxesAsync(CancellationToken cancellation);

    Task<string> CreateContainerAsync(
        string sandboxId, ContainerConfig config, SandboxConfig sandbox, CancellationToken cancellation);

    Task StartContainerAsync(string containerId, CancellationToken cancellation);

    /// <summary>
    /// The container's stop signal (its image's, or SIGTERM, where it was given none), then SIGKILL after
    /// <paramref name="grace"/>. Idempotent.
    /// </summary>
    Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken cancellation);

    /// <summary>Gives a running container other limits and shares; what has none in <paramref name="resources"/> stays
    /// as it is.</summary>
    Task UpdateResourcesAsync(string containerId, ResourceConfig resources, CancellationToken cancellation);

    Task RemoveContainerAsync(string containerId, CancellationToken cancellation);

    Task<ContainerRuntimeStatus?> ContainerStatusAsync(string containerId, CancellationToken cancellation);

    Task<IReadOnlyList<ContainerRuntimeStatus>> ListContainersAsync(CancellationToken cancellation);

    /// <summary>Runs a command in a container to its end (probes, hooks). Output beyond 10 KiB is cut.</summary>
    Task<ExecResult> ExecAsync(
        string containerId, IReadOnlyList<string> command, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>Asks the runtime to reopen the container's log file after it was rotated away.</summary>
    Task ReopenLogAsync(string containerId, CancellationToken cancellation);

    Task<ImageInfo?> ImageStatusAsync(string image, CancellationToken cancellation);

    /// <returns>The reference of the pulled image (<c>sha256:…</c>).</returns>
    Task<string> PullImageAsync(string image, RegistryAuth? auth, CancellationToken cancellation);

    Task<IReadOnlyList<ImageInfo>> ListImagesAsync(CancellationToken cancellation);

    /// <summary>Names and ids of the images that are not to be removed: pinned ones, the sandboxes' own, and those that
    /// a container has, whoever made it.</summary>
    Task<IReadOnlyCollection<string>> KeptImagesAsync(CancellationToken cancellation);

    /// <summary>Removes an image with all its names. Idempotent. It asks nobody whether it is in use.</summary>
    /// <param name="id">Its id (<c>sha256:…</c>).</param>
    /// <param name="cancellation">Ends the waiting.</param>
    Task RemoveImageAsync(string id, CancellationToken cancellation);

    /// <summary>Where on the machine images are kept; null for a runtime that has none.</summary>
    Task<string?> ImageDirectoryAsync(CancellationToken cancellation);

    /// <summary>Who mounts an image that a pod has as a volume.</summary>
    Task<ImageMounter> ImageMounterAsync(CancellationToken cancellation);

    /// <summary>Makes a read-only view of an image's files for a volume, or finds the one that the volume has: it keeps
    /// the files that it was made of, whatever becomes of the image, until it is removed. Only where the agent is the
    /// mounter.</summary>
    /// <returns>What is to be mounted on one another.</returns>
    Task<IReadOnlyList<ViewMount>> ViewImageAsync(ImageView view, CancellationToken cancellation);

    /// <summary>Removes the views of a pod's volumes. Idempotent.</summary>
    /// <param name="podUid">Whose; null: of all pods of this orchestrator's agents.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    Task RemoveImageViewsAsync(string? podUid, CancellationToken cancellation);

    /// <param name="podUid">Of the containers of that pod; null: of all.</param>
    Task<IReadOnlyList<ContainerStats>> StatsAsync(string? podUid, CancellationToken cancellation);

    /// <summary>
    /// Container starts, exits, OOM kills and deletions as the runtime sees them, until cancelled. Reconnects by
    /// itself; yields <see cref="RuntimeEventKind.Reconnected"/> first and after every gap: the reader then lists.
    /// When an exit is told, the container's status already says so.
    /// </summary>
    IAsyncEnumerable<RuntimeEvent> EventsAsync(CancellationToken cancellation);
}

/// <summary>
/// Labels on every sandbox and container (the keys kubelet uses, so that crictl's output reads the same).
/// </summary>
public static class RuntimeLabels
{
    public const string PodName = "io.kubernetes.pod.name";
    public const string PodNamespace = "io.kubernetes.pod.namespace";
    public const string PodUid = "io.kubernetes.pod.uid";
    public const string ContainerName = "io.kubernetes.container.name";

    /// <summary>
    /// Set by the runtime shim itself to the agent's name, and what its lists select by: in a runtime that others use
    /// too (a kubelet, a second agent), theirs are never seen, let alone stopped.
    /// </summary>
    public const string Owner = "actor-orchestrator.owner";

    /// <summary>
    /// Annotation: a hash of the container's spec; another hash means the container must be replaced.
    /// </summary>
    public const string ContainerHash = "io.kubernetes.container.hash";

    /// <summary>Annotation of a sandbox: <see cref="SandboxConfig.FirstUser"/>.</summary>
    public const string FirstUser = "actor-orchestrator.first-user";

    /// <summary>Annotation, set by the runtime shim: the signal that stops the container, for runtimes that do not know
    /// that there may be one of its own.</summary>
    public const string StopSignal = "actor-orchestrator.stop-signal";
}

public sealed class ContainerRuntimeException : Exception
{
    public ContainerRuntimeException(RuntimeErrorKind kind, string message, Exception? inner = null)
        : base(message, inner) => Kind = kind;

    public RuntimeErrorKind Kind { get; }
}

/// <summary>What a caller can act on; all else is <see cref="Other"/>.</summary>
public enum RuntimeErrorKind
{
    Other, Unavailable, NotFound, AlreadyExists, ImageNotFound, Unauthorized, Timeout, InvalidArgument,
}

public sealed record RuntimeVersion(string Name, string Version);

public sealed record RuntimeHealth(bool RuntimeReady, bool NetworkReady, string Reason, string Message)
{
    /// <summary>Pods can have users of their own (<see cref="SandboxConfig.FirstUser"/>).</summary>
    public bool HasUserNamespaces { get; init; }
}

public enum NamespaceMode { Pod, Container, Node }

public sealed record PortMapping(string Protocol, int ContainerPort, int HostPort, string? HostIp);

public sealed record SandboxConfig
{
    /// <summary>What a pod with users of its own has of the machine's user and group ids.</summary>
    public const uint UsersInRange = 65_536;

    public required string Name { get; init; }
    public required string Namespace { get; init; }
    public required string Uid { get; init; }
    public uint Attempt { get; init; }
    public string? Hostname { get; init; }
    public required string LogDirectory { get; init; }
    public IReadOnlyList<string> DnsServers { get; init; } = [];
    public IReadOnlyList<string> DnsSearches { get; init; } = [];
    public IReadOnlyList<string> DnsOptions { get; init; } = [];
    public IReadOnlyList<PortMapping> Ports { get; init; } = [];
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();
    public NamespaceMode Network { get; init; } = NamespaceMode.Pod;
    public NamespaceMode Pid { get; init; } = NamespaceMode.Container;
    public NamespaceMode Ipc { get; init; } = NamespaceMode.Pod;
    /// <summary>The user and group of the machine that are the pod's 0, followed by those that are its 1 and so on;
    /// null: the pod's are the machine's.</summary>
    public uint? FirstUser { get; init; }
    public bool Privileged { get; init; }
    public string? CgroupParent { get; init; }
    public IReadOnlyDictionary<string, string> Sysctls { get; init; } = new Dictionary<string, string>();
    public SecurityConfig Security { get; init; } = new();
}

public sealed record SecurityConfig
{
    public long? RunAsUser { get; init; }
    public long? RunAsGroup { get; init; }
    public string? RunAsUserName { get; init; }
    public IReadOnlyList<long> SupplementalGroups { get; init; } = [];
    public bool ReadOnlyRootFilesystem { get; init; }
    public bool Privileged { get; init; }
    public bool NoNewPrivileges { get; init; }
    public IReadOnlyList<string> AddCapabilities { get; init; } = [];
    public IReadOnlyList<string> DropCapabilities { get; init; } = [];
    public bool SeccompUnconfined { get; init; } = true;
    /// <summary>Null: what the runtime gives containers of which nothing is said.</summary>
    public AppArmorProfile? AppArmor { get; init; }
}

public sealed record SandboxStatus
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string Namespace { get; init; }
    public required string Uid { get; init; }
    public uint Attempt { get; init; }
    public bool Ready { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    /// <summary>Empty in list answers and for host-network pods.</summary>
    public IReadOnlyList<string> Ips { get; init; } = [];
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();
}

public sealed record MountConfig(string ContainerPath, string HostPath, bool ReadOnly, string Propagation = "None")
{
    /// <summary>What is mounted in place of a path of the machine; null: the path is.</summary>
    public MountedImage? Image { get; init; }

    /// <summary>The files have the machine's owners for a pod with users of its own, too: the kernel maps no owners of
    /// stacked file systems.</summary>
    public bool KeepsOwners { get; init; }
}

public sealed record ResourceConfig
{
    public long CpuPeriod { get; init; } = 100_000;
    /// <summary>Microseconds of CPU a period; 0 means no limit.</summary>
    public long CpuQuota { get; init; }
    public long CpuShares { get; init; }
    /// <summary>Bytes; 0 means no limit.</summary>
    public long MemoryLimitBytes { get; init; }
    public int OomScoreAdj { get; init; }
}

public sealed record ContainerConfig
{
    public required string Name { get; init; }
    public uint Attempt { get; init; }
    public required string Image { get; init; }
    public IReadOnlyList<string> Command { get; init; } = [];
    public IReadOnlyList<string> Args { get; init; } = [];
    public string? WorkingDirectory { get; init; }
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];
    public IReadOnlyList<MountConfig> Mounts { get; init; } = [];
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();
    /// <summary>Relative to the sandbox's log directory.</summary>
    public required string LogPath { get; init; }
    public bool Stdin { get; init; }
    public bool StdinOnce { get; init; }
    public bool Tty { get; init; }
    public NamespaceMode Pid { get; init; } = NamespaceMode.Container;
    /// <summary>Id of the container in whose process namespace it runs; null: as <see cref="Pid"/> says.</summary>
    public string? PidTarget { get; init; }
    /// <summary>Name of the signal that asks it to end (<c>SIGINT</c>); null: what its image says.</summary>
    public string? StopSignal { get; init; }
    public ResourceConfig Resources { get; init; } = new();
    public SecurityConfig Security { get; init; } = new();
}

public enum ContainerRuntimeState { Created, Running, Exited, Unknown }

public sealed record ContainerRuntimeStatus
{
    public required string Id { get; init; }
    public required string SandboxId { get; init; }
    public required string Name { get; init; }
    public uint Attempt { get; init; }
    public ContainerRuntimeState State { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public int ExitCode { get; init; }
    /// <summary><c>OOMKilled</c>, <c>Completed</c>, <c>Error</c>, or the runtime's own word.</summary>
    public string Reason { get; init; } = "";
    public string Message { get; init; } = "";
    /// <summary>Exited, as its start failed before its command ran: nobody can have noticed anything of it.</summary>
    public bool NeverRan { get; init; }
    public string Image { get; init; } = "";
    public string ImageRef { get; init; } = "";
    public string LogPath { get; init; } = "";
    /// <summary>Name of the signal that asks it to end; null where the runtime does not say.</summary>
    public string? StopSignal { get; init; }
    /// <summary>As whom its first process began; null where the runtime does not say.</summary>
    public RuntimeUser? User { get; init; }
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();
}

/// <summary>User, group, and all further groups of a process.</summary>
public sealed record RuntimeUser(long Uid, long Gid, ValueList<long> Groups);

public sealed record ExecResult(int ExitCode, string Output, bool TimedOut);

public sealed record RegistryAuth(string Username, string Password, string? ServerAddress = null);

public sealed record ImageInfo(
    string Id, IReadOnlyList<string> Tags, IReadOnlyList<string> Digests, long SizeBytes, long? User, string? Username);

public sealed record ContainerStats(
    string ContainerId, string ContainerName, string PodUid, DateTimeOffset At, long CpuUsageNanoseconds,
    long MemoryWorkingSetBytes, long WritableLayerBytes);

public enum RuntimeEventKind
{
    Reconnected, ContainerStarted, ContainerExited, ContainerOutOfMemory, ContainerDeleted, SandboxExited,
}

public sealed record RuntimeEvent(
    RuntimeEventKind Kind, string ContainerId, string SandboxId, DateTimeOffset At, int ExitCode);
