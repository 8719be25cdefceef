namespace ActorOrchestrator.Api.Core;

[Doc("Privileges and identity of a container.")]
public sealed record SecurityContext
{
    [Doc("Capabilities to add and drop.")]
    public Capabilities? Capabilities { get; init; }

    [Doc("Run with all privileges of the node.")]
    public bool? Privileged { get; init; }

    [Doc("SELinux labels of the processes.")]
    public SELinuxOptions? SeLinuxOptions { get; init; }

    [Doc("Settings for Windows only.")]
    public WindowsSecurityContextOptions? WindowsOptions { get; init; }

    [Doc("User id of the processes.")]
    public long? RunAsUser { get; init; }

    [Doc("Group id of the processes.")]
    public long? RunAsGroup { get; init; }

    [Doc("Refuse to run as root.")]
    public bool? RunAsNonRoot { get; init; }

    [Doc("Whether the root filesystem is read-only.")]
    public bool? ReadOnlyRootFilesystem { get; init; }

    [Doc("Whether a process can gain more privileges than its parent.")]
    public bool? AllowPrivilegeEscalation { get; init; }

    [Doc("How /proc is mounted."), Pointer, Values("Default", "Unmasked")]
    public string? ProcMount { get; init; }

    [Doc("Seccomp profile of the processes.")]
    public SeccompProfile? SeccompProfile { get; init; }

    [Doc("AppArmor profile of the processes.")]
    public AppArmorProfile? AppArmorProfile { get; init; }
}

[Doc("Privileges and identity of a pod's containers.")]
public sealed record PodSecurityContext
{
    [Doc("SELinux labels of the processes.")]
    public SELinuxOptions? SeLinuxOptions { get; init; }

    [Doc("Settings for Windows only.")]
    public WindowsSecurityContextOptions? WindowsOptions { get; init; }

    [Doc("User id of the processes.")]
    public long? RunAsUser { get; init; }

    [Doc("Group id of the processes.")]
    public long? RunAsGroup { get; init; }

    [Doc("Refuse to run as root.")]
    public bool? RunAsNonRoot { get; init; }

    [Doc("Further groups of the processes.")]
    public ValueList<long> SupplementalGroups { get; init; } = [];

    [Doc("How the image's own groups count."), Pointer, Values("Merge", "Strict")]
    public string? SupplementalGroupsPolicy { get; init; }

    [Doc("Group that owns volumes.")]
    public long? FsGroup { get; init; }

    [Doc("Kernel parameters of the pod.")]
    public ValueList<Sysctl> Sysctls { get; init; } = [];

    [Doc("When the owner of a volume's files is changed."), Pointer, Values("OnRootMismatch", "Always")]
    public string? FsGroupChangePolicy { get; init; }

    [Doc("Seccomp profile of the processes.")]
    public SeccompProfile? SeccompProfile { get; init; }

    [Doc("AppArmor profile of the processes.")]
    public AppArmorProfile? AppArmorProfile { get; init; }

    [Doc("How a volume's SELinux label is changed."), Pointer]
    public string? SeLinuxChangePolicy { get; init; }
}

public sealed record Sysctl
{
    [Doc("Name of the parameter."), Required]
    public string Name { get; init; } = "";

    [Doc("Value of the parameter."), Required]
    public string Value { get; init; } = "";
}

public sealed record Capabilities
{
    [Doc("Capabilities to add.")]
    public ValueList<string> Add { get; init; } = [];

    [Doc("Capabilities to drop.")]
    public ValueList<string> Drop { get; init; } = [];
}

public sealed record SELinuxOptions
{
    [Doc("SELinux user.")]
    public string? User { get; init; }

    [Doc("SELinux role.")]
    public string? Role { get; init; }

    [Doc("SELinux type.")]
    public string? Type { get; init; }

    [Doc("SELinux level.")]
    public string? Level { get; init; }
}

public sealed record WindowsSecurityContextOptions
{
    [Doc("Name of the GMSA credential specification."), Pointer]
    public string? GmsaCredentialSpecName { get; init; }

    [Doc("GMSA credential specification."), Pointer]
    public string? GmsaCredentialSpec { get; init; }

    [Doc("Name of the Windows user."), Pointer]
    public string? RunAsUserName { get; init; }

    [Doc("Whether to run on the Windows host itself.")]
    public bool? HostProcess { get; init; }
}

public sealed record SeccompProfile
{
    [Doc("Which of the possible kinds this is."), Required, Values("Unconfined", "RuntimeDefault", "Localhost")]
    public string Type { get; init; } = "";

    [Doc("Name of a profile on the node."), Pointer]
    public string? LocalhostProfile { get; init; }
}

public sealed record AppArmorProfile
{
    [Doc("Which of the possible kinds this is."), Required, Values("Unconfined", "RuntimeDefault", "Localhost")]
    public string Type { get; init; } = "";

    [Doc("Name of a profile on the node."), Pointer]
    public string? LocalhostProfile { get; init; }
}
