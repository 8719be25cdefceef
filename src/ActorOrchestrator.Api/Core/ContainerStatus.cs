namespace ActorOrchestrator.Api.Core;

public sealed record ContainerStatus
{
    [Required] public string Name { get; init; } = "";
    public ContainerState State { get; init; } = ContainerState.Empty;
    public ContainerState LastState { get; init; } = ContainerState.Empty;
    [Required] public bool Ready { get; init; }
    [Required] public int RestartCount { get; init; }
    [Required] public string Image { get; init; } = "";
    [Required] public string ImageID { get; init; } = "";
    public string? ContainerID { get; init; }
    public bool? Started { get; init; }
    public ValueMap<Quantity> AllocatedResources { get; init; } = ValueMap<Quantity>.Empty;
    public ResourceRequirements? Resources { get; init; }
    [MergeKey("mountPath"), PatchStrategy("merge"), ListMap("mountPath")]
    public ValueList<VolumeMountStatus> VolumeMounts { get; init; } = [];
    public ContainerUser? User { get; init; }
    [MergeKey("name"), PatchStrategy("merge"), ListMap("name")]
    public ValueList<ResourceStatus> AllocatedResourcesStatus { get; init; } = [];
    [Pointer]
    [Values("SIGABRT", "SIGALRM", "SIGBUS", "SIGCHLD", "SIGCLD", "SIGCONT", "SIGFPE", "SIGHUP", "SIGILL", "SIGINT",
        "SIGIO", "SIGIOT", "SIGKILL", "SIGPIPE", "SIGPOLL", "SIGPROF", "SIGPWR", "SIGQUIT", "SIGSEGV", "SIGSTKFLT",
        "SIGSTOP", "SIGSYS", "SIGTERM", "SIGTRAP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGUSR1", "SIGUSR2",
        "SIGVTALRM", "SIGWINCH", "SIGXCPU", "SIGXFSZ", "SIGRTMIN", "SIGRTMIN+1", "SIGRTMIN+2", "SIGRTMIN+3",
        "SIGRTMIN+4", "SIGRTMIN+5", "SIGRTMIN+6", "SIGRTMIN+7", "SIGRTMIN+8", "SIGRTMIN+9", "SIGRTMIN+10",
        "SIGRTMIN+11", "SIGRTMIN+12", "SIGRTMIN+13", "SIGRTMIN+14", "SIGRTMIN+15", "SIGRTMAX-14", "SIGRTMAX-13",
        "SIGRTMAX-12", "SIGRTMAX-11", "SIGRTMAX-10", "SIGRTMAX-9", "SIGRTMAX-8", "SIGRTMAX-7", "SIGRTMAX-6",
        "SIGRTMAX-5", "SIGRTMAX-4", "SIGRTMAX-3", "SIGRTMAX-2", "SIGRTMAX-1", "SIGRTMAX")]
    public string? StopSignal { get; init; }
}

public sealed record ContainerState
{
    public static readonly ContainerState Empty = new();
    public ContainerStateWaiting? Waiting { get; init; }
    public ContainerStateRunning? Running { get; init; }
    public ContainerStateTerminated? Terminated { get; init; }
}

public sealed record ContainerStateWaiting
{
    public string? Reason { get; init; }
    public string? Message { get; init; }
}

public sealed record ContainerStateRunning
{
    public DateTimeOffset? StartedAt { get; init; }
}

public sealed record ContainerStateTerminated
{
    [Required] public int ExitCode { get; init; }
    public int Signal { get; init; }
    public string? Reason { get; init; }
    public string? Message { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public string? ContainerID { get; init; }
}

public sealed record VolumeMountStatus
{
    [Required] public string Name { get; init; } = "";
    [Required] public string MountPath { get; init; } = "";
    public bool ReadOnly { get; init; }
    [Pointer] public string? RecursiveReadOnly { get; init; }
}

public sealed record ContainerUser
{
    public LinuxContainerUser? Linux { get; init; }
}

public sealed record LinuxContainerUser
{
    [Required] public long Uid { get; init; }
    [Required] public long Gid { get; init; }
    public ValueList<long> SupplementalGroups { get; init; } = [];
}

public sealed record ResourceStatus
{
    [Required] public string Name { get; init; } = "";
    [ListMap("resourceID")] public ValueList<ResourceHealth> Resources { get; init; } = [];
}

public sealed record ResourceHealth
{
    [Required] public string ResourceID { get; init; } = "";
    public string? Health { get; init; }
}
