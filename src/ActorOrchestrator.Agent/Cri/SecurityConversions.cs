using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Api.Core;
using NamespaceMode = ActorOrchestrator.Agent.Containers.NamespaceMode;
using Proto = ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

/// <summary>Users, namespaces and profiles of sandboxes and containers in CRI's terms.</summary>
internal static class SecurityConversions
{
    public static Proto.LinuxSandboxSecurityContext OfSandbox(SandboxConfig config)
    {
        var security = new Proto.LinuxSandboxSecurityContext
        {
            NamespaceOptions = Namespaces(config, config.Pid),
            Privileged = config.Privileged,
            ReadonlyRootfs = config.Security.ReadOnlyRootFilesystem,
            RunAsUser = Int64(config.Security.RunAsUser),
            RunAsGroup = Int64(config.Security.RunAsGroup),
            Seccomp = Seccomp(config.Security),
        };
        security.SupplementalGroups.AddRange(config.Security.SupplementalGroups);
        return security;
    }

    public static Proto.LinuxContainerSecurityContext OfContainer(ContainerConfig config, SandboxConfig sandbox)
    {
        var security = new Proto.LinuxContainerSecurityContext
        {
            NamespaceOptions = Namespaces(sandbox, config.Pid, config.PidTarget),
            Privileged = config.Security.Privileged,
            ReadonlyRootfs = config.Security.ReadOnlyRootFilesystem,
            RunAsUser = Int64(config.Security.RunAsUser),
            RunAsGroup = Int64(config.Security.RunAsGroup),
            RunAsUsername = config.Security.RunAsUserName ?? "",
            NoNewPrivs = config.Security.NoNewPrivileges,
            Seccomp = Seccomp(config.Security),
            Apparmor = Confinement(config.Security.AppArmor),
            Capabilities = new Proto.Capability(),
        };
        security.SupplementalGroups.AddRange(config.Security.SupplementalGroups);
        security.Capabilities.AddCapabilities.AddRange(config.Security.AddCapabilities);
        security.Capabilities.DropCapabilities.AddRange(config.Security.DropCapabilities);
        return security;
    }

    /// <summary>Network, interprocess communication and users are those of the sandbox.</summary>
    private static Proto.NamespaceOption Namespaces(SandboxConfig sandbox, NamespaceMode pid, string? target = null) =>
        new()
        {
            Network = Mode(sandbox.Network),
            Pid = target is null ? Mode(pid) : Proto.NamespaceMode.Target,
            Ipc = Mode(sandbox.Ipc),
            TargetId = target ?? "",
            UsernsOptions = UserNamespace(sandbox.FirstUser),
        };

    private static Proto.UserNamespace UserNamespace(uint? firstUser)
    {
        if (firstUser is not { } first)
        {
            return new Proto.UserNamespace { Mode = Proto.NamespaceMode.Node };
        }

        var own = new Proto.UserNamespace { Mode = Proto.NamespaceMode.Pod };
        own.Uids.Add(Users(first));
        own.Gids.Add(Users(first));
        return own;
    }

    /// <summary>The pod's ids from 0 on are the machine's from <paramref name="first"/> on.</summary>
    public static Proto.IDMapping Users(uint first) =>
        new() { HostId = first, ContainerId = 0, Length = SandboxConfig.UsersInRange };

    private static Proto.NamespaceMode Mode(NamespaceMode mode) => mode switch
    {
        NamespaceMode.Pod => Proto.NamespaceMode.Pod,
        NamespaceMode.Container => Proto.NamespaceMode.Container,
        NamespaceMode.Node => Proto.NamespaceMode.Node,
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "no such namespace mode"),
    };

    private static Proto.SecurityProfile Seccomp(SecurityConfig security) => new()
    {
        ProfileType = security.SeccompUnconfined || security.Privileged
            ? Proto.SecurityProfile.Types.ProfileType.Unconfined
            : Proto.SecurityProfile.Types.ProfileType.RuntimeDefault,
    };

    private static Proto.SecurityProfile? Confinement(AppArmorProfile? profile) => profile is null
        ? null
        : new Proto.SecurityProfile
        {
            ProfileType = profile.Type switch
            {
                AppArmor.RuntimeDefault => Proto.SecurityProfile.Types.ProfileType.RuntimeDefault,
                AppArmor.Unconfined => Proto.SecurityProfile.Types.ProfileType.Unconfined,
                AppArmor.Localhost => Proto.SecurityProfile.Types.ProfileType.Localhost,
                var other => throw new ContainerRuntimeException(
                    RuntimeErrorKind.InvalidArgument, $"there is no AppArmor profile of type \"{other}\""),
            },
            LocalhostRef = profile.LocalhostProfile ?? "",
        };

    private static Proto.Int64Value? Int64(long? value) =>
        value is { } given ? new Proto.Int64Value { Value = given } : null;
}
