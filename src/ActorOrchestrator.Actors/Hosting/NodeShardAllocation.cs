using System.Collections.Immutable;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace ActorOrchestrator.Actors.Hosting;

/// <summary>
/// Where the entities of nodes live: not on the member that carries the node, where there is another. Who is to say
/// that a machine is lost must not be lost with it; its entity would have to be started elsewhere first.
/// </summary>
/// <param name="others">What counts else: that members have as many shards as others.</param>
/// <param name="nodes">The nodes as they are known here.</param>
/// <param name="self">The address of this member, whose own region has a path without one.</param>
internal sealed class NodeShardAllocation(
    IShardAllocationStrategy others, Func<IEnumerable<Node>> nodes, Address self) : IShardAllocationStrategy
{
    public Task<IActorRef> AllocateShard(
        IActorRef requester, string shardId,
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations) =>
        Task.FromResult(Best(shardId, Carriers(), currentShardAllocations));

    public async Task<IImmutableSet<string>> Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations,
        IImmutableSet<string> rebalanceInProgress)
    {
        if (rebalanceInProgress.Count > 0)
        {
            return ImmutableHashSet<string>.Empty;
        }

        var carriers = Carriers();
        bool Moves(IActorRef home, string shard) =>
            !Best(shard, carriers, currentShardAllocations.SetItem(
                home, currentShardAllocations[home].Remove(shard))).Equals(home);

        var homes = currentShardAllocations
            .SelectMany(region => region.Value.Select(shard => (Home: region.Key, Shard: shard)))
            .ToDictionary(one => one.Shard, one => one.Home);
        var misplaced = homes.Where(one => Carried(one.Value, one.Key, carriers) > 0 && Moves(one.Value, one.Key))
            .Select(one => one.Key).ToImmutableHashSet();
        if (misplaced.Count > 0)
        {
            return misplaced;
        }

        var uneven = await others.Rebalance(currentShardAllocations, rebalanceInProgress);
        return uneven.Where(shard => homes.TryGetValue(shard, out var home) && Moves(home, shard))
            .ToImmutableHashSet();
    }

    /// <summary>Who carries the nodes of each shard, as <c>address:port</c>, once for each node.</summary>
    private ILookup<string, string> Carriers() => nodes()
        .Select(node => (
            Shard: EntityExtractor.ShardNumber(EntityKey.Of(node).ToString()), Member: MemberNote.Of(node) ?? ""))
        .Where(one => one.Member.Contains('#', StringComparison.Ordinal))
        .ToLookup(one => $"{one.Shard}", one => one.Member[..one.Member.LastIndexOf('#')], StringComparer.Ordinal);

    private IActorRef Best(
        string shard, ILookup<string, string> carriers,
        IImmutableDictionary<IActorRef, IImmutableList<string>> allocations) => allocations
            .OrderBy(region => Carried(region.Key, shard, carriers)).ThenBy(region => region.Value.Count)
            .ThenBy(region => $"{AddressOf(region.Key)}", StringComparer.Ordinal).First().Key;

    private int Carried(IActorRef region, string shard, ILookup<string, string> carriers)
    {
        var address = AddressOf(region);
        return carriers[shard].Count(carrier => carrier == $"{address.Host}:{address.Port}");
    }

    private Address AddressOf(IActorRef region) => region.Path.Address.HasGlobalScope ? region.Path.Address : self;
}
