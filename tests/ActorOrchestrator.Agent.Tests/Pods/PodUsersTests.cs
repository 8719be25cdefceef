using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Pods;

namespace ActorOrchestrator.Agent.Tests.Pods;

/// <summary>Pods with users of their own (<c>hostUsers: false</c>).</summary>
public sealed class PodUsersTests : IDisposable
{
    private readonly PodWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Where_the_runtime_has_none_the_pod_waits_and_says_so()
    {
        _world.Start(PodSpecs.Of().With(spec => spec with { HostUsers = false }));
        Assert.Contains(
            "Warning FailedCreatePodSandBox Failed to create pod sandbox: can't set `spec.hostUsers: false`, runtime "
            + "does not support user namespaces", _world.Cluster.Events);
        Assert.Empty(_world.Runtime.SandboxConfigs);
    }

    [Fact]
    public void Sandbox_and_containers_have_the_same_range_also_after_a_restart()
    {
        _world.Runtime.HasUserNamespaces = true;
        var pod = PodSpecs.Of().With(spec => spec with { HostUsers = false });
        _world.Start(pod);
        Assert.Equal("Running", _world.Status.Phase);
        Assert.Equal(65_536u, Assert.Single(_world.Runtime.SandboxConfigs).FirstUser);
        Assert.Equal(65_536u, _world.Runtime.CreatedIn["app"].FirstUser);

        _world.Runtime.CreatedIn.Clear();
        _world.Restart(pod);
        _world.Exit("app", 1);
        Assert.Equal(65_536u, _world.Runtime.CreatedIn["app"].FirstUser);
    }

    [Fact]
    public void Other_pods_have_the_machines_users()
    {
        _world.Runtime.HasUserNamespaces = true;
        _world.Start(PodSpecs.Of());
        Assert.Null(Assert.Single(_world.Runtime.SandboxConfigs).FirstUser);
        Assert.Null(_world.Runtime.CreatedIn["app"].FirstUser);
    }

    [Fact]
    public void No_two_pods_have_the_same_range()
    {
        var ranges = new UserRanges(most: 3);
        Assert.Equal(65_536u, ranges.Take("a", []));
        Assert.Equal(65_536u, ranges.Take("a", []));
        Assert.Equal(196_608u, ranges.Take("b", [Sandbox("old", 131_072)]));
        Assert.Equal(131_072u, ranges.Take("old", [Sandbox("old", 131_072)]));
        Assert.Throws<ContainerConfigException>(() => ranges.Take("late", []));
        ranges.GiveBack("a");
        Assert.Equal(65_536u, ranges.Take("late", []));
    }

    private static SandboxStatus Sandbox(string uid, uint first) => new()
    {
        Id = uid, Name = uid, Namespace = "default", Uid = uid,
        Annotations = new Dictionary<string, string> { [RuntimeLabels.FirstUser] = $"{first}" },
    };
}
