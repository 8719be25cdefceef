using System.Collections.Immutable;
using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace ActorOrchestrator.Actors.Tests.Nodes;

/// <summary>Regions are written as their address with their shards, such as <c>1: 3 7</c>.</summary>
public sealed class NodeShardAllocationTests
{
    private static readonly string N1 = ShardOf("n1");
    private static readonly string N2 = ShardOf("n2");

    [Theory]
    [InlineData("1", "2")]
    [InlineData("2", "1")]
    public async Task The_entity_of_a_node_starts_on_another_member_than_its_own(string carrier, string home)
    {
        var strategy = Strategy(("n1", carrier));
        Assert.Equal(home, Name(await strategy.AllocateShard(
            Region("1"), N1, Allocations(("1", []), ("2", [])))));
    }

    [Fact]
    public async Task Where_there_is_no_other_it_starts_on_its_own()
    {
        Assert.Equal("1", Name(await Strategy(("n1", "1")).AllocateShard(
            Region("1"), N1, Allocations(("1", ["x", "y"])))));
    }

    [Fact]
    public async Task Of_those_that_do_not_carry_it_the_one_with_the_fewest_shards_gets_it()
    {
        Assert.Equal("3", Name(await Strategy(("n1", "1")).AllocateShard(
            Region("1"), N1, Allocations(("1", []), ("2", ["x", "y"]), ("3", ["z"])))));
    }

    [Fact]
    public async Task It_moves_when_another_member_has_come_and_then_stays()
    {
        var strategy = Strategy(("n1", "1"), ("n2", "2"));
        Assert.Equal([N1], await RebalancedAsync(strategy, ("1", [N1]), ("2", []), ("3", [N2])));
        Assert.Empty(await RebalancedAsync(strategy, ("1", [N2]), ("2", [N1]), ("3", [])));
    }

    [Fact]
    public async Task Nothing_moves_while_something_does_or_where_it_would_come_back()
    {
        var strategy = Strategy(("n1", "1"));
        Assert.Empty(await strategy.Rebalance(
            Allocations(("1", [N1]), ("2", [])), ImmutableHashSet.Create("x")));

        // Evenness alone would move it to its own member.
        Assert.Empty(await RebalancedAsync(Strategy([N1], ("n1", "2")), ("1", [N1, "y"]), ("2", [])));
        Assert.Equal(["y"], await RebalancedAsync(Strategy(["y"], ("n1", "2")), ("1", [N1, "y"]), ("2", [])));
    }

    private static string ShardOf(string node) => $"{EntityExtractor.ShardNumber($"nodes//{node}")}";

    private static NodeShardAllocation Strategy(params (string Node, string Carrier)[] nodes) => Strategy([], nodes);

    private static NodeShardAllocation Strategy(string[] uneven, params (string Node, string Carrier)[] nodes) => new(
        new Evenness(uneven),
        () => nodes.Select(one => new Node
        {
            Metadata = new()
            {
                Name = one.Node,
                Annotations = Api.ValueMap<string>.From(
                    [KeyValuePair.Create(MemberNote.Annotation, $"10.0.0.{one.Carrier}:7946#17")]),
            },
        }),
        AddressOf("1"));

    private static async Task<IEnumerable<string>> RebalancedAsync(
        NodeShardAllocation strategy, params (string Region, string[] Shards)[] allocations) =>
        await strategy.Rebalance(Allocations(allocations), ImmutableHashSet<string>.Empty);

    private static IImmutableDictionary<IActorRef, IImmutableList<string>> Allocations(
        params (string Region, string[] Shards)[] allocations) => allocations.ToImmutableDictionary(
            one => Region(one.Region), one => (IImmutableList<string>)one.Shards.ToImmutableList());

    private static Address AddressOf(string region) => new("akka.tcp", "orchestrator", $"10.0.0.{region}", 7946);

    /// <summary>The first is this member's own, whose path names no address.</summary>
    private static IActorRef Region(string number) => new PathRef(
        new RootActorPath(number == "1" ? new Address("akka", "orchestrator") : AddressOf(number)) / "region");

    private static string Name(IActorRef region) =>
        region.Path.Address.Host is { } host ? host[(host.LastIndexOf('.') + 1)..] : "1";

    private sealed class PathRef(ActorPath path) : MinimalActorRef
    {
        public override ActorPath Path => path;

        public override IActorRefProvider Provider => throw new NotSupportedException();
    }

    private sealed class Evenness(string[] uneven) : IShardAllocationStrategy
    {
        public Task<IActorRef> AllocateShard(
            IActorRef requester, string shardId,
            IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations) =>
            throw new NotSupportedException();

        public Task<IImmutableSet<string>> Rebalance(
            IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations,
            IImmutableSet<string> rebalanceInProgress) =>
            Task.FromResult<IImmutableSet<string>>(uneven.ToImmutableHashSet());
    }
}
