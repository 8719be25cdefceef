using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.PodSubnets;
using ActorOrchestrator.Domain.Tests.Projections;

namespace ActorOrchestrator.Domain.Tests.Nodes;

/// <summary>What a Node makes of the subnet that it is given.</summary>
public sealed class NodeNetworkTests
{
    private const string First = "10.244.1.0/24";
    private const string Cluster = "10.244.0.0/16";

    private static readonly Node Machine = Scheduling.Samples.Node("n");

    [Fact]
    public void The_first_subnet_stays_and_messages_for_a_former_Node_of_the_name_are_not_for_it()
    {
        var run = Registered();
        run.Send(new AssignPodSubnet("another", "10.244.9.0/24", Cluster));
        Assert.Null(Node(run).Spec.PodCIDR);

        var uid = Node(run).Metadata.Uid!;
        run.Send(new AssignPodSubnet(uid, First, Cluster));
        Assert.Equal(First, Node(run).Spec.PodCIDR);
        Assert.Equal([First], Node(run).Spec.PodCIDRs);
        Assert.Equal(Cluster, Node(run).Metadata.Annotations[PodSubnetNotes.ClusterAnnotation]);

        var rows = run.Journal.Count;
        run.Send(new AssignPodSubnet(uid, First, Cluster)).Send(new AssignPodSubnet(uid, "10.244.2.0/24", Cluster));
        Assert.Equal(rows, run.Journal.Count);
        run.Send(new AssignPodSubnet(uid, First, "10.240.0.0/12"));
        Assert.Equal("10.240.0.0/12", Node(run).Metadata.Annotations[PodSubnetNotes.ClusterAnnotation]);
    }

    [Fact]
    public void One_that_gets_none_is_tainted_until_it_does_and_says_why()
    {
        var run = Registered();
        var uid = Node(run).Metadata.Uid!;
        run.Send(new NoPodSubnet(uid, "all are in use"));
        var condition = Node(run).Status.Conditions.Single(one => one.Type == "NetworkUnavailable");
        Assert.Equal(
            ("True", "CIDRNotAvailable", "all are in use"), (condition.Status, condition.Reason, condition.Message));
        Assert.Contains(Node(run).Spec.Taints, taint => taint.Key == WellKnownTaints.NetworkUnavailable);

        var rows = run.Journal.Count;
        run.Send(new NoPodSubnet(uid, "all are in use")).Send(new NoPodSubnet("another", "why"));
        Assert.Equal(rows, run.Journal.Count);
        run.Send(new AssignPodSubnet(uid, First, Cluster));
        Assert.DoesNotContain(Node(run).Status.Conditions, one => one.Type == "NetworkUnavailable");
        Assert.Empty(Node(run).Spec.Taints);
    }

    [Fact]
    public void An_agent_does_not_choose_its_subnet_by_registering_and_its_wish_stays_with_what_others_wrote()
    {
        var run = NewRun();
        var chosen = new NodeSpec { PodCIDR = First, PodCIDRs = [First] };
        run.Send(new RegisterNode(Machine with { Spec = chosen })).Send(new RegisterNode(Machine with
        {
            Metadata = Machine.Metadata with
            {
                Annotations = Machine.Metadata.Annotations.With(PodSubnetNotes.WishAnnotation, $"any {First}"),
            },
            Spec = chosen,
        }));
        Assert.Null(Node(run).Spec.PodCIDR);
        Assert.Equal(new SubnetWish(Subnet.Parse(First), IsFixed: false), SubnetWish.Of(Node(run)));
    }

    private static EntityRun NewRun() =>
        new(new NodeDecider(NodeSettings.Default), new EntityKey("nodes", "", "n"));

    private static EntityRun Registered() =>
        NewRun().Send(new RegisterNode(Machine));

    private static Node Node(EntityRun run) => (Node)run.Object!;
}
