namespace ActorOrchestrator.Api.Core;

public sealed record SecurityContext
{
    public Capabilities? Capabilities { get; init; }
    public bool? Privileged { get; init; }
    public SELinuxOptions? SeLinuxOptions { get; init; }
    public WindowsSecurityContextOptions? WindowsOptions { get; init; }
    public long? RunAsUser { get; init; }
    public long? RunAsGroup { get; init; }
    public bool? RunAsNonRoot { get; init; }
    public bool? ReadOnlyRootFilesystem { get; init; }
    public bool? AllowPrivilegeEscalation { get; init; }
    [Pointer, Values("Default", "Unmasked")] public string? ProcMount { get; init; }
    public SeccompProfile? SeccompProfile { get; init; }
    public AppArmorProfile? AppArmorProfile { get; init; }
}

public sealed record PodSecurityContext
{
    public SELinuxOptions? SeLinuxOptions { get; init; }
    public WindowsSecurityContextOptions? WindowsOptions { get; init; }
    public long? RunAsUser { get; init; }
    public long? RunAsGroup { get; init; }
    public bool? RunAsNonRoot { get; init; }
    public ValueList<long> SupplementalGroups { get; init; } = [];
    [Pointer, Values("Merge", "Strict")] public string? SupplementalGroupsPolicy { get; init; }
    public long? FsGroup { get; init; }
    public ValueList<Sysctl> Sysctls { get; init; } = [];
    [Pointer, Values("OnRootMismatch", "Always")] public string? FsGroupChangePolicy { get; init; }
    public SeccompProfile? SeccompProfile { get; init; }
    public AppArmorProfile? AppArmorProfile { get; init; }
    [Pointer] public string? SeLinuxChangePolicy { get; init; }
}

public sealed record Sysctl
{
    [Required] public string Name { get; init; } = "";
    [Required] public string Value { get; init; } = "";
}

public sealed record Capabilities
{
    public ValueList<string> Add { get; init; } = [];
    public ValueList<string> Drop { get; init; } = [];
}

public sealed record SELinuxOptions
{
    public string? User { get; init; }
    public string? Role { get; init; }
    public string? Type { get; init; }
    public string? Level { get; init; }
}

public sealed record WindowsSecurityContextOptions
{
    [Pointer] public string? GmsaCredentialSpecName { get; init; }
    [Pointer] public string? GmsaCredentialSpec { get; init; }
    [Pointer] public string? RunAsUserName { get; init; }
    public bool? HostProcess { get; init; }
}

public sealed record SeccompProfile
{
    [Required, Values("Unconfined", "RuntimeDefault", "Localhost")] public string Type { get; init; } = "";
    [Pointer] public string? LocalhostProfile { get; init; }
}

public sealed record AppArmorProfile
{
    [Required, Values("Unconfined", "RuntimeDefault", "Localhost")] public string Type { get; init; } = "";
    [Pointer] public string? LocalhostProfile { get; init; }
}
