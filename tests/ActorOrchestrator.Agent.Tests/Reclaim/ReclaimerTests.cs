using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Agent.Reclaim;
using ActorOrchestrator.Agent.Tests.Nodes;
using ActorOrchestrator.Agent.Tests.Pods;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Agent.Tests.Reclaim;

/// <summary>A whole agent on virtual time, on a machine that is short of something.</summary>
public sealed class ReclaimerTests
{
    private const long Full = 1L << 30;

    private readonly AgentLoop _loop = new();
    private readonly FakeRuntime _runtime;
    private readonly FakeMachine _machine = new();
    private readonly FakeCluster _cluster = new();
    private NodeSettings _settings = new()
    {
        NodeName = "n1", HostIps = ["192.168.0.1"], Version = "v1",
        Images = new ImageGarbageSettings { HighThresholdPercent = 85 },
    };

    public ReclaimerTests() => _runtime = new FakeRuntime(_loop.Time);

    private IEnumerable<string> Removed => _runtime.Calls.Where(call => call.StartsWith("remove image"));

    [Fact]
    public void A_full_disk_is_emptied_of_what_no_pod_names_and_nobody_pinned_until_there_is_enough_room()
    {
        Store("in-use", "docker.io/library/app:1", 10);
        Store("by-container", "other:1", 10);
        Store("pinned", "pinned:1", 10);
        Store("a", "a:1", 5);
        Store("b", "b:1", 5);
        Store("c", "c:1", 5);
        _runtime.Kept.UnionWith(["pinned:1", "by-container"]);
        StartAgent(PodSpecs.Of());
        _loop.Advance(1000);
        Assert.Empty(Removed);

        _machine.ImageDisk = Disk(free: 12);
        _loop.Advance(10);
        Assert.Equal(["remove image a", "remove image b"], Removed);
        Assert.DoesNotContain(_cluster.Events, told => told.Contains("Failed", StringComparison.Ordinal));
    }

    [Fact]
    public void When_it_is_not_enough_an_event_says_so_and_again_after_five_minutes()
    {
        Store("a", "a:1", 5);
        StartAgent();
        _loop.Advance(200);
        _machine.ImageDisk = Disk(free: 0);
        _loop.Advance(10);
        Assert.Equal(["remove image a"], Removed);
        var told = "Warning FreeDiskSpaceFailed Failed to garbage collect required amount of images. "
            + $"Attempted to free {20 * Full} bytes, but only found {5 * Full} bytes eligible to free.";
        Assert.Equal([told], Failures());
        _loop.Advance(290);
        Assert.Single(Failures());
        _loop.Advance(20);
        Assert.Equal(3, Failures().Count);
        Assert.StartsWith("Warning ImageGCFailed", Failures()[2], StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_cannot_be_removed_is_told_and_hinders_no_other()
    {
        Store("a", "a:1", 5);
        Store("b", "b:1", 5);
        _runtime.RemovalProblem = "it is busy";
        StartAgent();
        _loop.Advance(200);
        _machine.ImageDisk = Disk(free: 10);
        _loop.Advance(10);
        Assert.Equal(["remove image a", "remove image b"], Removed);
        Assert.Contains("errors in image deletion: it is busy; it is busy", Assert.Single(Failures()));
    }

    [Fact]
    public void A_pod_that_comes_meanwhile_keeps_its_image()
    {
        Store("a", "docker.io/library/a:1", 5);
        Store("b", "docker.io/library/b:1", 5);
        StartAgent();
        _loop.Advance(200);
        _machine.ImageDisk = Disk(free: 0);
        _runtime.OnImageRemoved = () =>
        {
            _cluster.Assign(new Assignment.Changed(PodSpecs.Of(PodSpecs.App("app", "b:1"))));
            return Task.Delay(TimeSpan.FromSeconds(1), _loop.Time);
        };
        _loop.Advance(12);
        Assert.Equal(["remove image a"], Removed);
    }

    /// <summary>It is a volume's image: no container of the runtime tells of it.</summary>
    [Fact]
    public void No_image_goes_before_the_agent_knows_its_pods()
    {
        Store("a", "docker.io/library/data:1", 5);
        Store("b", "b:1", 5);
        _machine.ImageDisk = Disk(free: 0);
        Begin();
        _loop.Advance(1000);
        Assert.Empty(Removed);
        Assert.Empty(Failures());

        var pod = PodSpecs.Of();
        _cluster.Assign(new Assignment.Snapshot([pod with
        {
            Spec = pod.Spec with { Volumes = [new() { Name = "data", Image = new() { Reference = "data:1" } }] },
        }]));
        _loop.Advance(20);
        Assert.Equal(["remove image b"], Removed);
    }

    [Fact]
    public void What_has_been_unused_for_the_maximum_age_goes_from_an_empty_disk()
    {
        _settings = _settings with { Images = new ImageGarbageSettings { MaximumAge = TimeSpan.FromHours(1) } };
        Store("a", "docker.io/library/app:1", 5);
        Store("b", "b:1", 5);
        StartAgent(PodSpecs.Of());
        _loop.Advance(3600);
        Assert.Empty(Removed);
        _loop.Advance(100);
        Assert.Equal(["remove image b"], Removed);
        _cluster.Assign(new Assignment.Removed("shop", "web", "u1"));
        _loop.Advance(3700);
        Assert.Equal(["remove image b", "remove image a"], Removed);
    }

    [Fact]
    public void A_runtime_without_images_is_left_alone()
    {
        _runtime.ImageDirectory = null;
        Store("a", "a:1", 5);
        StartAgent();
        _machine.ImageDisk = Disk(free: 0);
        _loop.Advance(1000);
        Assert.Empty(Removed);
        Assert.Empty(Failures());
    }

    [Fact]
    public void An_image_that_went_after_it_was_found_is_asked_for_again()
    {
        _runtime.CreateProblem = "image \"sha256:…\": not found";
        StartAgent(PodSpecs.Of());
        Assert.Equal("CreateContainerError", _cluster.Reports[^1].ContainerStatuses[0].State.Waiting?.Reason);
        _runtime.CreateProblem = null;
        _runtime.Images.Clear();
        _runtime.Pullable.Add("docker.io/library/app:1");
        _loop.Advance(11);
        Assert.Contains("pull docker.io/library/app:1", _runtime.Calls);
        Assert.Equal("Running", _cluster.Reports[^1].Phase);
    }

    private List<string> Failures() =>
        [.. _cluster.Events.Where(told => told.Contains("Failed", StringComparison.Ordinal))];

    private static FileSystemLoad Disk(long free) => new(new Supply(free * Full, 100 * Full), new Supply(1, 2));

    private void Store(string id, string tag, long size) =>
        _runtime.Stored.Add(new ImageInfo(id, [tag], [], size * Full, null, null));

    private void StartAgent(params Pod[] pods)
    {
        _cluster.Assign(new Assignment.Snapshot(pods));
        Begin();
    }

    private void Begin()
    {
        _loop.System.ActorOf(NodeSupervisor.Props(_settings, new NodePorts(
            _runtime, _cluster, new FakePodFiles(), new FakeProber(), _machine, _loop.Time,
            NullLogger<NodeAgent>.Instance, AgentInstruments.Shared)));
        _loop.Settle();
    }
}
