using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.Tests.Projections;

namespace ActorOrchestrator.Domain.Tests.Nodes;

/// <summary>What a Node makes of what members say of its machine's connections, which only runs pods.</summary>
public sealed class NodeMachineTests
{
    private const string One = "10.0.0.1:7946#1/1";
    private const string Other = "10.0.0.2:7946#1/1";
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void One_that_is_not_heard_on_its_connection_is_unknown_and_tainted_at_once()
    {
        var run = Connected();
        var rows = run.Journal.Count;
        run.Send(new MachineHeard(One));
        Assert.Equal(rows, run.Journal.Count);
        run.Send(new MachineUnheard(One));
        Assert.Equal(("Unknown", "MachineUnreachable"), (Ready(run).Status, Ready(run).Reason));
        Assert.Equal(
            ["node.kubernetes.io/unreachable:NoSchedule", "node.kubernetes.io/unreachable:NoExecute"],
            Node(run).Spec.Taints.Select(taint => $"{taint.Key}:{taint.Effect}"));
        Assert.Contains("NodeNotReady", run.RecordedEvents);
        rows = run.Journal.Count;
        run.Send(new MachineUnheard(One));
        Assert.Equal(rows, run.Journal.Count);

        run.Send(new NodeHeartbeat(Machine().Status));
        Assert.Equal("True", Ready(run).Status);
    }

    [Fact]
    public void Of_a_connection_that_another_one_has_followed_nothing_is_believed()
    {
        var run = Connected().Send(new MachineHeard(Other)).Send(new MachineUnheard(One));
        Assert.Equal("True", Ready(run).Status);
        run.Send(new MachineUnheard(Other));
        Assert.Equal("Unknown", Ready(run).Status);
    }

    [Fact]
    public void One_that_was_connected_to_a_member_that_is_lost_has_time_to_find_another()
    {
        var run = Connected().Send(new CarrierUnheard("10.0.0.1:7946#1")).Pass(5 * Second);
        Assert.Equal("True", Ready(run).Status);
        run.Send(new MachineHeard(Other)).Pass(3 * Second);
        Assert.Equal("True", Ready(run).Status);

        // Told late, of a member that it has left.
        run.Send(new MachineHeard(Other)).Send(new CarrierUnheard("10.0.0.1:7946#1")).Pass(6 * Second);
        Assert.Equal("True", Ready(run).Status);
    }

    [Fact]
    public void One_that_does_not_find_another_is_lost_with_its_member()
    {
        var run = Connected().Send(new CarrierUnheard("10.0.0.1:7946#1")).Pass(6 * Second);
        Assert.Equal(("Unknown", "MachineUnreachable"), (Ready(run).Status, Ready(run).Reason));
        run.Send(new NodeHeartbeat(Machine().Status));
        Assert.Equal("True", Ready(run).Status);
    }

    [Fact]
    public void Where_nobody_knows_who_carried_it_whoever_does_has_time_to_say_so()
    {
        var run = Connected();
        run.Restart();
        run.Send(new CarrierUnheard("10.0.0.1:7946#1")).Pass(5 * Second);
        Assert.Equal("True", Ready(run).Status);
        run.Send(new NodeLives()).Pass(2 * Second);
        Assert.Equal("True", Ready(run).Status);

        run.Restart();
        run.Send(new CarrierUnheard("10.0.0.1:7946#1")).Pass(6 * Second);
        Assert.Equal("Unknown", Ready(run).Status);
    }

    [Fact]
    public void After_a_restart_whoever_hears_it_has_time_to_say_so()
    {
        var run = Connected();
        run.Restart();
        run.Send(new MachineUnheard(One)).Pass(4 * Second);
        run.Send(new MachineUnheard(One));
        Assert.Equal("True", Ready(run).Status);
        run.Send(new MachineHeard(Other)).Pass(2 * Second);
        run.Send(new MachineUnheard(One));
        Assert.Equal("True", Ready(run).Status);

        run.Restart();
        run.Send(new MachineUnheard(Other)).Pass(6 * Second);
        run.Send(new MachineUnheard(Other));
        Assert.Equal("Unknown", Ready(run).Status);
    }

    [Fact]
    public void One_that_was_stopped_in_good_order_is_waited_for()
    {
        var stopped = NodeMembers.Stopped(Machine().Status, DateTimeOffset.UnixEpoch);
        var run = Connected().Send(new NodeHeartbeat(stopped)).Send(new MachineUnheard(One));
        Assert.Equal("AgentStopped", Ready(run).Reason);
    }

    [Fact]
    public void A_sign_of_life_on_the_connection_counts_as_one_of_the_agent()
    {
        var run = Connected();
        for (var i = 0; i < 10; i++)
        {
            run.Pass(NodeSettings.Default.SilenceMax / 2);
            run.Send(new MachineHeard(One));
        }

        Assert.Equal("True", Ready(run).Status);
        run.Pass(NodeSettings.Default.SilenceMax + Second);
        Assert.Equal("NodeStatusUnknown", Ready(run).Reason);
    }

    private static EntityRun Connected() =>
        new EntityRun(new NodeDecider(NodeSettings.Default), new EntityKey("nodes", "", "n"))
            .Send(new RegisterNode(Machine())).Send(new MachineHeard(One));

    private static Node Machine()
    {
        var node = Scheduling.Samples.Node("n");
        var condition = new NodeCondition { Type = "Ready", Status = "True", Reason = "KubeletReady" };
        return node with { Status = node.Status with { Conditions = [condition] } };
    }

    private static Node Node(EntityRun run) => (Node)run.Object!;

    private static NodeCondition Ready(EntityRun run) =>
        Node(run).Status.Conditions.Single(condition => condition.Type == "Ready");
}
