using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Tests.Pods;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Agent.Tests.Nodes;

/// <summary>A machine is back after its pods were given to others: what runs still is ended, and what may not run
/// beside it waits.</summary>
public sealed partial class NodeAgentTests
{
    [Fact]
    public void A_pod_of_the_name_of_one_that_still_ends_waits_for_its_end()
    {
        LeaveRunning();
        StartAgent(Named("web", "u2"));

        Assert.Equal(["u1"], Running());
        Assert.Contains(_cluster.Events, told => told.Contains("WaitingForFormerPod", StringComparison.Ordinal));
        _loop.Advance(31);
        Assert.Equal(["u2"], Running());
        Assert.Equal("Running", _cluster.StatusOf("web").Phase);
    }

    [Fact]
    public void One_that_wants_a_port_of_the_machine_waits_too_and_any_other_does_not()
    {
        LeaveRunning();
        StartAgent(WithPort("front", "u2", 80), Named("other", "u3"));

        Assert.Equal(["u1", "u3"], Running());
        _loop.Advance(31);
        Assert.Equal(["u2", "u3"], Running());
    }

    [Fact]
    public void Of_a_pod_that_is_known_only_its_own_ports_are_waited_for()
    {
        _runtime.Deaf.Add("app");
        StartAgent(WithPort("old", "u1", 80));
        _cluster.Assign(new Assignment.Snapshot([WithPort("same", "u2", 80), WithPort("next", "u3", 81)]));
        _loop.Settle();

        Assert.Equal(["u1", "u3"], Running());
        _loop.Advance(31);
        Assert.Equal(["u2", "u3"], Running());
    }

    [Fact]
    public void One_that_is_deleted_while_it_waits_has_never_run()
    {
        LeaveRunning();
        var pod = Named("web", "u2");
        StartAgent(pod);
        _cluster.Assign(new Assignment.Changed(pod with
        {
            Metadata = pod.Metadata with
            {
                DeletionTimestamp = _loop.Time.GetUtcNow(), DeletionGracePeriodSeconds = 30,
            },
        }));
        _loop.Settle();

        Assert.Equal(["u2"], _cluster.Stopped);
        Assert.Equal(["u1"], Running());
        _loop.Advance(31);
        Assert.Empty(Running());
    }

    [Fact]
    public void A_node_that_is_taken_for_lost_says_at_once_that_it_lives()
    {
        StartAgent();
        Assert.Empty(_cluster.Heartbeats);
        var node = _cluster.Nodes.Single();
        _cluster.Assign(new Assignment.NodeChanged(node));
        _loop.Settle();
        Assert.Empty(_cluster.Heartbeats);

        var unknown = node.Status.Conditions.Select(condition => condition with { Status = "Unknown" }).ToValueList();
        _cluster.Assign(new Assignment.NodeChanged(node with { Status = node.Status with { Conditions = unknown } }));
        _loop.Settle();
        Assert.Single(_cluster.Heartbeats);
    }

    /// <summary>A pod that takes all of its grace period to end, and an agent that has left it running.</summary>
    private void LeaveRunning()
    {
        _runtime.Deaf.Add("app");
        StartAgent(Named("web", "u1"));
        StopAgent();
        Assert.Equal(["u1"], Running());
    }

    private List<string> Running() =>
    [
        .. _runtime.Containers.Where(container => container.State == ContainerRuntimeState.Running)
            .Select(container => _runtime.Sandboxes.Single(sandbox => sandbox.Id == container.SandboxId).Uid)
            .Order(StringComparer.Ordinal),
    ];

    private static Pod Named(string name, string uid)
    {
        var pod = PodSpecs.Of();
        return pod with { Metadata = pod.Metadata with { Name = name, Uid = uid } };
    }

    private static Pod WithPort(string name, string uid, int port) => Named(name, uid).With(spec => spec with
    {
        Containers = [PodSpecs.App("app") with { Ports = [new ContainerPort { Port = port, HostPort = port }] }],
    });
}
