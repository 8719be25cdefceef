using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Reclaim;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Nodes;

namespace ActorOrchestrator.Agent.Nodes;

/// <summary>What is known of a machine at one instant; a null health means that the runtime does not answer.</summary>
public sealed record NodeObservation(
    MachineFacts Facts, IReadOnlyCollection<string> Pressures, RuntimeVersion Version, RuntimeHealth? Health,
    string? RuntimeProblem, ValueList<ContainerImage> Images)
{
    /// <summary>The machine is about to be shut down.</summary>
    public bool IsShuttingDown { get; init; }

    /// <summary>The pods' subnet that the machine would have (<see cref="PodSubnetNotes.WishAnnotation"/>); null: its
    /// pods have no network of ours.</summary>
    public string? SubnetWish { get; init; }

    /// <summary>How long fenced pods run on without an answer of the cluster; null: for ever.</summary>
    public TimeSpan? FenceAfter { get; init; }

    /// <summary>Why pods get no network; null when they do.</summary>
    public string? NetworkProblem { get; init; }
}

/// <summary>
/// The Node object and its status, as <c>kubectl get nodes -o wide</c> and <c>describe</c> show them. Pure.
/// </summary>
public static class NodeReport
{
    private const long MinimumDiskShare = 10;

    public static Node NodeOf(
        NodeSettings settings, NodeObservation seen, NodeStatus? before, DateTimeOffset now) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = settings.NodeName,
            Labels = ValueMap<string>.From(new Dictionary<string, string>(settings.Labels)
            {
                ["kubernetes.io/hostname"] = settings.NodeName,
                ["kubernetes.io/os"] = "linux",
                ["kubernetes.io/arch"] = seen.Facts.Architecture,
            }),
            Annotations = ValueMap<string>.From(Annotations(seen)),
        },
        Status = StatusOf(settings, seen, before, now),
    };

    private static IEnumerable<KeyValuePair<string, string>> Annotations(NodeObservation seen)
    {
        if (seen.SubnetWish is { } wish)
        {
            yield return KeyValuePair.Create(PodSubnetNotes.WishAnnotation, wish);
        }

        if (seen.FenceAfter is { } term)
        {
            yield return KeyValuePair.Create(NodeFences.TermAnnotation, NodeFences.TextOf(term));
        }
    }

    public static NodeStatus StatusOf(
        NodeSettings settings, NodeObservation seen, NodeStatus? before, DateTimeOffset now)
    {
        var allocatable = Allocatable(settings, seen.Facts);
        return new NodeStatus
        {
            Capacity = Amounts(
                settings, new NodeResources(seen.Facts.MilliCpu, seen.Facts.MemoryBytes, seen.Facts.DiskBytes)),
            Allocatable = Amounts(settings, allocatable),
            Conditions = Conditions(seen, before, now),
            Addresses = settings.HostIps.Select(ip => new NodeAddress { Type = NodeAddresses.Internal, Address = ip })
                .Append(new NodeAddress { Type = NodeAddresses.Hostname, Address = settings.NodeName }).ToValueList(),
            DaemonEndpoints = settings.Port == 0
                ? NodeDaemonEndpoints.Empty
                : new NodeDaemonEndpoints { KubeletEndpoint = new DaemonEndpoint { Port = settings.Port } },
            NodeInfo = new NodeSystemInfo
            {
                MachineID = seen.Facts.MachineId,
                SystemUUID = seen.Facts.SystemUuid,
                BootID = seen.Facts.BootId,
                KernelVersion = seen.Facts.KernelVersion,
                OsImage = seen.Facts.OsImage,
                ContainerRuntimeVersion = $"{seen.Version.Name}://{seen.Version.Version}",
                KubeletVersion = settings.Version,
                KubeProxyVersion = settings.Version,
                OperatingSystem = "linux",
                Architecture = seen.Facts.Architecture,
            },
            Images = seen.Images,
        };
    }

    /// <summary>What pods may have: the machine less what is reserved, and less a tenth of the disk.</summary>
    public static NodeResources Allocatable(NodeSettings settings, MachineFacts facts) => new(
        facts.MilliCpu - settings.ReservedMilliCpu, facts.MemoryBytes - settings.ReservedMemoryBytes,
        facts.DiskBytes - (facts.DiskBytes / MinimumDiskShare));

    private static ValueMap<Quantity> Amounts(NodeSettings settings, NodeResources resources) =>
        ValueMap<Quantity>.From(new Dictionary<string, Quantity>
        {
            ["cpu"] = resources.Allocatable("cpu"),
            ["memory"] = Quantity.FromBytes(resources.MemoryBytes),
            ["ephemeral-storage"] = Quantity.FromBytes(resources.EphemeralStorageBytes),
            ["pods"] = Quantity.FromUnits(settings.MaxPods),
        });

    private static ValueList<NodeCondition> Conditions(
        NodeObservation seen, NodeStatus? before, DateTimeOffset now)
    {
        var isShortOfMemory = seen.Pressures.Contains(Signals.MemoryPressure);
        var isShortOfDisk = seen.Pressures.Contains(Signals.DiskPressure);
        var isShortOfPids = seen.Pressures.Contains(Signals.PidPressure);
        var problem = Problem(seen);
        return
        [
            isShortOfMemory
                ? Condition(Signals.MemoryPressure, true, "KubeletHasInsufficientMemory",
                    "kubelet has insufficient memory available", before, now)
                : Condition(Signals.MemoryPressure, false, "KubeletHasSufficientMemory",
                    "kubelet has sufficient memory available", before, now),
            isShortOfDisk
                ? Condition(Signals.DiskPressure, true, "KubeletHasDiskPressure",
                    "kubelet has disk pressure", before, now)
                : Condition(Signals.DiskPressure, false, "KubeletHasNoDiskPressure",
                    "kubelet has no disk pressure", before, now),
            isShortOfPids
                ? Condition(Signals.PidPressure, true, "KubeletHasInsufficientPID",
                    "kubelet has insufficient PID available", before, now)
                : Condition(Signals.PidPressure, false, "KubeletHasSufficientPID",
                    "kubelet has sufficient PID available", before, now),
            problem is null
                ? Condition("Ready", true, "KubeletReady", "kubelet is posting ready status", before, now)
                : Condition("Ready", false, "KubeletNotReady", problem, before, now),
        ];
    }

    private static string? Problem(NodeObservation seen) => seen.Health switch
    {
        _ when seen.IsShuttingDown => "node is shutting down",
        null => $"container runtime is down: {seen.RuntimeProblem}",
        { RuntimeReady: false } down =>
            $"container runtime not ready: RuntimeReady=false reason:{down.Reason} message:{down.Message}",
        _ when seen.NetworkProblem is { } network =>
            $"container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:{network}",
        { NetworkReady: false } down =>
            $"container runtime network not ready: NetworkReady=false reason:{down.Reason} message:{down.Message}",
        _ => null,
    };

    private static NodeCondition Condition(
        string type, bool isTrue, string reason, string message, NodeStatus? before, DateTimeOffset now)
    {
        var status = isTrue ? "True" : "False";
        var known = before?.Conditions.FirstOrDefault(c => c.Type == type && c.Status == status);
        return new NodeCondition
        {
            Type = type,
            Status = status,
            Reason = reason,
            Message = message,
            LastHeartbeatTime = now,
            LastTransitionTime = known?.LastTransitionTime ?? now,
        };
    }
}
