using ActorOrchestrator.Agent.Cri;
using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Agent.Probes;
using ActorOrchestrator.Agent.Tests.Containerd;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using Akka.Actor;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Agent.Tests.Nodes;

/// <summary>An agent on the fixture's containerd with a control plane in memory.</summary>
internal sealed class RealNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    private readonly LocalPodFiles _files;
    private readonly CriRuntime _runtime;
    private readonly ActorSystem _system = ActorSystem.Create("node", AgentSettings.Akka);

    private RealNode(ContainerdFixture containerd, string name, Pod[] pods)
    {
        var home = $"{containerd.Directory}/{name}";
        Directory.CreateDirectory(home);
        _files = new LocalPodFiles(
            home + "/pods", home + "/logs/pods", "cluster.local", new LinuxMounts(), TimeProvider.System);
        _runtime = containerd.NewRuntime(name);
        Cluster.Assign(new Assignment.Snapshot(pods));
        _system.ActorOf(NodeSupervisor.Props(
            new NodeSettings { NodeName = name, HostIps = ["127.0.0.1"], Version = "v0.1.0" },
            new NodePorts(_runtime, Cluster, _files, new NetworkProber(TimeProvider.System, "0"),
                new LinuxMachine(home), TimeProvider.System, NullLogger<NodeAgent>.Instance, AgentInstruments.Shared)));
    }

    public RealCluster Cluster { get; } = new();

    public CancellationToken Cancellation => _stop.Token;

    public static async Task<RealNode> StartAsync(ContainerdFixture containerd, string name, params Pod[] pods)
    {
        await containerd.StartOnceAsync();
        return new RealNode(containerd, name, pods);
    }

    public static Container Shell(string name, string script) => new()
    {
        Name = name, Image = TestImages.Busybox, ImagePullPolicy = "IfNotPresent", Command = ["sh", "-c", script],
    };

    public static Pod Pod(string name, params Container[] containers) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default", Uid = Guid.NewGuid().ToString() },
        Spec = new PodSpec
        {
            Containers = containers.ToValueList(), RestartPolicy = "Always", TerminationGracePeriodSeconds = 10,
        },
        Status = new PodStatus { Phase = "Pending" },
    };

    public void Assign(Pod pod) => Cluster.Assign(new Assignment.Changed(pod));

    public void Delete(Pod pod, long graceSeconds = 10) => Assign(pod with
    {
        Metadata = pod.Metadata with
        {
            DeletionTimestamp = DateTimeOffset.UtcNow, DeletionGracePeriodSeconds = graceSeconds,
        },
    });

    public Task<PodStatus> StatusAsync(Pod pod, Func<PodStatus, bool> isMet, string what) =>
        Cluster.WaitAsync(pod.Metadata.Uid!, (status, _) => isMet(status), what, Patience, Cancellation);

    public Task<PodStatus> StoppedAsync(Pod pod) =>
        Cluster.WaitAsync(pod.Metadata.Uid!, (_, isStopped) => isStopped, "stopped", Patience, Cancellation);

    /// <summary>Nothing is left of the pod, neither in the runtime nor on the disk.</summary>
    public async Task GoneAsync(Pod pod)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (_files.Known().Any(p => p.Uid == pod.Metadata.Uid)
            || (await _runtime.ListSandboxesAsync(Cancellation)).Any(s => s.Uid == pod.Metadata.Uid))
        {
            await Task.Delay(10, patience.Token);
        }
    }

    /// <summary>The container has written this line.</summary>
    public async Task SaysAsync(Pod pod, string container, int attempt, string line)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!Log(pod, container, attempt).Contains(line))
        {
            await Task.Delay(10, patience.Token);
        }
    }

    public IEnumerable<string> Log(Pod pod, string container, int attempt) =>
        File.ReadLines($"{_files.LogDirectory(PodPlace.Of(pod))}/{container}/{attempt}.log")
            .Select(line => line.Split(' ', 4)[3]);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _system.Terminate();
        // What a failed test left mounted would keep the fixture from removing its directory.
        foreach (var left in _files.Known())
        {
            _files.TearDownVolumes(left.Uid);
        }

        _runtime.Dispose();
        _stop.Dispose();
    }
}
