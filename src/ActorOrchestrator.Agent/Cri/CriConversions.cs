using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Api;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Proto = ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

/// <summary>Between the shim's records and CRI's messages.</summary>
internal static class CriConversions
{
    private const string StartError = "StartError";

    /// <summary>containerd's words for the steps of a start before the one that runs the command.</summary>
    private static readonly string[] StepsBeforeRun =
        ["failed to get container info: ", "failed to create containerd task: "];

    public static Proto.PodSandboxConfig ToProto(this SandboxConfig config, string owner)
    {
        var proto = new Proto.PodSandboxConfig
        {
            Metadata = new Proto.PodSandboxMetadata
            {
                Name = config.Name, Namespace = config.Namespace, Uid = config.Uid, Attempt = config.Attempt,
            },
            Hostname = config.Hostname ?? "",
            LogDirectory = config.LogDirectory,
            DnsConfig = Dns(config),
            Linux = new Proto.LinuxPodSandboxConfig
            {
                CgroupParent = config.CgroupParent ?? "",
                SecurityContext = SecurityConversions.OfSandbox(config),
            },
        };
        proto.PortMappings.AddRange(config.Ports.Select(Port));
        proto.Labels.Fill(config.Labels);
        proto.Labels[RuntimeLabels.Owner] = owner;
        proto.Annotations.Fill(config.Annotations);
        proto.Linux.Sysctls.Fill(config.Sysctls);
        return proto;
    }

    /// <summary>
    /// Without any DNS setting the message is left out, and the runtime copies the machine's resolv.conf.
    /// </summary>
    private static Proto.DNSConfig? Dns(SandboxConfig config)
    {
        if (config.DnsServers.Count + config.DnsSearches.Count + config.DnsOptions.Count == 0)
        {
            return null;
        }

        var dns = new Proto.DNSConfig();
        dns.Servers.AddRange(config.DnsServers);
        dns.Searches.AddRange(config.DnsSearches);
        dns.Options.AddRange(config.DnsOptions);
        return dns;
    }

    public static Proto.ContainerConfig ToProto(this ContainerConfig config, SandboxConfig sandbox, string owner)
    {
        var proto = new Proto.ContainerConfig
        {
            Metadata = new Proto.ContainerMetadata { Name = config.Name, Attempt = config.Attempt },
            Image = new Proto.ImageSpec { Image = config.Image },
            WorkingDir = config.WorkingDirectory ?? "",
            LogPath = config.LogPath,
            Stdin = config.Stdin,
            StdinOnce = config.StdinOnce,
            Tty = config.Tty,
            StopSignal = config.StopSignal is { } signal ? signal.ToProto() : Proto.Signal.RuntimeDefault,
            Linux = new Proto.LinuxContainerConfig
            {
                Resources = config.Resources.ToProto(),
                SecurityContext = SecurityConversions.OfContainer(config, sandbox),
            },
        };
        proto.Command.AddRange(config.Command);
        proto.Args.AddRange(config.Args);
        proto.Envs.AddRange(config.Environment.Select(variable => new Proto.KeyValue
        {
            Key = variable.Key, Value = ByteString.CopyFromUtf8(variable.Value),
        }));
        proto.Mounts.AddRange(config.Mounts.Select(mount => Mount(mount, sandbox.FirstUser)));
        proto.Labels.Fill(config.Labels);
        proto.Labels[RuntimeLabels.Owner] = owner;
        proto.Annotations.Fill(config.Annotations);
        if (config.StopSignal is not null)
        {
            proto.Annotations[RuntimeLabels.StopSignal] = config.StopSignal;
        }

        return proto;
    }

    /// <summary>SIGRTMIN+1 is SIGRTMINPLUS1 there, SIGRTMAX-1 SIGRTMAXMINUS1.</summary>
    private static Proto.Signal ToProto(this string signal) =>
        Enum.TryParse<Proto.Signal>(
            signal.Replace("+", "Plus", StringComparison.Ordinal).Replace("-", "Minus", StringComparison.Ordinal),
            ignoreCase: true, out var known)
            ? known
            : throw new ContainerRuntimeException(RuntimeErrorKind.InvalidArgument, $"there is no signal {signal}");

    private static string? ToName(this Proto.Signal signal) => signal == Proto.Signal.RuntimeDefault
        ? null
        : signal.ToString().ToUpperInvariant().Replace("PLUS", "+", StringComparison.Ordinal)
            .Replace("MINUS", "-", StringComparison.Ordinal);

    public static Proto.LinuxContainerResources ToProto(this ResourceConfig resources) => new()
    {
        CpuPeriod = resources.CpuPeriod,
        CpuQuota = resources.CpuQuota,
        CpuShares = resources.CpuShares,
        MemoryLimitInBytes = resources.MemoryLimitBytes,
        OomScoreAdj = resources.OomScoreAdj,
    };

    private static Proto.PortMapping Port(PortMapping port) => new()
    {
        Protocol = port.Protocol.ToUpperInvariant() switch
        {
            "TCP" or "" => Proto.Protocol.Tcp,
            "UDP" => Proto.Protocol.Udp,
            "SCTP" => Proto.Protocol.Sctp,
            var other => throw new ContainerRuntimeException(
                RuntimeErrorKind.InvalidArgument, $"port protocol \"{other}\": expected TCP, UDP or SCTP"),
        },
        ContainerPort = port.ContainerPort,
        HostPort = port.HostPort,
        HostIp = port.HostIp ?? "",
    };

    private static Proto.Mount Mount(MountConfig mount, uint? firstUser)
    {
        var proto = new Proto.Mount
        {
            ContainerPath = mount.ContainerPath,
            HostPath = mount.HostPath,
            Readonly = mount.ReadOnly,
            Propagation = mount.Propagation switch
            {
                "None" => Proto.MountPropagation.PropagationPrivate,
                "HostToContainer" => Proto.MountPropagation.PropagationHostToContainer,
                "Bidirectional" => Proto.MountPropagation.PropagationBidirectional,
                var other => throw new ContainerRuntimeException(
                    RuntimeErrorKind.InvalidArgument,
                    $"mount propagation \"{other}\": expected None, HostToContainer or Bidirectional"),
            },
        };
        if (mount.Image is { } image)
        {
            proto.Image = new Proto.ImageSpec { Image = image.Id };
            proto.ImageSubPath = image.SubPath;
        }

        if (firstUser is { } first && !mount.KeepsOwners)
        {
            proto.UidMappings.Add(SecurityConversions.Users(first));
            proto.GidMappings.Add(SecurityConversions.Users(first));
        }

        return proto;
    }

    private static void Fill(this MapField<string, string> map, IReadOnlyDictionary<string, string> entries)
    {
        foreach (var (key, value) in entries)
        {
            map[key] = value;
        }
    }

    public static SandboxStatus ToRecord(this Proto.PodSandboxStatus proto) => new()
    {
        Id = proto.Id,
        Name = proto.Metadata?.Name ?? "",
        Namespace = proto.Metadata?.Namespace ?? "",
        Uid = proto.Metadata?.Uid ?? "",
        Attempt = proto.Metadata?.Attempt ?? 0,
        Ready = proto.State == Proto.PodSandboxState.SandboxReady,
        CreatedAt = Time(proto.CreatedAt),
        Ips = Ips(proto.Network),
        Labels = new Dictionary<string, string>(proto.Labels),
        Annotations = new Dictionary<string, string>(proto.Annotations),
    };

    private static List<string> Ips(Proto.PodSandboxNetworkStatus? network)
    {
        if (network is null || network.Ip.Length == 0)
        {
            return [];
        }

        return [network.Ip, .. network.AdditionalIps.Select(additional => additional.Ip)];
    }

    public static SandboxStatus ToRecord(this Proto.PodSandbox proto) => new()
    {
        Id = proto.Id,
        Name = proto.Metadata?.Name ?? "",
        Namespace = proto.Metadata?.Namespace ?? "",
        Uid = proto.Metadata?.Uid ?? "",
        Attempt = proto.Metadata?.Attempt ?? 0,
        Ready = proto.State == Proto.PodSandboxState.SandboxReady,
        CreatedAt = Time(proto.CreatedAt),
        Labels = new Dictionary<string, string>(proto.Labels),
        Annotations = new Dictionary<string, string>(proto.Annotations),
    };

    public static ContainerRuntimeStatus ToRecord(this Proto.ContainerStatus proto, string sandboxId) => new()
    {
        Id = proto.Id,
        SandboxId = sandboxId,
        Name = proto.Metadata?.Name ?? "",
        Attempt = proto.Metadata?.Attempt ?? 0,
        State = State(proto.State),
        CreatedAt = Time(proto.CreatedAt),
        StartedAt = proto.StartedAt > 0 ? Time(StartedBeforeFinished(proto)) : null,
        FinishedAt = proto.FinishedAt > 0 ? Time(proto.FinishedAt) : null,
        ExitCode = proto.ExitCode,
        Reason = proto.Reason,
        Message = proto.Message,
        NeverRan = HasNeverRun(proto),
        Image = proto.Image?.Image ?? "",
        ImageRef = proto.ImageRef,
        LogPath = proto.LogPath,
        StopSignal = proto.StopSignal.ToName(),
        User = proto.User?.Linux is { } user
            ? new RuntimeUser(user.Uid, user.Gid, user.SupplementalGroups.ToValueList())
            : null,
        Labels = new Dictionary<string, string>(proto.Labels),
        Annotations = new Dictionary<string, string>(proto.Annotations),
    };

    /// <remarks>
    /// containerd makes a task first, which waits before the command, and starts it then. Where it gave up the second
    /// step, the command may have run, though no time of a start was noted.
    /// </remarks>
    private static bool HasNeverRun(Proto.ContainerStatus proto) =>
        proto is { State: Proto.ContainerState.ContainerExited, StartedAt: 0, Reason: StartError }
        && StepsBeforeRun.Any(step => proto.Message.StartsWith(step, StringComparison.Ordinal));

    /// <remarks>containerd takes the time of a start after it; a short-lived process has finished by then.</remarks>
    private static long StartedBeforeFinished(Proto.ContainerStatus proto) =>
        proto.FinishedAt > 0 ? Math.Min(proto.StartedAt, proto.FinishedAt) : proto.StartedAt;

    public static ContainerRuntimeStatus ToRecord(this Proto.Container proto) => new()
    {
        Id = proto.Id,
        SandboxId = proto.PodSandboxId,
        Name = proto.Metadata?.Name ?? "",
        Attempt = proto.Metadata?.Attempt ?? 0,
        State = State(proto.State),
        CreatedAt = Time(proto.CreatedAt),
        Image = proto.Image?.Image ?? "",
        ImageRef = proto.ImageRef,
        Labels = new Dictionary<string, string>(proto.Labels),
        Annotations = new Dictionary<string, string>(proto.Annotations),
    };

    private static ContainerRuntimeState State(Proto.ContainerState state) => state switch
    {
        Proto.ContainerState.ContainerCreated => ContainerRuntimeState.Created,
        Proto.ContainerState.ContainerRunning => ContainerRuntimeState.Running,
        Proto.ContainerState.ContainerExited => ContainerRuntimeState.Exited,
        _ => ContainerRuntimeState.Unknown,
    };

    public static ImageInfo ToRecord(this Proto.Image proto) => new(
        proto.Id, [.. proto.RepoTags], [.. proto.RepoDigests], (long)proto.Size, proto.Uid?.Value,
        proto.Username.Length > 0 ? proto.Username : null);

    /// <param name="nanoseconds">Since the epoch, as CRI gives times; the clock ticks in 100 ns.</param>
    public static DateTimeOffset Time(long nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100);
}
