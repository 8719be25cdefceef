using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.Tests.Projections;
using static ActorOrchestrator.Domain.Tests.Scheduling.Samples;

namespace ActorOrchestrator.Domain.Tests.Nodes;

public sealed class NodeDeciderTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    [Fact]
    public void Registration_creates_the_node_with_its_conditions()
    {
        var run = Registered();

        var node = (Node)run.Object!;
        Assert.NotNull(node.Metadata.Uid);
        Assert.Equal("True", Ready(node).Status);
        Assert.Equal(run.Now, Ready(node).LastTransitionTime);
        Assert.Empty(node.Spec.Taints);
        Assert.Equal(["RegisteredNode", "NodeReady"], run.RecordedEvents);
    }

    [Fact]
    public void A_node_that_introduces_itself_as_not_ready_is_tainted_at_once()
    {
        var run = NewRun().Send(new RegisterNode(Machine("False")));

        Assert.Equal(["not-ready:NoSchedule", "not-ready:NoExecute"], TaintsOf(run));
        Assert.Single(run.Journal);
    }

    [Fact]
    public void Registering_again_keeps_what_users_set()
    {
        var run = Registered();
        var edited = (Node)run.Object!;
        run.Send(new Replace(edited.Labelled("team", "blue").Labelled("zone", "wrong") with
        {
            Spec = edited.Spec with
            {
                Unschedulable = true, Taints = [new Taint { Key = "dedicated", Effect = "NoSchedule" }],
            },
        }));

        run.Send(new RegisterNode(Machine("True").Labelled("zone", "z1")));

        var node = (Node)run.Object!;
        Assert.Equal("blue", node.Metadata.Labels["team"]);
        Assert.Equal("z1", node.Metadata.Labels["zone"]);
        Assert.True(node.Spec.Unschedulable);
        Assert.Equal(["dedicated:NoSchedule", "unschedulable:NoSchedule"], TaintsOf(run));
    }

    [Fact]
    public void An_extended_resource_that_others_advertise_stays_and_can_be_allocated()
    {
        var run = Registered();
        var node = (Node)run.Object!;
        var capacity = node.Status.Capacity.With("example.com/dongle", Quantity.Parse("4"));
        run.Send(new Replace(node with { Status = node.Status with { Capacity = capacity } })
        { Subresource = "status" });
        run.Send(new NodeHeartbeat(Machine("True").Status)).Send(new NodeHeartbeat(Machine("True").Status));

        var status = ((Node)run.Object!).Status;
        Assert.Equal("4", status.Capacity["example.com/dongle"].ToString());
        Assert.Equal("4", status.Allocatable["example.com/dongle"].ToString());

        run.Send(new Replace((Node)run.Object! with { Status = status with { Capacity = node.Status.Capacity } })
        {
            Subresource = "status",
        });
        run.Send(new NodeHeartbeat(Machine("True").Status));
        Assert.False(((Node)run.Object!).Status.Allocatable.ContainsKey("example.com/dongle"));
    }

    [Fact]
    public void Heartbeats_without_news_are_not_journaled()
    {
        var run = Registered();
        for (var i = 0; i < 100; i++)
        {
            Beat(run, "True");
        }

        Assert.Single(run.Journal);
        Assert.Equal("True", Ready((Node)run.Object!).Status);
    }

    [Fact]
    public void A_sign_of_life_without_news_is_answered_and_not_journaled()
    {
        var run = Registered();
        for (var i = 0; i < 100; i++)
        {
            run.Pass(Interval).Send(new NodeLives());
            Assert.Equal("True", Ready((Node)Assert.IsType<Reply.Accepted>(run.LastReply).Object).Status);
        }

        Assert.Single(run.Journal);
    }

    [Fact]
    public void A_sign_of_life_alone_does_not_say_that_a_silent_node_is_ready()
    {
        var run = Registered().Pass(TimeSpan.FromMinutes(1)).Send(new NodeLives());
        Assert.Equal("Unknown", Ready((Node)Assert.IsType<Reply.Accepted>(run.LastReply).Object).Status);
        run.Send(new NodeHeartbeat(Machine("True").Status));
        Assert.Equal("True", Ready((Node)Assert.IsType<Reply.Accepted>(run.LastReply).Object).Status);
    }

    [Fact]
    public void A_node_that_is_not_there_does_not_live()
    {
        Assert.Equal(404, Assert.IsType<Reply.Rejected>(NewRun().Send(new NodeLives()).LastReply).Status.Code);
        var beaten = NewRun().Send(new NodeHeartbeat(Machine("True").Status));
        Assert.Equal(404, Assert.IsType<Reply.Rejected>(beaten.LastReply).Status.Code);
    }

    [Fact]
    public void The_heartbeat_time_is_refreshed_every_five_minutes()
    {
        var run = Registered();
        for (var i = 0; i < 150; i++)
        {
            Beat(run, "True");
        }

        Assert.IsType<StatusChanged>(Assert.Single(run.Journal.Skip(1)));
        Assert.Equal(run.Now, Ready((Node)run.Object!).LastHeartbeatTime);
        Assert.Equal(run.Now - 150 * Interval, Ready((Node)run.Object!).LastTransitionTime);
    }

    [Fact]
    public void A_change_of_capacity_is_journaled()
    {
        var run = Registered();
        var grown = Machine("True").Offering("cpu", "8").Status;
        run.Send(new NodeHeartbeat(grown));

        Assert.Equal("8", ((Node)run.Object!).Status.Allocatable["cpu"].ToString());
        Assert.Equal(2, run.Journal.Count);
    }

    [Fact]
    public void Silence_makes_the_node_unknown_and_tainted_within_the_bound()
    {
        var run = Registered();
        Beat(run, "True");
        run.Pass(NodeSettings.Default.SilenceMax - TimeSpan.FromMilliseconds(1));
        Assert.Equal("True", Ready((Node)run.Object!).Status);

        run.Pass(TimeSpan.FromMilliseconds(1));
        var ready = Ready((Node)run.Object!);
        Assert.Equal(("Unknown", "NodeStatusUnknown"), (ready.Status, ready.Reason));
        Assert.Equal(["unreachable:NoSchedule", "unreachable:NoExecute"], TaintsOf(run));
        Assert.Contains("NodeNotReady", run.RecordedEvents);
    }

    [Fact]
    public void A_pause_of_our_own_is_not_the_nodes_silence()
    {
        var run = Registered();
        run.Stall(TimeSpan.FromMinutes(1));
        Assert.Equal("True", Ready((Node)run.Object!).Status);

        run.Pass(NodeSettings.Default.SilenceMax);
        Assert.Equal("Unknown", Ready((Node)run.Object!).Status);
    }

    [Fact]
    public void A_heartbeat_after_silence_clears_the_taints()
    {
        var run = Registered();
        run.Pass(TimeSpan.FromMinutes(1));
        Beat(run, "True");

        Assert.Equal("True", Ready((Node)run.Object!).Status);
        Assert.Empty(TaintsOf(run));

        run.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal("Unknown", Ready((Node)run.Object!).Status);
    }

    [Fact]
    public void After_a_restart_the_agent_gets_the_whole_bound_again()
    {
        var run = Registered();
        run.Pass(TimeSpan.FromSeconds(7));
        run.Restart();
        run.Pass(TimeSpan.FromSeconds(7));
        Assert.Equal("True", Ready((Node)run.Object!).Status);

        run.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal("Unknown", Ready((Node)run.Object!).Status);
    }

    [Fact]
    public void A_node_created_by_hand_is_listened_for_as_well()
    {
        var run = NewRun().Send(new Create(Node("n"))).Pass(TimeSpan.FromSeconds(8));

        Assert.Equal("NodeStatusNeverUpdated", Ready((Node)run.Object!).Reason);
    }

    [Theory]
    [InlineData("MemoryPressure", "memory-pressure:NoSchedule")]
    [InlineData("DiskPressure", "disk-pressure:NoSchedule")]
    [InlineData("PIDPressure", "pid-pressure:NoSchedule")]
    [InlineData("NetworkUnavailable", "network-unavailable:NoSchedule")]
    public void Pressure_taints_the_node_while_it_lasts(string type, string taint)
    {
        var run = Registered();
        var pressed = Machine("True").Status;
        var condition = new NodeCondition { Type = type, Status = "True" };
        run.Send(new NodeHeartbeat(pressed with { Conditions = pressed.Conditions.Add(condition) }));
        Assert.Equal([taint], TaintsOf(run));

        var relieved = condition with { Status = "False" };
        run.Send(new NodeHeartbeat(pressed with { Conditions = pressed.Conditions.Add(relieved) }));
        Assert.Empty(TaintsOf(run));
    }

    [Fact]
    public void Cordon_and_uncordon_set_and_clear_the_taint()
    {
        var run = Registered();
        run.Send(new Replace(((Node)run.Object!).Cordoned()));
        Assert.Equal(["unschedulable:NoSchedule"], TaintsOf(run));

        var cordoned = (Node)run.Object!;
        run.Send(new Replace(cordoned with { Spec = cordoned.Spec with { Unschedulable = false } }));
        Assert.Empty(TaintsOf(run));
    }

    [Fact]
    public void Conditions_that_others_report_stay()
    {
        var run = Registered();
        var node = (Node)run.Object!;
        var problem = new NodeCondition { Type = "KernelDeadlock", Status = "False" };
        run.Send(new Replace(node with
        {
            Status = node.Status with { Conditions = node.Status.Conditions.Add(problem) },
        }) { Subresource = "status" });

        Beat(run, "True");
        Assert.Contains(problem, ((Node)run.Object!).Status.Conditions);
    }

    [Fact]
    public void A_heartbeat_of_a_deleted_node_changes_nothing()
    {
        var run = Registered();
        run.Send(Delete.Background);
        Beat(run, "True");
        run.Pass(TimeSpan.FromMinutes(1));

        Assert.Null(run.Object);
    }

    private static EntityRun NewRun() =>
        new(new NodeDecider(NodeSettings.Default), new EntityKey("nodes", "", "n"));

    private static EntityRun Registered() => NewRun().Send(new RegisterNode(Machine("True")));

    private static void Beat(EntityRun run, string ready) =>
        run.Pass(Interval).Send(new NodeHeartbeat(Machine(ready).Status));

    private static Node Machine(string ready)
    {
        var node = Node("n");
        return node with
        {
            Status = node.Status with { Conditions = [new NodeCondition { Type = "Ready", Status = ready }] },
        };
    }

    private static NodeCondition Ready(Node node) =>
        node.Status.Conditions.Single(condition => condition.Type == "Ready");

    private static IEnumerable<string> TaintsOf(EntityRun run) => ((Node)run.Object!).Spec.Taints
        .Select(taint => $"{taint.Key.Replace("node.kubernetes.io/", "", StringComparison.Ordinal)}:{taint.Effect}");
}
