using System.Net;
using ActorOrchestrator.Agent;
using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Agent.Containerd;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Fencing;
using ActorOrchestrator.Agent.Groups;
using ActorOrchestrator.Agent.Logs;
using ActorOrchestrator.Agent.Network;
using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Agent.Probes;
using ActorOrchestrator.Agent.Processes;
using ActorOrchestrator.Agent.Statics;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Host.Commands;
using ActorOrchestrator.Host.Fencing;
using ActorOrchestrator.Host.Settings;
using ActorOrchestrator.Streams.Commands;
using Akka.Actor;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodeSettings = ActorOrchestrator.Agent.Nodes.NodeSettings;

namespace ActorOrchestrator.Host.Serving;

/// <summary>This machine as a node: its container runtime, kept running, and its agent, kept going.</summary>
internal sealed partial class NodeService : BackgroundService, IAsyncDisposable
{
    private const string ClusterDomain = "cluster.local";
    private const string ResolverFile = "/etc/resolv.conf";
    private static readonly TimeSpan StopWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StopWordWait = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(2);

    /// <summary>What the shutdown of a machine may take beyond its grace.</summary>
    private static readonly TimeSpan ShutdownMargin = TimeSpan.FromSeconds(30);

    private readonly MachineSettings _settings;
    private readonly DataDirectory _directory;
    private readonly IClusterLink _cluster;
    private readonly ActorSystem _system;

    /// <summary>The machine's clock, by which its container runtime goes too: the agent compares times with
    /// its.</summary>
    private readonly TimeProvider _time = TimeProvider.System;

    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly ContainerdDaemon? _daemon;
    private readonly PodNetwork? _network;
    private readonly IContainerRuntime _runtime;
    private readonly NodeFence? _fence;
    private volatile string? _problem = "the node is starting";
    private volatile IActorRef? _agent;
    private int _disposed;

    public NodeService(
        MachineSettings settings, DataDirectory directory, IClusterLink cluster, ActorSystem system,
        ILoggerFactory loggers)
    {
        _settings = settings;
        _directory = directory;
        (_cluster, _system) = (cluster, system);
        _loggers = loggers;
        _logger = loggers.CreateLogger("ActorOrchestrator.Host.Node");
        (_daemon, _runtime, var streams) = MakeRuntime();
        _network = _daemon is null ? null : new PodNetwork(
            PodNetworkSettings(), _daemon, cluster,
            HasReadNetworkAsync, _time, loggers.CreateLogger<PodNetwork>());
        _fence = FenceOf(settings, directory) is { } fence ? new NodeFence(fence, settings.FenceAfter!.Value) : null;
        Streams = new NodeStreams(_runtime, streams);
        Logs = new NodeLogs(
            new ContainerLogs(_runtime, new LogReader(_time, loggers.CreateLogger<LogReader>())), _time);
    }

    /// <summary>Where the machine serves its own pods' logs and streams; 0: a member of its own process does.</summary>
    public int Port { get; init; }

    public NodeLogs Logs { get; }

    public NodeStreams Streams { get; }

    /// <summary>Why no containers can be run now; null when they can.</summary>
    public string? Problem => _daemon?.Problem ?? _problem;

    /// <summary>Those that the settings name, or the machine's own: as others see it, the main one first.</summary>
    public static ValueList<string> AddressesOf(MachineSettings settings)
    {
        if (settings.Addresses.Count > 0)
        {
            return settings.Addresses.ToValueList();
        }

        var addresses = MachineAddresses.Read().Where(address => !IPAddress.IsLoopback(address))
            .Select(address => address.ToString()).ToValueList();
        return addresses.Count > 0 ? addresses : ["127.0.0.1"];
    }

    /// <summary>Pods would not reach what has an address that pods have.</summary>
    /// <exception cref="ServerStartException">The machine has an address that the settings give to pods.</exception>
    public static void RefuseOverlap(MachineSettings settings)
    {
        if (!settings.OwnsContainerd)
        {
            return;
        }

        var cluster = settings.Network.Subnets.Cluster;
        if (MachineAddresses.Read().Where(cluster.Contains).ToList() is { Count: > 0 } taken)
        {
            throw new ServerStartException(
                $"network.cluster-cidr {cluster}, of which pods get their addresses, contains this machine's own "
                + $"{string.Join(", ", taken)}: set another one, the same on all members");
        }
    }

    /// <summary>Has what runs on a lease guarded, which takes nobody but this machine: an agent may have to wait for
    /// the journal, or for members that do not answer.</summary>
    /// <exception cref="ServerStartException">It cannot be.</exception>
    public static void GuardPods(MachineSettings settings, DataDirectory directory)
    {
        try
        {
            FenceOf(settings, directory)?.SeeToGuard();
        }
        catch (IOException failure)
        {
            throw new ServerStartException($"this machine cannot be a node: {FailureWords.Of(failure)}", failure);
        }
    }

    /// <summary>Ends the machine's pods before it is shut down; others are not taken until the server is started
    /// anew.</summary>
    /// <returns>Those that did not end in time.</returns>
    public async Task<IReadOnlyList<string>> ShutDownAsync(CancellationToken stop)
    {
        var agent = _agent ?? throw new ServerStartException(Problem ?? "no agent runs");
        var ended = await agent.Ask<ShutdownEnded>(
            new ShutdownAsked(), _settings.Shutdown.GracePeriod + ShutdownMargin, stop);
        return ended.Left;
    }

    /// <summary>Runs runtime and agent until told to stop; failures are told and tried again, with the API up
    /// meanwhile.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
                when (failure is ContainerRuntimeException or NetworkSetupException or IOException)
            {
                _problem = FailureWords.Of(failure);
                LogNodeFailed(FailureWords.Of(failure), RetryPause.TotalSeconds);
            }

            await Task.Delay(RetryPause, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The host's container does it for each of a service's registrations.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        if (_runtime is IAsyncDisposable processes)
        {
            await processes.DisposeAsync();
        }

        (_runtime as IDisposable)?.Dispose();
        Dispose();
    }

    private static FenceFile? FenceOf(MachineSettings settings, DataDirectory directory) =>
        settings is { FenceAfter: not null, Runtime: not "process" } ? new FenceFile(directory.Root) : null;

    private async Task RunOnceAsync(CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var background = new List<Task>
        {
            new LogRotation(_runtime, _settings.LogRotation, _time, _loggers.CreateLogger<LogRotation>())
                .RunAsync(ended.Token),
        };
        var ports = Ports();
        if (_daemon is not null && _network is not null)
        {
            await AskForSubnetAsync(ports, _network, stop);
            await _daemon.StartAsync(stop, () => background.Add(_network.RunAsync(ended.Token)));
            background.Add(_daemon.SuperviseAsync(ended.Token));
        }

        var agent = _system.ActorOf(NodeSupervisor.Props(AgentSettings(), ports));
        _problem = null;
        _agent = agent;
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, stop);
        }
        finally
        {
            // Its workers end with it; what they began is cancelled, and containers run on.
            _agent = null;
            Task stopping = agent.GracefulStop(StopWait);
            await stopping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await SayStoppedAsync();
            await ended.CancelAsync();
            await Task.WhenAll(background);
        }
    }

    /// <summary>On a machine that never had one, while its runtime starts: the cluster has answered when that is
    /// done.</summary>
    private async Task AskForSubnetAsync(NodePorts ports, PodNetwork network, CancellationToken stop)
    {
        if (!network.IsKnown)
        {
            await _cluster.RegisterNodeAsync(NodeHeart.Starting(AgentSettings(), ports), stop);
        }
    }

    /// <summary>A runtime that does not run yet reads of the network when it starts.</summary>
    private async Task<bool> HasReadNetworkAsync(CancellationToken stop)
    {
        try
        {
            return (await _runtime.StatusAsync(stop)).NetworkReady;
        }
        catch (ContainerRuntimeException)
        {
            return true;
        }
    }

    private NodePorts Ports() => new(
        _runtime, _cluster, Files(), new NetworkProber(_time, VersionCommand.Version),
        new LinuxMachine(_directory.Root), _time, _loggers.CreateLogger<NodeAgent>(), AgentInstruments.Shared)
    {
        Groups = _settings.Runtime == "process" ? null : new LinuxPodGroups(_directory.Pods),
        Network = _network,
        Fence = _fence,
        Manifests = _settings.StaticPods is { } place
            ? new ManifestDirectory(place, _settings.Name, _time)
            : null,
    };

    /// <summary>A member that the others have removed has nobody to tell.</summary>
    private async Task SayStoppedAsync()
    {
        if (!_system.WhenTerminated.IsCompleted)
        {
            using var bound = new CancellationTokenSource(StopWordWait, _time);
            await _cluster.StopAsync(_settings.Name, _time, bound.Token);
        }
    }

    private LocalPodFiles Files() => new(
        _directory.Pods, _directory.PodLogs, ClusterDomain,
        Environment.IsPrivilegedProcess ? new LinuxMounts() : new PlainDirectories(), _time);

    private (ContainerdDaemon? Daemon, IContainerRuntime Runtime, IPodStreams Streams) MakeRuntime()
    {
        if (_settings.Runtime == "process")
        {
            var processes = new ProcessRuntime(
                _directory.Processes, _time, _loggers.CreateLogger<ProcessRuntime>());
            return (null, processes, processes);
        }

        var daemon = _settings.OwnsContainerd ? MakeDaemon() : null;
        var runtime = new ForeignRuntime(daemon?.SocketPath ?? _settings.CriEndpoint, _settings.Name);
        if (daemon is null)
        {
            runtime.Write(_directory.ForeignRuntime);
        }

        var cri = runtime.Open(_time, _loggers);
        return (daemon, cri, cri);
    }

    private ContainerdDaemon MakeDaemon() => new(
        new ContainerdSettings
        {
            Directory = _directory.Containerd,
            SandboxImage = _settings.PauseImage,
            Registries =
            [
                .. _settings.Registries.Select(registry => new RegistrySettings(
                    registry.Key, registry.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))),
            ],
            Network = RememberedNetwork(),
        },
        _time, _loggers.CreateLogger<ContainerdDaemon>());

    private CniNetwork RememberedNetwork()
    {
        var network = new CniNetwork
        {
            BridgeName = CniNetwork.BridgeNameFor(_directory.Root),
            PluginDirectory = _settings.CniPlugins,
            StateDirectory = _directory.CniState,
        };
        try
        {
            return PodNetwork.Remembered(network, _directory.Containerd, _settings.Network.Fixed);
        }
        catch (InvalidDataException damaged)
        {
            throw new ServerStartException(damaged.Message, damaged);
        }
    }

    private PodNetworkSettings PodNetworkSettings() => new()
    {
        NodeName = _settings.Name,
        HostIps = AddressesOf(_settings),
        Directory = _directory.Containerd,
        Fixed = _settings.Network.Fixed,
        Mode = _settings.Network.Mode,
        VxlanId = _settings.Network.VxlanId,
        VxlanPort = _settings.Network.VxlanPort,
    };

    private NodeSettings AgentSettings() => new()
    {
        NodeName = _settings.Name,
        HostIps = AddressesOf(_settings),
        Labels = ValueMap<string>.From(_settings.Labels),
        Version = $"v{VersionCommand.Version}",
        Port = Port,
        MaxPods = _settings.PodsMax,
        ReservedMilliCpu = _settings.ReservedMilliCpu,
        ReservedMemoryBytes = _settings.ReservedMemoryBytes,
        HeartbeatInterval = _settings.HeartbeatInterval,
        ParallelSandboxes = _settings.ParallelSandboxes,
        ParallelPulls = _settings.ParallelPulls,
        Images = _settings.Images,
        AllowedUnsafeSysctls = _settings.AllowedUnsafeSysctls.ToValueList(),
        Eviction = _settings.Eviction,
        Shutdown = _settings.Shutdown,
        MachineDns = File.Exists(ResolverFile) ? DnsConfig.Parse(File.ReadAllText(ResolverFile)) : DnsConfig.Empty,
    };

    [LoggerMessage(6010, LogLevel.Error, "This machine runs no containers: {Reason}; trying again in {Seconds} s")]
    private partial void LogNodeFailed(string reason, double seconds);
}
