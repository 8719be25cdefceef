using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Nodes;

namespace ActorOrchestrator.TestKit.Tests;

/// <summary>Time in stories: a node that falls silent, and comes back.</summary>
public sealed class NodeStoryTests
{
    private static readonly EntityKey Key = new("nodes", "", "n");

    [Fact]
    public void Silence_makes_the_node_unknown_and_tainted_within_the_bound() => Registered()
        .After(NodeSettings.Default.SilenceMax - TimeSpan.FromMilliseconds(1))
        .Then(Expect.Object<Node>(node => Ready(node) == "True"))
        .After(TimeSpan.FromMilliseconds(1))
        .Then(
            Expect.RecordedEvent("NodeNotReady"),
            Expect.Object<Node>(node => Ready(node) == "Unknown"),
            Expect.Object<Node>(node => node.Spec.Taints.Count == 2))
        .When(new NodeHeartbeat(Machine().Status))
        .Then(Expect.Object<Node>(node => Ready(node) == "True" && node.Spec.Taints.Count == 0));

    [Fact]
    public void After_a_restart_the_agent_gets_the_whole_bound_again() => Registered()
        .After(NodeSettings.Default.SilenceMax - TimeSpan.FromSeconds(1)).And
        .AfterRestart().And
        .After(NodeSettings.Default.SilenceMax - TimeSpan.FromSeconds(1))
        .Then(Expect.Object<Node>(node => Ready(node) == "True"))
        .After(TimeSpan.FromSeconds(1))
        .Then(Expect.Object<Node>(node => Ready(node) == "Unknown"));

    [Fact]
    public void Heartbeats_without_news_are_not_journaled()
    {
        var story = Registered();
        for (var i = 0; i < 100; i++)
        {
            story.After(TimeSpan.FromSeconds(2)).And.When(new NodeHeartbeat(Machine().Status)).Then(Expect.NoEvent);
        }

        Assert.Single(story.Journal);
    }

    private static Story Registered() => Given
        .Absent(new NodeDecider(NodeSettings.Default), Key)
        .When(new RegisterNode(Machine()))
        .Then(Expect.OnlyEvent<ObjectCreated>());

    private static string? Ready(Node node) =>
        node.Status.Conditions.Single(condition => condition.Type == "Ready").Status;

    private static Node Machine() => new()
    {
        Metadata = new() { Name = "n" },
        Status = new NodeStatus { Conditions = [new NodeCondition { Type = "Ready", Status = "True" }] },
    };
}
