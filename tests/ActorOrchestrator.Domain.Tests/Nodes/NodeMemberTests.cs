using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.Tests.Projections;

namespace ActorOrchestrator.Domain.Tests.Nodes;

/// <summary>What a Node makes of its member: not heard, stopped in good order, back in another life.</summary>
public sealed class NodeMemberTests
{
    private const string First = "10.0.0.1:7946#1";
    private const string Second = "10.0.0.1:7946#2";
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = NodeSettings.Default.RestartPatience;

    [Fact]
    public void A_node_shows_the_member_that_its_agent_speaks_for()
    {
        var run = Registered();
        Assert.Equal(First, MemberNote.Of(Node(run)));

        // The registration was lost, and a heartbeat is as good.
        Beat(run, Second);
        Assert.Equal(Second, MemberNote.Of(Node(run)));
        var rows = run.Journal.Count;
        Beat(run, Second);
        Assert.Equal(rows, run.Journal.Count);
    }

    [Theory]
    [InlineData(false, "MemberUnreachable")]
    [InlineData(true, "MemberRemoved")]
    public void A_node_whose_member_is_not_heard_is_unknown_and_tainted_at_once(bool isRemoved, string reason)
    {
        var run = Registered().Send(new MemberUnheard(First, isRemoved));

        Assert.Equal(("Unknown", reason), (Ready(run).Status, Ready(run).Reason));
        Assert.Equal(["unreachable:NoSchedule", "unreachable:NoExecute"], TaintsOf(run));
        Assert.Contains("NodeNotReady", run.RecordedEvents);
        Assert.Null(NodeMembers.Expected(Node(run)));
    }

    [Fact]
    public void Told_again_it_writes_nothing_and_a_heartbeat_makes_it_ready_at_once()
    {
        var run = Registered().Send(new MemberUnheard(First, IsRemoved: false));
        var rows = run.Journal.Count;
        run.Send(new MemberUnheard(First, IsRemoved: false)).Send(new MemberUnheard(First, IsRemoved: true));
        Assert.Equal(rows, run.Journal.Count);

        Beat(run, First);
        Assert.Equal("True", Ready(run).Status);
        Assert.Empty(TaintsOf(run));
        run.Pass(NodeSettings.Default.SilenceMax);
        Assert.Equal("Unknown", Ready(run).Status);
    }

    [Fact]
    public void Of_a_former_life_of_its_member_nothing_is_believed()
    {
        var run = Registered();
        Beat(run, Second);
        run.Send(new MemberUnheard(First, IsRemoved: true)).Send(new NodeStopping(First));

        Assert.Equal("KubeletReady", Ready(run).Reason);
    }

    [Fact]
    public void A_node_of_no_member_is_judged_by_its_silence_alone()
    {
        var run = NewRun().Send(new RegisterNode(Machine())).Send(new MemberUnheard(First, IsRemoved: true));
        Assert.Equal("True", Ready(run).Status);
        run.Pass(NodeSettings.Default.SilenceMax);
        Assert.Equal("Unknown", Ready(run).Status);
    }

    [Fact]
    public void A_node_that_was_stopped_in_good_order_stays_ready_and_takes_no_pods()
    {
        var run = Registered().Send(new NodeStopping(First));

        Assert.Equal(("True", "AgentStopped"), (Ready(run).Status, Ready(run).Reason));
        Assert.Contains("within 120 s", Ready(run).Message, StringComparison.Ordinal);
        Assert.Equal(["actor-orchestrator/agent-stopped:NoSchedule"], TaintsOf(run));

        run.Send(new MemberUnheard(First, IsRemoved: true)).Pass(Patience - Moment);
        Assert.Equal("True", Ready(run).Status);

        run.Pass(Moment);
        Assert.Equal("Unknown", Ready(run).Status);
        Assert.Contains("did not come back", Ready(run).Message, StringComparison.Ordinal);
        Assert.Equal(["unreachable:NoSchedule", "unreachable:NoExecute"], TaintsOf(run));
    }

    [Fact]
    public void One_that_is_back_is_as_it_was_and_its_silence_counts_as_ever()
    {
        var run = Registered().Send(new NodeStopping(First)).Pass(TimeSpan.FromSeconds(5));
        Beat(run, Second);
        Assert.Equal(("True", "KubeletReady"), (Ready(run).Status, Ready(run).Reason));
        Assert.Empty(TaintsOf(run));

        run.Pass(NodeSettings.Default.SilenceMax);
        Assert.Equal("Unknown", Ready(run).Status);
    }

    [Fact]
    public void What_an_agent_said_before_it_stopped_and_comes_late_is_not_believed()
    {
        var run = Registered().Send(new NodeStopping(First));
        Beat(run, First);
        run.Send(new RegisterNode(Machine()) { Member = First }).Send(new NodeStopping(First));

        Assert.Equal("AgentStopped", Ready(run).Reason);
        run.Pass(Patience);
        Assert.Equal("Unknown", Ready(run).Status);

        // Should it speak after that nevertheless, it lives.
        Beat(run, First);
        Assert.Equal("True", Ready(run).Status);
    }

    /// <summary>The entity moves to another member, and listens there for as long.</summary>
    [Fact]
    public void One_that_was_stopped_is_waited_for_after_its_entity_was_read_back()
    {
        var run = Registered().Send(new NodeStopping(First)).Pass(TimeSpan.FromSeconds(60));
        run.Restart();
        run.Pass(Patience - Moment);
        Assert.Equal("AgentStopped", Ready(run).Reason);
        run.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal("Unknown", Ready(run).Status);
    }

    [Fact]
    public void One_that_is_not_ready_for_another_reason_stays_so_when_it_stops()
    {
        var run = NewRun().Send(new RegisterNode(Machine("False")) { Member = First }).Send(new NodeStopping(First));
        Assert.Equal("False", Ready(run).Status);
        run.Send(new MemberUnheard(First, IsRemoved: true));
        Assert.Equal("Unknown", Ready(run).Status);
    }

    private static EntityRun NewRun() =>
        new(new NodeDecider(NodeSettings.Default), new EntityKey("nodes", "", "n"));

    private static EntityRun Registered() => NewRun().Send(new RegisterNode(Machine()) { Member = First });

    private static void Beat(EntityRun run, string member) =>
        run.Send(new NodeHeartbeat(Machine().Status) { Member = member });

    private static Node Machine(string ready = "True")
    {
        var node = Scheduling.Samples.Node("n");
        var condition = new NodeCondition { Type = "Ready", Status = ready, Reason = "KubeletReady" };
        return node with { Status = node.Status with { Conditions = [condition] } };
    }

    private static Node Node(EntityRun run) => (Node)run.Object!;

    private static NodeCondition Ready(EntityRun run) =>
        Node(run).Status.Conditions.Single(condition => condition.Type == "Ready");

    private static IEnumerable<string> TaintsOf(EntityRun run) => Node(run).Spec.Taints
        .Select(taint => $"{taint.Key.Replace("node.kubernetes.io/", "", StringComparison.Ordinal)}:{taint.Effect}");
}
