namespace ActorOrchestrator.Api.Core;

[Doc("What a container was last seen to be.")]
public sealed record ContainerStatus
{
    [Doc("Name of the object that is meant."), Required]
    public string Name { get; init; } = "";

    [Doc("What the container does now.")]
    public ContainerState State { get; init; } = ContainerState.Empty;

    [Doc("How the container ended last.")]
    public ContainerState LastState { get; init; } = ContainerState.Empty;

    [Doc("Whether it is ready to serve."), Required]
    public bool Ready { get; init; }

    [Doc("How often the container was restarted."), Required]
    public int RestartCount { get; init; }

    [Doc("Image reference."), Required]
    public string Image { get; init; } = "";

    [Doc("Exact image that runs."), Required]
    public string ImageID { get; init; } = "";

    [Doc("Id of the container in its runtime, as type://id.")]
    public string? ContainerID { get; init; }

    [Doc("Whether the startup probe has succeeded.")]
    public bool? Started { get; init; }

    [Doc("Resources that were set aside.")]
    public ValueMap<Quantity> AllocatedResources { get; init; } = ValueMap<Quantity>.Empty;

    [Doc("Resources that are asked for.")]
    public ResourceRequirements? Resources { get; init; }

    [Doc("Where volumes are mounted."), MergeKey("mountPath"), PatchStrategy("merge"), ListMap("mountPath")]
    public ValueList<VolumeMountStatus> VolumeMounts { get; init; } = [];

    [Doc("User to act as.")]
    public ContainerUser? User { get; init; }

    [Doc("Health of allocated devices."), MergeKey("name"), PatchStrategy("merge"), ListMap("name")]
    public ValueList<ResourceStatus> AllocatedResourcesStatus { get; init; } = [];

    [Doc("Signal that stops the container."), Pointer]
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

[Doc("What a container does: it waits, runs or has ended.")]
public sealed record ContainerState
{
    public static readonly ContainerState Empty = new();

    [Doc("The container is not running yet.")]
    public ContainerStateWaiting? Waiting { get; init; }

    [Doc("The container runs.")]
    public ContainerStateRunning? Running { get; init; }

    [Doc("The container has ended.")]
    public ContainerStateTerminated? Terminated { get; init; }
}

public sealed record ContainerStateWaiting
{
    [Doc("Why, as one word for programs.")]
    public string? Reason { get; init; }

    [Doc("Why, as a sentence for people.")]
    public string? Message { get; init; }
}

public sealed record ContainerStateRunning
{
    [Doc("When it was started.")]
    public DateTimeOffset? StartedAt { get; init; }
}

public sealed record ContainerStateTerminated
{
    [Doc("Exit code of the container."), Required]
    public int ExitCode { get; init; }

    [Doc("Signal that ended the container.")]
    public int Signal { get; init; }

    [Doc("Why, as one word for programs.")]
    public string? Reason { get; init; }

    [Doc("Why, as a sentence for people.")]
    public string? Message { get; init; }

    [Doc("When it was started.")]
    public DateTimeOffset? StartedAt { get; init; }

    [Doc("When the container ended.")]
    public DateTimeOffset? FinishedAt { get; init; }

    [Doc("Id of the container in its runtime, as type://id.")]
    public string? ContainerID { get; init; }
}

[Doc("What a VolumeMount was last seen to be.")]
public sealed record VolumeMountStatus
{
    [Doc("Name of the object that is meant."), Required]
    public string Name { get; init; } = "";

    [Doc("Path inside the container."), Required]
    public string MountPath { get; init; } = "";

    [Doc("Whether the volume is mounted read-only.")]
    public bool ReadOnly { get; init; }

    [Doc("Whether mounts below are read-only too."), Pointer]
    public string? RecursiveReadOnly { get; init; }
}

public sealed record ContainerUser
{
    [Doc("User and groups on Linux.")]
    public LinuxContainerUser? Linux { get; init; }
}

public sealed record LinuxContainerUser
{
    [Doc("Unique id of the object that is meant."), Required]
    public long Uid { get; init; }

    [Doc("Group id."), Required]
    public long Gid { get; init; }

    [Doc("Further groups of the processes.")]
    public ValueList<long> SupplementalGroups { get; init; } = [];
}

[Doc("What a Resource was last seen to be.")]
public sealed record ResourceStatus
{
    [Doc("Name of the object that is meant."), Required]
    public string Name { get; init; } = "";

    [Doc("Resources that are asked for."), ListMap("resourceID")]
    public ValueList<ResourceHealth> Resources { get; init; } = [];
}

public sealed record ResourceHealth
{
    [Doc("Id of the device."), Required]
    public string ResourceID { get; init; } = "";

    [Doc("Whether the device is healthy.")]
    public string? Health { get; init; }

    [Doc("More about the health, as a sentence for people.")]
    public string? Message { get; init; }
}
