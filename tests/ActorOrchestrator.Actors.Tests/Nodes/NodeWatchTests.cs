using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Actors.Nodes;
using ActorOrchestrator.Actors.Tests.Projections;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Nodes;
using Akka.Actor;

namespace ActorOrchestrator.Actors.Tests.Nodes;

/// <summary>Which nodes are told that their member is not heard, and how often.</summary>
public sealed class NodeWatchTests : ProjectionTestKit
{
    private const string M1 = "10.0.0.1:7946#1";
    private const string M2 = "10.0.0.2:7946#1";
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_node_is_told_at_once_and_again_every_second_until_it_shows_it()
    {
        await PutAsync(Node("n1", M1));
        await PutAsync(Node("n2", M2));
        var watch = Start();
        watch.Tell(Seen(heard: [M1, M2]));
        Assert.Equal("", Told(watch));

        watch.Tell(Seen(heard: [M2], unheard: [M1]));
        Assert.Equal($"n1 {M1} unreachable", Told(watch));
        watch.Tell(Seen(heard: [M2], unheard: [M1, "10.0.0.3:7946#1"]));
        Assert.Equal("", Told(watch));
        Pass(watch, Second);
        Assert.Equal($"n1 {M1} unreachable", Told(watch));

        await PutAsync(Node("n1", M1, "Unknown"));
        Pass(watch, Second);
        Assert.Equal("", Told(watch));

        // A heartbeat got through, and it is not heard still.
        await PutAsync(Node("n1", M1));
        Assert.Equal($"n1 {M1} unreachable", Told(watch));
        watch.Tell(Seen(heard: [M1, M2]));
        Pass(watch, Second);
        Assert.Equal("", Told(watch));
    }

    [Fact]
    public async Task Of_a_member_that_is_gone_the_node_is_told_that_it_was_removed()
    {
        await PutAsync(Node("n1", M1));
        var watch = Start();
        watch.Tell(Seen(heard: [M1]));
        watch.Tell(Seen(heard: []));
        Assert.Equal($"n1 {M1} removed", Told(watch));
        Pass(watch, Second);
        Assert.Equal($"n1 {M1} removed", Told(watch));

        // Its next life has introduced itself.
        await PutAsync(Node("n1", M2));
        Pass(watch, Second);
        Assert.Equal("", Told(watch));
    }

    /// <summary>One that has just started does not know all others yet.</summary>
    [Fact]
    public async Task Of_a_member_that_was_never_heard_here_nothing_is_said()
    {
        await PutAsync(Node("n1", M1));
        var watch = Start();
        watch.Tell(Seen(heard: [M2]));
        Pass(watch, Second);
        Assert.Equal("", Told(watch));
    }

    [Fact]
    public async Task Only_one_whose_turn_it_is_speaks()
    {
        await PutAsync(Node("n1", M1));
        var watch = Start();
        watch.Tell(Seen(heard: [M2], unheard: [M1]) with { Speaks = false });
        Assert.Equal("", Told(watch));
        watch.Tell(Seen(heard: [M2], unheard: [M1]));
        Assert.Equal($"n1 {M1} unreachable", Told(watch));
    }

    [Fact]
    public async Task Nodes_that_are_expected_back_or_gone_or_of_no_member_are_told_nothing()
    {
        await PutAsync(Node("stopped", M1, reason: "AgentStopped"));
        await PutAsync(Node("foreign", null));
        await PutAsync(Node("gone", M1));
        await RemoveAsync(Node("gone", M1));
        var watch = Start();
        watch.Tell(Seen(heard: [], unheard: [M1]));
        Assert.Equal("", Told(watch));
    }

    [Fact]
    public async Task A_node_of_each_shard_is_told_something_now_and_then_so_that_the_way_is_known()
    {
        foreach (var number in Enumerable.Range(1, 200))
        {
            await PutAsync(Node($"n{number}", M1));
        }

        var watch = Start(Second);
        TakeIn(watch);
        Assert.False(Region.HasMessages);
        Pass(watch, Second);
        Assert.Equal(EntityExtractor.Shards, Woken(watch).Split(' ').Length);
    }

    private IActorRef Start(TimeSpan? routeLife = null)
    {
        var (view, region, time) = (Services.View, Services.Region, Services.Time);
        var watch = Sys.ActorOf(Props.Create(() => new NodeWatch(view, region, time, routeLife)));
        TakeIn(watch);
        return watch;
    }

    private string Told(IActorRef watch)
    {
        TakeIn(watch);
        TakeIn(watch);
        var told = new List<string>();
        while (Region.HasMessages)
        {
            var envelope = Region.ExpectMsg<EntityEnvelope>(cancellationToken: Cancellation);
            var unheard = Assert.IsType<MemberUnheard>(envelope.Message);
            told.Add($"{envelope.To.Name} {unheard.Member} {(unheard.IsRemoved ? "removed" : "unreachable")}");
        }

        return string.Join(", ", told);
    }

    private static MembersSeen Seen(string[] heard, params string[] unheard) =>
        new(Speaks: true, heard.ToHashSet(StringComparer.Ordinal), unheard.ToHashSet(StringComparer.Ordinal))
        {
            HearsMost = true,
        };

    private static Node Node(string name, string? member, string ready = "True", string reason = "KubeletReady")
    {
        var node = new Node
        {
            Metadata = new() { Name = name, Uid = $"uid-{name}" },
            Status = new NodeStatus
            {
                Conditions = [new NodeCondition { Type = "Ready", Status = ready, Reason = reason }],
            },
        };
        return member is null ? node : node with
        {
            Metadata = node.Metadata with
            {
                Annotations = node.Metadata.Annotations.With(MemberNote.Annotation, member),
            },
        };
    }
}
