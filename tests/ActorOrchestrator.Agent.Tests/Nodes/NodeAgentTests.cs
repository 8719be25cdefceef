using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Agent.Tests.Pods;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using Akka.Actor;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Agent.Tests.Nodes;

/// <summary>A whole agent on virtual time.</summary>
public sealed partial class NodeAgentTests : IDisposable
{
    private readonly AgentLoop _loop = new();
    private readonly FakeRuntime _runtime;
    private readonly FakePodFiles _files = new();
    private readonly FakePodGroups _groups = new();
    private readonly FakeMachine _machine = new();
    private FakeCluster _cluster = new();
    private IActorRef? _agent;

    public NodeAgentTests() => _runtime = new FakeRuntime(_loop.Time);

    public void Dispose() => StopAgent();

    [Fact]
    public void Registers_the_node_as_kubectl_shows_it()
    {
        StartAgent();

        var node = _cluster.Nodes.Single();
        Assert.Equal("n1", node.Metadata.Labels["kubernetes.io/hostname"]);
        Assert.Equal("amd64", node.Metadata.Labels["kubernetes.io/arch"]);
        Assert.Equal("linux", node.Metadata.Labels["kubernetes.io/os"]);
        Assert.Equal("ssd", node.Metadata.Labels["disk"]);
        Assert.Equal(
            ["cpu=4", "ephemeral-storage=100Gi", "memory=8Gi", "pods=250"],
            node.Status.Capacity.Select(e => $"{e.Key}={e.Value}"));
        Assert.Equal("3500m", node.Status.Allocatable["cpu"].ToString());
        Assert.Equal("90Gi", node.Status.Allocatable["ephemeral-storage"].ToString());
        Assert.Equal("containerd://1.6.20", node.Status.NodeInfo.ContainerRuntimeVersion);
        Assert.Equal(
            ["InternalIP=192.168.0.1", "Hostname=n1"], node.Status.Addresses.Select(a => $"{a.Type}={a.Address}"));
        Assert.Equal(
            ["MemoryPressure=False", "DiskPressure=False", "PIDPressure=False", "Ready=True"],
            node.Status.Conditions.Select(c => $"{c.Type}={c.Status}"));
    }

    [Fact]
    public void Heartbeats_tell_the_runtimes_health()
    {
        StartAgent();
        _loop.Advance(10);
        var first = _cluster.Heartbeats.Single().Conditions;

        _runtime.IsDown = true;
        _loop.Advance(10);

        var second = _cluster.Heartbeats[^1].Conditions;
        Assert.Equal(
            ["MemoryPressure=False", "DiskPressure=False", "PIDPressure=False", "Ready=False"],
            second.Select(c => $"{c.Type}={c.Status}"));
        Assert.Equal("container runtime is down: the runtime is down", second[3].Message);
        Assert.Equal(first[2].LastTransitionTime, second[2].LastTransitionTime);
        Assert.NotEqual(first[3].LastTransitionTime, second[3].LastTransitionTime);
    }

    [Fact]
    public void A_deleted_node_comes_back_within_a_minute()
    {
        StartAgent();
        _runtime.IsDown = true;
        _loop.Advance(60);

        Assert.Equal(2, _cluster.Nodes.Count);
        Assert.Equal(5, _cluster.Heartbeats.Count);
    }

    [Fact]
    public void Waits_for_the_runtime_before_it_registers()
    {
        _runtime.IsDown = true;
        StartAgent();
        Assert.Empty(_cluster.Nodes);

        _runtime.IsDown = false;
        _loop.Advance(1);

        Assert.Single(_cluster.Nodes);
    }

    [Fact]
    public void Runs_what_is_assigned_and_hears_exits_by_the_runtimes_events()
    {
        StartAgent();
        _cluster.Assign(new Assignment.Changed(PodSpecs.Of()));
        _loop.Settle();
        Assert.Equal("Running", _cluster.Reports[^1].Phase);

        _runtime.Exit("app", 1);
        _loop.Settle();

        Assert.Equal(1, _cluster.Reports[^1].ContainerStatuses[0].RestartCount);
    }

    /// <summary>The node has 3500m to give.</summary>
    [Fact]
    public void A_resize_to_more_than_there_is_waits_until_another_pod_gives_it_back()
    {
        StartAgent();
        var (web, other) = (Requesting("u1", "web", "1"), Requesting("u2", "other", "2"));
        Assign(web);
        Assign(other);
        Assign(Requesting("u1", "web", "2"));
        Assert.Equal(("Deferred", "Node didn't have enough resource: cpu, requested: 2000, used: 2000, capacity: 3500"),
            Pending("web"));
        Assert.Equal("1", StatusOf("web").ContainerStatuses[0].AllocatedResources["cpu"].ToString());

        Assign(Requesting("u1", "web", "4"));
        Assert.Equal(("Infeasible", "Node didn't have enough resource: cpu, requested: 4000, used: 0, capacity: 3500"),
            Pending("web"));

        Assign(Requesting("u1", "web", "2"));
        _cluster.Assign(new Assignment.Removed("shop", "other", "u2"));
        _loop.Settle();
        _loop.Advance(31);
        Assert.Equal((null, null), Pending("web"));
        Assert.Equal("2", StatusOf("web").ContainerStatuses[0].AllocatedResources["cpu"].ToString());

        PodStatus StatusOf(string name) => _cluster.StatusOf(name);

        (string?, string?) Pending(string name) => StatusOf(name).Conditions
            .Where(condition => condition.Type == "PodResizePending")
            .Select(condition => (condition.Reason, condition.Message)).SingleOrDefault();

        void Assign(Pod pod)
        {
            _cluster.Assign(new Assignment.Changed(pod));
            _loop.Settle();
        }

        static Pod Requesting(string uid, string name, string cpu)
        {
            var pod = PodSpecs.Of(PodSpecs.App("app") with
            {
                Resources = new() { Requests = ValueMap<Quantity>.From([new("cpu", Quantity.Parse(cpu))]) },
            });
            return pod with { Metadata = pod.Metadata with { Uid = uid, Name = name } };
        }
    }

    [Fact]
    public void Finds_by_the_regular_list_what_no_event_told()
    {
        StartAgent(PodSpecs.Of());
        _loop.Advance(1);
        _runtime.End(_runtime.Newest("app").Id, 1);
        _loop.Advance(58);
        Assert.Equal(0, _cluster.Reports[^1].ContainerStatuses[0].RestartCount);

        _loop.Advance(2);

        Assert.Equal(1, _cluster.Reports[^1].ContainerStatuses[0].RestartCount);
    }

    [Fact]
    public void A_stopped_agent_leaves_containers_running_and_the_next_takes_them_over()
    {
        StartAgent(PodSpecs.Of());
        var status = _cluster.Reports[^1];
        StopAgent();
        Assert.Equal(ContainerRuntimeState.Running, _runtime.Newest("app").State);
        _runtime.Calls.Clear();

        StartAgent(PodSpecs.Of() with { Status = status });

        Assert.Empty(_cluster.Reports);
        Assert.Equal(["version"], _runtime.Calls.Where(c => c != "status"));
        _runtime.Exit("app", 0);
        _loop.Settle();
        Assert.Equal(1, _cluster.Reports[^1].ContainerStatuses[0].RestartCount);
    }

    [Fact]
    public void What_runs_for_pods_that_are_gone_is_ended_gracefully()
    {
        StartAgent(PodSpecs.Of());
        StopAgent();

        StartAgent();

        Assert.Contains("stop app/0 30s", _runtime.Calls);
        Assert.Empty(_runtime.Sandboxes);
        Assert.Empty(_cluster.Reports);
        Assert.Contains("remove traces u1", _files.Calls);
    }

    [Fact]
    public void Directories_of_gone_pods_are_removed()
    {
        _files.Places.Add(new PodPlace("shop", "old", "u9"));
        _groups.Prepare("u9", new());
        StartAgent();

        Assert.Equal(["remove traces u9"], _files.Calls);
        Assert.Empty(_groups.Groups);

        // What an operation that was given up made after all.
        _files.Places.Add(new PodPlace("shop", "late", "u8"));
        _loop.Advance(60);
        Assert.Equal(["remove traces u9", "remove traces u8"], _files.Calls);
    }

    [Fact]
    public void Of_a_container_that_ends_again_and_again_two_runs_and_their_files_are_kept()
    {
        StartAgent(PodSpecs.Of());
        for (var run = 0; run < 3; run++)
        {
            _runtime.Exit("app", 1);
            _loop.Advance(600);
        }

        Assert.Equal([2u, 3u], _runtime.Containers.Select(each => each.Attempt).Order());
        Assert.Equal(
            ["remove app/0", "remove app/1"],
            _files.Calls.Where(call => call.StartsWith("remove", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_forced_deletion_ends_the_pod()
    {
        StartAgent(PodSpecs.Of());
        _cluster.Assign(new Assignment.Removed("shop", "web", "u1"));
        _loop.Settle();

        Assert.Empty(_runtime.Sandboxes);
        Assert.Empty(_cluster.Stopped);
    }

    [Fact]
    public void A_new_snapshot_ends_what_it_does_not_name()
    {
        StartAgent(PodSpecs.Of());
        _cluster.Assign(new Assignment.Snapshot([]));
        _loop.Settle();

        Assert.Empty(_runtime.Sandboxes);
    }

    [Fact]
    public void Pods_take_turns_at_sandboxes_and_pulls()
    {
        _runtime.Pullable.Add("docker.io/library/new:1");
        var pods = Enumerable.Range(0, 5).Select(i => PodSpecs.Of(PodSpecs.App("app", "new:1")) with
        {
            Metadata = new ObjectMeta { Name = $"web-{i}", Namespace = "shop", Uid = $"u{i}" },
        });
        StartAgent([.. pods]);

        Assert.Equal(5, _runtime.Containers.Count(c => c.State == ContainerRuntimeState.Running));
    }

    [Fact]
    public void A_changed_ConfigMap_reaches_the_pods_that_mount_it()
    {
        var volume = new Volume { Name = "v", ConfigMap = new ConfigMapVolumeSource { Name = "c" } };
        _cluster.Store(Config("1"));
        StartAgent(PodSpecs.Of().With(s => s with { Volumes = [volume] }));

        _cluster.Store(Config("2"));
        _loop.Settle();

        var files = (VolumeWork.Files)_files.Volumes["v"];
        Assert.Equal("2", System.Text.Encoding.UTF8.GetString(files.Content.Single().Content.Span));
    }

    [Fact]
    public void A_pod_that_does_not_fit_fails_and_nothing_of_it_runs()
    {
        StartAgent(PodSpecs.Of());
        _cluster.Assign(new Assignment.Changed(Named("fat", "u2", spec => spec with
        {
            Containers = spec.Containers.Transform(each => each with
            {
                Resources = new ResourceRequirements
                {
                    Requests = ValueMap<Quantity>.From([new("cpu", Quantity.Parse("500"))]),
                },
            }),
        })));
        _loop.Settle();

        var status = _cluster.Reports[^1];
        Assert.Equal(
            ("Failed", "OutOfcpu",
                "Pod was rejected: Node didn't have enough resource: cpu, requested: 500000, used: 0, capacity: 3500"),
            (status.Phase, status.Reason, status.Message));
        Assert.Empty(status.ContainerStatuses);
        Assert.Contains(_cluster.Events, told => told.Contains("Warning OutOfcpu", StringComparison.Ordinal));
        Assert.Single(_runtime.Sandboxes);
    }

    [Theory]
    [InlineData(false, "Failed", "Pod was rejected: Cannot enforce AppArmor: AppArmor is not enabled on the host")]
    [InlineData(true, "Running", null)]
    public void A_pod_that_is_to_be_confined_runs_only_where_there_is_AppArmor(bool has, string phase, string? message)
    {
        _machine.HasAppArmor = has;
        StartAgent();
        _cluster.Assign(new Assignment.Changed(Named("confined", "u2", spec => spec with
        {
            SecurityContext = new PodSecurityContext
            {
                AppArmorProfile = new AppArmorProfile { Type = "RuntimeDefault" },
            },
        })));
        _loop.Settle();
        var status = _cluster.Reports[^1];
        Assert.Equal((phase, has ? null : "AppArmor", message), (status.Phase, status.Reason, status.Message));
    }

    [Fact]
    public void The_nodes_labels_as_the_cluster_has_them_decide_and_a_pod_once_taken_stays()
    {
        StartAgent();
        var picky = Named("picky", "u2", spec => spec with
        {
            NodeSelector = ValueMap<string>.From([new("disk", "nvme")]),
        });
        var node = _cluster.Nodes[^1];
        _cluster.Assign(new Assignment.NodeChanged(node with
        {
            Metadata = node.Metadata with { Labels = node.Metadata.Labels.With("disk", "nvme") },
        }));
        _cluster.Assign(new Assignment.Changed(picky));
        _loop.Settle();
        Assert.Equal("Running", _cluster.Reports[^1].Phase);

        _cluster.Assign(new Assignment.NodeChanged(node));
        _cluster.Assign(new Assignment.Changed(picky with { Status = _cluster.Reports[^1] }));
        _loop.Settle();
        Assert.Equal("Running", _cluster.Reports[^1].Phase);
        _cluster.Assign(new Assignment.Changed(picky with
        {
            Metadata = picky.Metadata with { Name = "late", Uid = "u3" },
        }));
        _loop.Settle();
        Assert.Equal("NodeAffinity", _cluster.Reports[^1].Reason);
    }

    [Fact]
    public void Of_pods_that_do_not_fit_together_the_older_is_taken_also_after_a_restart()
    {
        var old = Of("old", "u2", DateTimeOffset.UnixEpoch);
        var young = Of("young", "u1", DateTimeOffset.UnixEpoch.AddDays(1));
        StartAgent(young, old);
        var refused = Assert.Single(_cluster.Reports, report => report.Phase == "Failed");
        Assert.Equal("OutOfcpu", refused.Reason);
        Assert.Single(_runtime.Sandboxes);
        var running = _cluster.Reports.Last(report => report.Phase == "Running");
        StopAgent();

        StartAgent(young with { Status = refused }, old with { Status = running });
        Assert.Empty(_cluster.Reports);
        Assert.Single(_runtime.Sandboxes);

        static Pod Of(string name, string uid, DateTimeOffset created)
        {
            var pod = Named(name, uid, TwoCores);
            return pod with { Metadata = pod.Metadata with { CreationTimestamp = created } };
        }

        static PodSpec TwoCores(PodSpec spec) => spec with
        {
            Containers = spec.Containers.Transform(each => each with
            {
                Resources = new ResourceRequirements
                {
                    Requests = ValueMap<Quantity>.From([new("cpu", Quantity.Parse("2"))]),
                },
            }),
        };
    }

    private static Pod Named(string name, string uid, Func<PodSpec, PodSpec> change)
    {
        var pod = PodSpecs.Of().With(change);
        return pod with { Metadata = pod.Metadata with { Name = name, Uid = uid } };
    }

    private static ConfigMap Config(string text) => new()
    {
        Metadata = new ObjectMeta { Name = "c", Namespace = "shop" },
        Data = ValueMap<string>.From([new("k", text)]),
    };

    private void StartAgent(params Pod[] pods)
    {
        var settings = new NodeSettings
        {
            NodeName = "n1", HostIps = ["192.168.0.1"], Version = "v1", ReservedMilliCpu = 500,
            Labels = ValueMap<string>.From([new("disk", "ssd")]), ParallelSandboxes = 1, ParallelPulls = 1,
        };
        _cluster.Assign(new Assignment.Snapshot(pods));
        _agent = _loop.System.ActorOf(NodeSupervisor.Props(settings, new NodePorts(
            _runtime, _cluster, _files, new FakeProber(), _machine, _loop.Time, NullLogger<NodeAgent>.Instance,
            AgentInstruments.Shared) { Groups = _groups }));
        _loop.Settle();
    }

    private void StopAgent()
    {
        if (_agent is null)
        {
            return;
        }

        _loop.System.Stop(_agent);
        _loop.Settle();
        _agent = null;
        _cluster = new FakeCluster();
    }
}
