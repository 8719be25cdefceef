using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace ActorOrchestrator.Actors.Telemetry;

/// <summary>Another strategy, whose decisions are counted: they are made by the member that has the region's
/// coordinator.</summary>
internal sealed class CountedAllocation(string region, IShardAllocationStrategy strategy) : IShardAllocationStrategy
{
    public async Task<IActorRef> AllocateShard(
        IActorRef requester, string shardId,
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations)
    {
        var home = await strategy.AllocateShard(requester, shardId, currentShardAllocations);
        ClusterInstruments.Shared.ShardAllocated(region);
        return home;
    }

    public async Task<IImmutableSet<string>> Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations,
        IImmutableSet<string> rebalanceInProgress)
    {
        var moved = await strategy.Rebalance(currentShardAllocations, rebalanceInProgress);
        ClusterInstruments.Shared.ShardsHandedOff(region, moved.Count);
        return moved;
    }
}
