namespace ActorOrchestrator.Api.Core;

public sealed record Container
{
    [Required] public string Name { get; init; } = "";
    public string? Image { get; init; }
    public ValueList<string> Command { get; init; } = [];
    public ValueList<string> Args { get; init; } = [];
    public string? WorkingDir { get; init; }
    [MergeKey("containerPort"), PatchStrategy("merge"), ListMap("containerPort", "protocol")]
    public ValueList<ContainerPort> Ports { get; init; } = [];
    public ValueList<EnvFromSource> EnvFrom { get; init; } = [];
    [MergeKey("name"), PatchStrategy("merge"), ListMap("name")] public ValueList<EnvVar> Env { get; init; } = [];
    public ResourceRequirements Resources { get; init; } = ResourceRequirements.Empty;
    public ValueList<ContainerResizePolicy> ResizePolicy { get; init; } = [];
    [Pointer] public string? RestartPolicy { get; init; }
    public ValueList<ContainerRestartRule> RestartPolicyRules { get; init; } = [];
    [MergeKey("mountPath"), PatchStrategy("merge"), ListMap("mountPath")]
    public ValueList<VolumeMount> VolumeMounts { get; init; } = [];
    [MergeKey("devicePath"), PatchStrategy("merge"), ListMap("devicePath")]
    public ValueList<VolumeDevice> VolumeDevices { get; init; } = [];
    public Probe? LivenessProbe { get; init; }
    public Probe? ReadinessProbe { get; init; }
    public Probe? StartupProbe { get; init; }
    public Lifecycle? Lifecycle { get; init; }
    public string? TerminationMessagePath { get; init; }
    [Values("File", "FallbackToLogsOnError")] public string? TerminationMessagePolicy { get; init; }
    [Values("Always", "Never", "IfNotPresent")] public string? ImagePullPolicy { get; init; }
    public SecurityContext? SecurityContext { get; init; }
    public bool Stdin { get; init; }
    public bool StdinOnce { get; init; }
    public bool Tty { get; init; }
}

public sealed record EphemeralContainer
{
    [Required] public string Name { get; init; } = "";
    public string? Image { get; init; }
    public ValueList<string> Command { get; init; } = [];
    public ValueList<string> Args { get; init; } = [];
    public string? WorkingDir { get; init; }
    [MergeKey("containerPort"), PatchStrategy("merge"), ListMap("containerPort", "protocol")]
    public ValueList<ContainerPort> Ports { get; init; } = [];
    public ValueList<EnvFromSource> EnvFrom { get; init; } = [];
    [MergeKey("name"), PatchStrategy("merge"), ListMap("name")] public ValueList<EnvVar> Env { get; init; } = [];
    public ResourceRequirements Resources { get; init; } = ResourceRequirements.Empty;
    public ValueList<ContainerResizePolicy> ResizePolicy { get; init; } = [];
    [Pointer] public string? RestartPolicy { get; init; }
    public ValueList<ContainerRestartRule> RestartPolicyRules { get; init; } = [];
    [MergeKey("mountPath"), PatchStrategy("merge"), ListMap("mountPath")]
    public ValueList<VolumeMount> VolumeMounts { get; init; } = [];
    [MergeKey("devicePath"), PatchStrategy("merge"), ListMap("devicePath")]
    public ValueList<VolumeDevice> VolumeDevices { get; init; } = [];
    public Probe? LivenessProbe { get; init; }
    public Probe? ReadinessProbe { get; init; }
    public Probe? StartupProbe { get; init; }
    public Lifecycle? Lifecycle { get; init; }
    public string? TerminationMessagePath { get; init; }
    [Values("File", "FallbackToLogsOnError")] public string? TerminationMessagePolicy { get; init; }
    [Values("Always", "Never", "IfNotPresent")] public string? ImagePullPolicy { get; init; }
    public SecurityContext? SecurityContext { get; init; }
    public bool Stdin { get; init; }
    public bool StdinOnce { get; init; }
    public bool Tty { get; init; }
    public string? TargetContainerName { get; init; }
}

public sealed record ContainerPort
{
    public string? Name { get; init; }
    public int HostPort { get; init; }
    [WireName("containerPort"), Required] public int Port { get; init; }
    [Values("TCP", "UDP", "SCTP")] public string? Protocol { get; init; }
    public string? HostIP { get; init; }
}

public sealed record VolumeMount
{
    [Required] public string Name { get; init; } = "";
    public bool ReadOnly { get; init; }
    [Pointer] public string? RecursiveReadOnly { get; init; }
    [Required] public string MountPath { get; init; } = "";
    public string? SubPath { get; init; }
    [Pointer, Values("None", "HostToContainer", "Bidirectional")] public string? MountPropagation { get; init; }
    public string? SubPathExpr { get; init; }
}

public sealed record VolumeDevice
{
    [Required] public string Name { get; init; } = "";
    [Required] public string DevicePath { get; init; } = "";
}

public sealed record ResourceRequirements
{
    public static readonly ResourceRequirements Empty = new();
    public ValueMap<Quantity> Limits { get; init; } = ValueMap<Quantity>.Empty;
    public ValueMap<Quantity> Requests { get; init; } = ValueMap<Quantity>.Empty;
    [ListMap("name")] public ValueList<ResourceClaim> Claims { get; init; } = [];
}

public sealed record ResourceClaim
{
    [Required] public string Name { get; init; } = "";
    public string? Request { get; init; }
}

public sealed record ContainerResizePolicy
{
    [Required] public string ResourceName { get; init; } = "";
    [Required] public string RestartPolicy { get; init; } = "";
}

public sealed record ContainerRestartRule
{
    [Required] public string? Action { get; init; }
    public ContainerRestartRuleOnExitCodes? ExitCodes { get; init; }
}

public sealed record ContainerRestartRuleOnExitCodes
{
    [Required] public string? Operator { get; init; }
    [ListSet] public ValueList<int> Values { get; init; } = [];
}
