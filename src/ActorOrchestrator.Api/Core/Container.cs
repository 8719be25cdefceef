namespace ActorOrchestrator.Api.Core;

[Doc("A container of a pod.")]
public sealed record Container
{
    [Doc("Name of the container, unique in its pod."), Required]
    public string Name { get; init; } = "";

    [Doc("Image that the container runs.")]
    public string? Image { get; init; }

    [Doc("What to run, instead of the image's entry point.")]
    public ValueList<string> Command { get; init; } = [];

    [Doc("Arguments, instead of the image's own.")]
    public ValueList<string> Args { get; init; } = [];

    [Doc("Working directory, instead of the image's own.")]
    public string? WorkingDir { get; init; }

    [Doc("Ports that the container listens on.")]
    [MergeKey("containerPort"), PatchStrategy("merge"), ListMap("containerPort", "protocol")]
    public ValueList<ContainerPort> Ports { get; init; } = [];

    [Doc("Sources whose entries all become environment variables.")]
    public ValueList<EnvFromSource> EnvFrom { get; init; } = [];

    [Doc("Environment variables."), MergeKey("name"), PatchStrategy("merge"), ListMap("name")]
    public ValueList<EnvVar> Env { get; init; } = [];

    [Doc("Resources that the container needs.")]
    public ResourceRequirements Resources { get; init; } = ResourceRequirements.Empty;

    [Doc("Whether a change of resources restarts the container.")]
    public ValueList<ContainerResizePolicy> ResizePolicy { get; init; } = [];

    [Doc("Always makes an init container a sidecar."), Pointer]
    public string? RestartPolicy { get; init; }

    [Doc("Rules that say by exit code whether to restart.")]
    public ValueList<ContainerRestartRule> RestartPolicyRules { get; init; } = [];

    [Doc("Where volumes are mounted."), MergeKey("mountPath"), PatchStrategy("merge"), ListMap("mountPath")]
    public ValueList<VolumeMount> VolumeMounts { get; init; } = [];

    [Doc("Block devices to map into the container.")]
    [MergeKey("devicePath"), PatchStrategy("merge"), ListMap("devicePath")]
    public ValueList<VolumeDevice> VolumeDevices { get; init; } = [];

    [Doc("Check that, failing, gets the container restarted.")]
    public Probe? LivenessProbe { get; init; }

    [Doc("Check that, failing, takes the pod out of services.")]
    public Probe? ReadinessProbe { get; init; }

    [Doc("Check that must succeed before the other ones begin.")]
    public Probe? StartupProbe { get; init; }

    [Doc("What to do after the start and before the end.")]
    public Lifecycle? Lifecycle { get; init; }

    [Doc("File whose content explains the container's end.")]
    public string? TerminationMessagePath { get; init; }

    [Doc("Whether logs stand in for a missing termination message."), Values("File", "FallbackToLogsOnError")]
    public string? TerminationMessagePolicy { get; init; }

    [Doc("When to pull the image: Always, IfNotPresent or Never."), Values("Always", "Never", "IfNotPresent")]
    public string? ImagePullPolicy { get; init; }

    [Doc("Privileges and identity.")]
    public SecurityContext? SecurityContext { get; init; }

    [Doc("Whether the container has an open standard input.")]
    public bool Stdin { get; init; }

    [Doc("Whether standard input closes after the first session.")]
    public bool StdinOnce { get; init; }

    [Doc("Whether the container gets a terminal.")]
    public bool Tty { get; init; }
}

[Doc("A container added to a running pod for debugging.")]
public sealed record EphemeralContainer
{
    [Doc("Name of the container, unique in its pod."), Required]
    public string Name { get; init; } = "";

    [Doc("Image reference.")]
    public string? Image { get; init; }

    [Doc("What to run, instead of the image's entry point.")]
    public ValueList<string> Command { get; init; } = [];

    [Doc("Arguments, instead of the image's own.")]
    public ValueList<string> Args { get; init; } = [];

    [Doc("Working directory, instead of the image's own.")]
    public string? WorkingDir { get; init; }

    [Doc("The ports."), MergeKey("containerPort"), PatchStrategy("merge"), ListMap("containerPort", "protocol")]
    public ValueList<ContainerPort> Ports { get; init; } = [];

    [Doc("Sources whose entries all become environment variables.")]
    public ValueList<EnvFromSource> EnvFrom { get; init; } = [];

    [Doc("Environment variables."), MergeKey("name"), PatchStrategy("merge"), ListMap("name")]
    public ValueList<EnvVar> Env { get; init; } = [];

    [Doc("Resources that are asked for.")]
    public ResourceRequirements Resources { get; init; } = ResourceRequirements.Empty;

    [Doc("Whether a change of resources restarts the container.")]
    public ValueList<ContainerResizePolicy> ResizePolicy { get; init; } = [];

    [Doc("When containers are restarted after they end."), Pointer]
    public string? RestartPolicy { get; init; }

    [Doc("Rules that say by exit code whether to restart.")]
    public ValueList<ContainerRestartRule> RestartPolicyRules { get; init; } = [];

    [Doc("Where volumes are mounted."), MergeKey("mountPath"), PatchStrategy("merge"), ListMap("mountPath")]
    public ValueList<VolumeMount> VolumeMounts { get; init; } = [];

    [Doc("Block devices to map into the container.")]
    [MergeKey("devicePath"), PatchStrategy("merge"), ListMap("devicePath")]
    public ValueList<VolumeDevice> VolumeDevices { get; init; } = [];

    [Doc("Check that, failing, gets the container restarted.")]
    public Probe? LivenessProbe { get; init; }

    [Doc("Check that, failing, takes the pod out of services.")]
    public Probe? ReadinessProbe { get; init; }

    [Doc("Check that must succeed before the other ones begin.")]
    public Probe? StartupProbe { get; init; }

    [Doc("What to do after the start and before the end.")]
    public Lifecycle? Lifecycle { get; init; }

    [Doc("File whose content explains the container's end.")]
    public string? TerminationMessagePath { get; init; }

    [Doc("Whether logs stand in for a missing termination message."), Values("File", "FallbackToLogsOnError")]
    public string? TerminationMessagePolicy { get; init; }

    [Doc("When to pull the image: Always, IfNotPresent or Never."), Values("Always", "Never", "IfNotPresent")]
    public string? ImagePullPolicy { get; init; }

    [Doc("Privileges and identity.")]
    public SecurityContext? SecurityContext { get; init; }

    [Doc("Whether the container has an open standard input.")]
    public bool Stdin { get; init; }

    [Doc("Whether standard input closes after the first session.")]
    public bool StdinOnce { get; init; }

    [Doc("Whether the container gets a terminal.")]
    public bool Tty { get; init; }

    [Doc("Container whose processes can be seen.")]
    public string? TargetContainerName { get; init; }
}

[Doc("A port that a container listens on.")]
public sealed record ContainerPort
{
    [Doc("Name of the port, unique in its pod.")]
    public string? Name { get; init; }

    [Doc("Port of the node.")]
    public int HostPort { get; init; }

    [Doc("Port of the container."), WireName("containerPort"), Required]
    public int Port { get; init; }

    [Doc("Protocol: TCP, UDP or SCTP."), Values("TCP", "UDP", "SCTP")]
    public string? Protocol { get; init; }

    [Doc("Address of the node to open the port on.")]
    public string? HostIP { get; init; }
}

[Doc("Where a volume is mounted.")]
public sealed record VolumeMount
{
    [Doc("Name of the volume."), Required]
    public string Name { get; init; } = "";

    [Doc("Whether the volume is mounted read-only.")]
    public bool ReadOnly { get; init; }

    [Doc("Whether mounts below are read-only too."), Pointer]
    public string? RecursiveReadOnly { get; init; }

    [Doc("Path inside the container."), Required]
    public string MountPath { get; init; } = "";

    [Doc("Path inside the volume, instead of its root.")]
    public string? SubPath { get; init; }

    [Doc("Whether mounts made on one side are seen on the other.")]
    [Pointer, Values("None", "HostToContainer", "Bidirectional")]
    public string? MountPropagation { get; init; }

    [Doc("As subPath, with $(VARIABLES) expanded.")]
    public string? SubPathExpr { get; init; }
}

public sealed record VolumeDevice
{
    [Doc("Name of the volume."), Required]
    public string Name { get; init; } = "";

    [Doc("Path of the device."), Required]
    public string DevicePath { get; init; } = "";
}

[Doc("What is requested, and what it is limited to.")]
public sealed record ResourceRequirements
{
    public static readonly ResourceRequirements Empty = new();

    [Doc("The most that may be used.")]
    public ValueMap<Quantity> Limits { get; init; } = ValueMap<Quantity>.Empty;

    [Doc("The least that is set aside.")]
    public ValueMap<Quantity> Requests { get; init; } = ValueMap<Quantity>.Empty;

    [Doc("Devices that are used, by the name of the pod's claim."), ListMap("name")]
    public ValueList<ResourceClaim> Claims { get; init; } = [];
}

public sealed record ResourceClaim
{
    [Doc("Name of the pod's claim."), Required]
    public string Name { get; init; } = "";

    [Doc("Name of the request in the claim.")]
    public string? Request { get; init; }
}

public sealed record ContainerResizePolicy
{
    [Doc("Name of the resource."), Required]
    public string ResourceName { get; init; } = "";

    [Doc("What a change of the resource needs."), Required]
    public string RestartPolicy { get; init; } = "";
}

public sealed record ContainerRestartRule
{
    [Doc("What to do."), Required]
    public string? Action { get; init; }

    [Doc("Exit codes that the rule is for.")]
    public ContainerRestartRuleOnExitCodes? ExitCodes { get; init; }
}

public sealed record ContainerRestartRuleOnExitCodes
{
    [Doc("How key and values are compared."), Required]
    public string? Operator { get; init; }

    [Doc("Values to compare with."), ListSet]
    public ValueList<int> Values { get; init; } = [];
}
