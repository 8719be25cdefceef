using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.Tests.Projections;
using static ActorOrchestrator.Domain.Tests.Scheduling.Samples;

namespace ActorOrchestrator.Domain.Tests.Nodes;

/// <summary>When the fenced pods of a node that is not heard have ended for certain.</summary>
public sealed class NodeFenceTests
{
    private const int Term = 90;

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds((Term * 1.01) + 5);

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void A_lease_is_a_row_of_the_nodes_history_that_nobody_else_sees()
    {
        var run = Registered();
        var before = run.Object;
        for (var i = 1; i <= 5; i++)
        {
            run.Send(new RenewNodeLease(Term));
            Assert.IsType<NodeLeaseRenewed>(run.Journal[^1]);
            Assert.Equal(i, run.Journal.OfType<NodeLeaseRenewed>().Count());
        }

        Assert.Same(before, run.Object);
        Assert.Equal(0, NodeFences.CountOf((Node)Assert.IsType<Reply.Accepted>(run.LastReply).Object));
    }

    [Fact]
    public void A_node_that_is_not_heard_gets_no_lease_until_its_agent_has_said_how_it_is()
    {
        var run = Unheard();
        run.Send(new RenewNodeLease(Term));
        Assert.Equal(409, Assert.IsType<Reply.Rejected>(run.LastReply).Status.Code);
        Assert.Single(run.Journal.OfType<NodeLeaseRenewed>());

        run.Send(new NodeHeartbeat(Machine().Status)).Send(new RenewNodeLease(Term));
        Assert.IsType<Reply.Accepted>(run.LastReply);
        Assert.Equal(2, run.Journal.OfType<NodeLeaseRenewed>().Count());
    }

    [Fact]
    public void Its_pods_have_ended_when_its_term_and_the_time_to_end_them_are_over()
    {
        var run = Unheard().Pass(Wait - Moment);
        Assert.Null(Fenced(run));
        Assert.False(run.IsAtRest);

        run.Pass(Moment);
        Assert.Equal("True", Fenced(run));
        Assert.Equal(1, NodeFences.CountOf((Node)run.Object!));
        Assert.True(run.IsAtRest);
    }

    [Fact]
    public void One_that_is_heard_in_between_is_waited_for_anew()
    {
        var run = Unheard().Pass(Wait - Moment).Send(new NodeHeartbeat(Machine().Status))
            .Send(new MemberUnheard("m", IsRemoved: false)).Pass(Wait - Moment);
        Assert.Null(Fenced(run));

        Assert.Equal("True", Fenced(run.Pass(Moment)));
    }

    [Fact]
    public void An_activation_waits_from_when_it_began()
    {
        var run = Unheard().Pass(Wait - Moment).Restart().Pass(Wait - Moment);
        Assert.Null(Fenced(run));

        Assert.Equal("True", Fenced(run.Pass(Moment)));
    }

    [Fact]
    public void When_it_is_heard_the_condition_says_so_and_how_often_it_was_stays()
    {
        var run = Unheard().Pass(Wait).Send(new NodeHeartbeat(Machine().Status)).Send(new RenewNodeLease(Term));
        Assert.Equal("False", Fenced(run));
        Assert.Equal(1, NodeFences.CountOf((Node)Assert.IsType<Reply.Accepted>(run.LastReply).Object));

        run.Send(new MemberUnheard("m", IsRemoved: false)).Pass(Wait);
        Assert.Equal(("True", 2L), (Fenced(run), NodeFences.CountOf((Node)run.Object!)));
    }

    [Fact]
    public void The_machines_own_term_counts_as_it_told_it_last()
    {
        var run = Registered().Send(new RenewNodeLease(3)).Send(new MemberUnheard("m", IsRemoved: false));
        Assert.Null(Fenced(run.Pass(TimeSpan.FromSeconds(8))));
        Assert.Equal("True", Fenced(run.Pass(TimeSpan.FromSeconds(0.1))));
    }

    [Fact]
    public void Of_an_agent_that_holds_no_leases_nobody_knows()
    {
        var run = Registered().Send(new RegisterNode(Node("n") with { Status = Machine().Status }) { Member = "m" })
            .Send(new MemberUnheard("m", IsRemoved: false)).Pass(TimeSpan.FromDays(1));
        Assert.Null(Fenced(run));
        Assert.True(run.IsAtRest);
    }

    private static EntityRun Registered() =>
        new EntityRun(new NodeDecider(NodeSettings.Default), new EntityKey("nodes", "", "n"))
            .Send(new RegisterNode(Machine()) { Member = "m" });

    private static EntityRun Unheard() => Registered().Send(new RenewNodeLease(Term))
        .Send(new MemberUnheard("m", IsRemoved: false));

    private static Node Machine()
    {
        var node = Node("n");
        return node with
        {
            Metadata = node.Metadata with
            {
                Annotations = node.Metadata.Annotations.With(NodeFences.TermAnnotation, "90"),
            },
            Status = node.Status with { Conditions = [new NodeCondition { Type = "Ready", Status = "True" }] },
        };
    }

    private static string? Fenced(EntityRun run) => ((Node)run.Object!).Status.Conditions
        .FirstOrDefault(condition => condition.Type == NodeFences.Condition)?.Status;
}
