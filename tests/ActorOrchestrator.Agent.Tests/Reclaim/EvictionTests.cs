using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Agent.Reclaim;
using ActorOrchestrator.Agent.Tests.Nodes;
using ActorOrchestrator.Agent.Tests.Pods;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Agent.Tests.Reclaim;

/// <summary>A whole agent on virtual time, on a machine that runs short.</summary>
public sealed class EvictionTests
{
    private readonly AgentLoop _loop = new();
    private readonly FakeRuntime _runtime;
    private readonly FakePodFiles _files = new();
    private readonly FakeMachine _machine = new();
    private readonly FakeCluster _cluster = new();
    private readonly List<Pod> _pods = [];
    private EvictionSettings _settings = PressureTests.Of(
        Signal.MemoryAvailable, new SignalSettings { Hard = new Amount(100 << 20) });

    public EvictionTests() => _runtime = new FakeRuntime(_loop.Time);

    [Fact]
    public void Short_of_memory_the_pods_that_take_most_go_one_by_one_until_there_is_enough()
    {
        StartAgent(Named("small"), Named("large"), Named("critical", priority: 2_000_000_000));
        _runtime.Memory["small"] = 10 << 20;
        _runtime.Memory["large"] = 20 << 20;
        _runtime.Memory["critical"] = 900 << 20;
        MemoryFree(50);
        _loop.Advance(13);

        var status = _cluster.StatusOf("large");
        const string Message = "The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi. "
            + "Container app was using 20Mi, request is 0, has larger consumption of memory. ";
        Assert.Equal(("Failed", "Evicted", Message), (status.Phase, status.Reason, status.Message));
        var condition = Assert.Single(status.Conditions, each => each.Type == "DisruptionTarget");
        Assert.Equal(
            ("True", "TerminationByKubelet", Message), (condition.Status, condition.Reason, condition.Message));
        Assert.Contains("stop app/0 2s", _runtime.Calls);
        Assert.Contains($"Warning Evicted {Message}", _cluster.Events);
        Assert.Contains("Warning EvictionThresholdMet Attempting to reclaim memory", _cluster.Events);
        Assert.Equal(["large"], Failed());
        Assert.Equal("True", Condition("MemoryPressure").Status);
        Confirm();

        MemoryFree(100);
        _loop.Advance(60);
        Assert.Equal(["large"], Failed());
        MemoryFree(50);
        _loop.Advance(20);
        Confirm();
        _loop.Advance(1000);
        Assert.Equal(["large", "small"], Failed());

        MemoryFree(4000);
        _loop.Advance(290);
        Assert.Equal("True", Condition("MemoryPressure").Status);
        _loop.Advance(40);
        Assert.Equal("False", Condition("MemoryPressure").Status);
        Assert.Equal("KubeletHasSufficientMemory", Condition("MemoryPressure").Reason);
    }

    [Fact]
    public void Short_of_disk_unused_images_and_dead_containers_go_before_any_pod()
    {
        _settings = PressureTests.Of(Signal.NodefsAvailable, new SignalSettings { Hard = new Amount(0, 10) });
        _runtime.Stored.Add(new ImageInfo("new", ["new:1"], [], 10, null, null));
        StartAgent(Named("run"), Named("done").Policy("Never"));
        _runtime.Exit("app", 0, "Completed", podName: "done");
        _loop.Advance(1);
        Confirm();
        DiskFree(9);
        // The image makes room.
        _runtime.OnImageRemoved = () =>
        {
            DiskFree(11);
            return Task.CompletedTask;
        };
        _loop.Advance(12);
        Assert.Contains("remove image new", _runtime.Calls);
        Assert.Contains("remove traces done", _files.Calls);
        Assert.DoesNotContain(_runtime.Sandboxes, each => each.Name == "done");
        Assert.Equal("Succeeded", _cluster.StatusOf("done").Phase);
        _loop.Advance(100);
        Assert.Empty(Failed());

        // Nothing is left but pods.
        DiskFree(9);
        _loop.Advance(30);
        Assert.Equal(["run"], Failed());
        Assert.StartsWith("The node was low on resource: ephemeral-storage.", _cluster.StatusOf("run").Message);
    }

    [Fact]
    public void No_pod_goes_while_it_is_not_known_which_images_could()
    {
        _settings = PressureTests.Of(Signal.NodefsAvailable, new SignalSettings { Hard = new Amount(0, 10) });
        StartAgent(Named("run"));
        _runtime.ImagesProblem = "it does not answer";
        DiskFree(9);
        _loop.Advance(100);
        Assert.Empty(Failed());
        _runtime.ImagesProblem = null;
        _loop.Advance(12);
        Assert.Equal(["run"], Failed());
    }

    [Fact]
    public void A_full_disk_of_pods_alone_costs_no_image()
    {
        _settings = PressureTests.Of(Signal.NodefsAvailable, new SignalSettings { Hard = new Amount(0, 10) });
        _runtime.Stored.Add(new ImageInfo("new", ["new:1"], [], 10, null, null));
        _machine.ImageDisk = new FileSystemLoad(new Supply(50, 100), new Supply(50, 100), Device: 7);
        StartAgent(Named("run"));
        DiskFree(9);
        _loop.Advance(30);
        Assert.Equal(["run"], Failed());
        Assert.DoesNotContain("remove image new", _runtime.Calls);
    }

    [Fact]
    public void At_a_soft_threshold_pods_get_time_to_end()
    {
        _settings = PressureTests.Of(Signal.MemoryAvailable, new SignalSettings
        {
            Soft = new Amount(100 << 20), SoftGracePeriod = TimeSpan.FromMinutes(1),
        }) with { SoftPodGraceMax = TimeSpan.FromSeconds(15) };
        StartAgent(Named("run"));
        MemoryFree(50);
        _loop.Advance(60);
        Assert.Empty(Failed());
        Assert.Equal("True", Condition("MemoryPressure").Status);
        _loop.Advance(30);
        Assert.Equal(["run"], Failed());
        Assert.Contains("stop app/0 15s", _runtime.Calls);
    }

    [Fact]
    public void Short_of_processes_the_pod_with_most_of_them_goes()
    {
        _settings = PressureTests.Of(Signal.PidAvailable, new SignalSettings { Hard = new Amount(0, 10) });
        StartAgent(Named("few"), Named("many"));
        _runtime.Memory["few"] = _runtime.Memory["many"] = 1;
        _machine.Processes["id-few"] = 3;
        _machine.Processes["id-many"] = 30;
        _machine.Current = _machine.Current with { Pids = new Supply(99, 1000) };
        _loop.Advance(12);
        Assert.Equal(["many"], Failed());
    }

    [Fact]
    public void A_node_that_is_short_of_disk_takes_no_new_pod()
    {
        _settings = PressureTests.Of(Signal.NodefsAvailable, new SignalSettings { Hard = new Amount(0, 10) });
        StartAgent();
        DiskFree(9);
        _loop.Advance(12);
        _cluster.Assign(new Assignment.Changed(Named("late")));
        _loop.Settle();
        var status = _cluster.StatusOf("late");
        Assert.Equal(
            ("Failed", "Evicted", "Pod was rejected: The node had condition: [DiskPressure]. "),
            (status.Phase, status.Reason, status.Message));
        Assert.Empty(_runtime.Sandboxes);
    }

    private NodeCondition Condition(string type) => _cluster.Heartbeats[^1].Conditions.First(each => each.Type == type);

    private IEnumerable<string> Failed() =>
        _pods.Select(pod => pod.Metadata.Name!).Where(name => _cluster.StatusOf(name).Phase == "Failed").Order();

    /// <summary>The cluster's word of what was reported.</summary>
    private void Confirm()
    {
        foreach (var pod in _pods)
        {
            _cluster.Assign(new Assignment.Changed(pod with { Status = _cluster.StatusOf(pod.Metadata.Name!) }));
        }

        _loop.Settle();
    }

    private void MemoryFree(long mebibytes) =>
        _machine.Current = _machine.Current with { Memory = new Supply(mebibytes << 20, 8L << 30) };

    private void DiskFree(long percent) => _machine.Current = _machine.Current with
    {
        Disk = new FileSystemLoad(new Supply(percent, 100), new Supply(1, 2)),
    };

    private static Pod Named(string name, int priority = 0)
    {
        var pod = PodSpecs.Of().With(spec => spec with { Priority = priority });
        return pod with { Metadata = pod.Metadata with { Name = name, Uid = name } };
    }

    private void StartAgent(params Pod[] pods)
    {
        _pods.AddRange(pods);
        _cluster.Assign(new Assignment.Snapshot(pods));
        var settings = new NodeSettings
        {
            NodeName = "n1", HostIps = ["192.168.0.1"], Version = "v1", Eviction = _settings,
            HeartbeatInterval = TimeSpan.FromSeconds(2),
        };
        _loop.System.ActorOf(NodeSupervisor.Props(settings, new NodePorts(
            _runtime, _cluster, _files, new FakeProber(), _machine, _loop.Time,
            NullLogger<NodeAgent>.Instance, AgentInstruments.Shared)));
        _loop.Settle();
    }
}
