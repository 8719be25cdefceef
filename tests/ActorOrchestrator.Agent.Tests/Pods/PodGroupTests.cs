using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Tests.Pods;

/// <summary>Pods that ask for resources as a whole, and the control group that bounds one's containers together.
/// </summary>
public sealed class PodGroupTests : IDisposable
{
    private static readonly Pod s_limited = PodSpecs.Of().With(spec => spec with { Resources = Limits("memory=1Gi") });

    private readonly PodWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Sandbox_and_containers_are_in_the_pods_group_also_after_a_restart()
    {
        _world.Start(s_limited);
        Assert.Equal("/groups/u1", Assert.Single(_world.Runtime.SandboxConfigs).CgroupParent);
        Assert.Equal("/groups/u1", _world.Runtime.CreatedIn["app"].CgroupParent);
        Assert.Equal(1L << 30, _world.Groups!.Groups["u1"].MemoryLimitBytes);

        // The group was removed by hand: the runtime would make one without limits in its place.
        _world.Groups.Groups.Clear();
        _world.Runtime.CreatedIn.Clear();
        _world.Restart(s_limited);
        _world.Exit("app", 1);
        Assert.Equal("/groups/u1", _world.Runtime.CreatedIn["app"].CgroupParent);
        Assert.Equal(1L << 30, _world.Groups.Groups["u1"].MemoryLimitBytes);
    }

    [Fact]
    public void Other_pods_have_no_group()
    {
        _world.Start(PodSpecs.Of());
        Assert.Null(Assert.Single(_world.Runtime.SandboxConfigs).CgroupParent);
        Assert.Null(_world.Runtime.CreatedIn["app"].CgroupParent);
        Assert.Empty(_world.Groups!.Groups);
    }

    [Fact]
    public void The_group_goes_when_the_pod_has_ended()
    {
        _world.Start(s_limited.Policy("Never"));
        _world.Exit("app", 0);
        Assert.Equal("Succeeded", _world.Status.Phase);
        Assert.Empty(_world.Groups!.Groups);
    }

    [Fact]
    public void A_group_that_cannot_be_removed_yet_goes_with_the_rest_of_the_pod()
    {
        _world.Groups!.AreBusy = true;
        _world.Start(s_limited.Policy("Never"));
        _world.Exit("app", 0);
        Assert.Equal("Succeeded", _world.Status.Phase);
        Assert.Single(_world.Groups.Groups);

        _world.Remove();
        _world.Advance(1);
        Assert.False(_world.HasEnded);
        Assert.DoesNotContain("remove traces u1", _world.Files.Calls);
        _world.Groups.AreBusy = false;
        _world.Advance(30);
        Assert.Empty(_world.Groups.Groups);
        Assert.Contains("remove traces u1", _world.Files.Calls);
        Assert.True(_world.HasEnded);
    }

    [Fact]
    public void Where_the_machine_has_no_controllers_the_pod_waits_and_says_so()
    {
        _world.Groups!.Problem = "failed to make the pod's control group: no memory";
        _world.Start(s_limited);
        Assert.Contains(
            "Warning FailedCreatePodSandBox Failed to create pod sandbox: failed to make the pod's control group: no "
            + "memory", _world.Cluster.Events);
        Assert.Empty(_world.Runtime.SandboxConfigs);
        _world.Groups.Problem = null;
        _world.Advance(10);
        Assert.Equal("Running", _world.Status.Phase);
    }

    [Fact]
    public void A_container_waits_and_says_so_when_its_pods_group_cannot_be_made_again()
    {
        _world.Start(s_limited);
        _world.Groups!.Problem = "failed to make the pod's control group: no memory";
        _world.Exit("app", 1);
        var waiting = _world.Container("app").State.Waiting!;
        Assert.Equal(("CreateContainerConfigError", _world.Groups.Problem), (waiting.Reason, waiting.Message));
        _world.Groups.Problem = null;
        _world.Advance(30);
        Assert.NotNull(_world.Container("app").State.Running);
    }

    [Theory]
    [InlineData("limits", true)]
    [InlineData("requests", false)]
    public void Where_the_runtime_knows_no_groups_it_is_told_that_limits_bound_nothing(string part, bool isTold)
    {
        _world.Groups = null;
        var resources = Limits("memory=1Gi");
        _world.Start(PodSpecs.Of().With(spec => spec with
        {
            Resources = part == "limits" ? resources : new() { Requests = resources.Limits },
        }));
        Assert.Equal("Running", _world.Status.Phase);
        Assert.Equal(isTold, _world.Cluster.Events.Any(told => told.StartsWith(
            "Warning FieldsIgnored spec.resources.limits: is not honoured", StringComparison.Ordinal)));
    }

    [Theory]
    // Of a container that the runtime takes for killed: whether all of the pod are told, its exit code.
    [InlineData(true, 137, "OOMKilled")]
    [InlineData(true, 0, "Completed")]
    [InlineData(true, 1, "Error")]
    [InlineData(false, 1, "OOMKilled")]
    public void Who_ends_by_itself_was_not_killed_for_another_ones_memory(bool areAllTold, int code, string reason)
    {
        _world.Groups!.AlertAllContainers = areAllTold;
        _world.Start(s_limited.Policy("Never")).Exit("app", code, "OOMKilled");
        Assert.Equal(reason, _world.Container("app").State.Terminated!.Reason);
    }

    [Fact]
    public void A_container_of_another_pod_is_killed_for_its_own_memory()
    {
        _world.Groups!.AlertAllContainers = true;
        _world.Start(PodSpecs.Of().Policy("Never")).Exit("app", 1, "OOMKilled");
        Assert.Equal("OOMKilled", _world.Container("app").State.Terminated!.Reason);
    }

    [Theory]
    // The pod's limits, those of its containers; what bounds all of them together.
    [InlineData("cpu=500m memory=64Mi", "|", 50_000, 64L << 20)]
    [InlineData("cpu=500m", "memory=32Mi|memory=16Mi", 50_000, 48L << 20)]
    [InlineData("cpu=500m", "memory=32Mi|", 50_000, 0)]
    [InlineData("memory=64Mi", "cpu=100m|cpu=200m memory=1Mi", 30_000, 64L << 20)]
    public void A_pod_is_bound_by_its_limits_or_by_those_of_all_its_containers(
        string whole, string containers, long quota, long memory)
    {
        var limits = CgroupResources.OfPod(Pod(whole, containers).Spec);
        Assert.Equal((quota, memory), (limits.CpuQuota, limits.MemoryLimitBytes));
    }

    [Theory]
    // The pod's limits, its containers'; of the first: shares, quota, memory. Without its own it has its pod's.
    [InlineData("cpu=500m memory=64Mi", "", 512, 50_000, 64L << 20)]
    [InlineData("cpu=500m memory=64Mi", "cpu=100m", 102, 10_000, 64L << 20)]
    [InlineData("cpu=500m", "memory=1Mi", 512, 50_000, 1L << 20)]
    [InlineData("cpu=500m", "cpu=2", 512, 50_000, 0)]
    public void A_container_is_bound_by_its_pod_where_it_says_nothing(
        string whole, string containers, long shares, long quota, long memory)
    {
        var pod = Pod(whole, containers);
        var limits = CgroupResources.Of(pod, pod.Spec.Containers[0], new NodeResources(4000, 4L << 30, 0));
        Assert.Equal(
            (shares, quota, memory), (limits.CpuShares, limits.CpuQuota, limits.MemoryLimitBytes));
    }

    [Theory]
    // A machine of 10 GiB: what the pod requests as a whole, what its container c does; the score of c.
    [InlineData("", "", "", 1000)]
    [InlineData("2Gi", "1Gi", "", 850)]
    [InlineData("2Gi", "", "1Gi", 950)]
    [InlineData("2Gi", "", "", 900)]
    [InlineData("", "1Gi", "", 900)]
    [InlineData("10Gi", "", "", 500)]
    public void What_a_pod_requests_beyond_its_containers_is_shared_out_among_them(
        string whole, string own, string others, int score)
    {
        var container = Requesting("c", own);
        var pod = PodSpecs.Of(container, Requesting("d", others)).With(spec => spec with
        {
            Resources = whole.Length == 0 ? null : new() { Requests = Amounts($"memory={whole}") },
        });
        Assert.Equal(score, CgroupResources.Of(pod, container, new NodeResources(0, 10L << 30, 0)).OomScoreAdj);
    }

    [Theory]
    [InlineData("1Gi", "2Gi", null, 800)]
    [InlineData("2Gi", "1Gi", null, 800)]
    [InlineData("1Gi", "2Gi", 2_000_000_000, 800)]
    [InlineData("1Gi", "2Gi", 2_000_001_000, -997)]
    public void A_sidecar_goes_with_what_it_serves_and_what_the_node_needs_last(
        string sidecar, string main, int? priority, int score)
    {
        var container = Requesting("s", sidecar) with { RestartPolicy = "Always" };
        var pod = PodSpecs.Of(Requesting("c", main)).Inits(container).With(spec => spec with { Priority = priority });
        Assert.Equal(score, CgroupResources.Of(pod, container, new NodeResources(0, 10L << 30, 0)).OomScoreAdj);
    }

    private static Container Requesting(string name, string memory) => PodSpecs.App(name) with
    {
        Resources = new() { Requests = memory.Length == 0 ? ValueMap<Quantity>.Empty : Amounts($"memory={memory}") },
    };

    private static Pod Pod(string whole, string containers) =>
        PodSpecs.Of([.. containers.Split('|').Select((limits, i) =>
            PodSpecs.App($"c{i}") with { Resources = Limits(limits) })])
            .With(spec => spec with { Resources = Limits(whole) });

    private static ResourceRequirements Limits(string amounts) => new() { Limits = Amounts(amounts) };

    private static ValueMap<Quantity> Amounts(string text) => ValueMap<Quantity>.From(
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(amount => amount.Split('='))
            .Select(pair => KeyValuePair.Create(pair[0], Quantity.Parse(pair[1]))));
}
