using System.Diagnostics.Metrics;
using ActorOrchestrator.Actors.Projections;

namespace ActorOrchestrator.Actors.Telemetry;

/// <summary>What this process counts of its membership: what members say to each other, and what of the cluster's work
/// is done here. One for all control planes of the process, as <see cref="JournalInstruments"/>.</summary>
internal sealed class ClusterInstruments
{
    /// <summary>Of what this member sends.</summary>
    public const string Sent = "sent";

    /// <summary>Of what it receives.</summary>
    public const string Received = "received";

    private const string Region = "region";

    public static readonly ClusterInstruments Shared = new();

    private readonly Histogram<double> _heartbeatIntervals;
    private readonly Tally _messages;
    private readonly Tally _bytes;
    private readonly Tally _unreachable;
    private readonly Tally _removed;
    private readonly Tally _entities;
    private readonly Tally _allocations;
    private readonly Tally _handoffs;
    private readonly Tally _singletons;
    private readonly Tally _heldBack;

    private ClusterInstruments()
    {
        var meter = new Meter("ActorOrchestrator.Cluster");
        _messages = meter.Counter(
            "orchestrator_cluster_messages_total", "Messages between members, by kind and direction.",
            new Tally("kind", "direction"));
        _bytes = meter.Counter(
            "orchestrator_cluster_message_bytes_total", "Size of those messages, without Akka's envelope and TLS.",
            new Tally("kind", "direction"));
        _heartbeatIntervals = meter.CreateHistogram<double>(
            "orchestrator_cluster_heartbeat_interval_seconds", "s",
            "Time between two answers to heartbeats of one member.");
        _unreachable = meter.Counter(
            "orchestrator_cluster_unreachable_total", "How often another member became unreachable.",
            new Tally().With());
        _removed = meter.Counter(
            "orchestrator_cluster_members_removed_total", "Members that left or were removed.", new Tally().With());
        _entities = meter.Gauge(
            "orchestrator_entities", "Entities in this member's memory, by region.", new Tally(Region));
        _allocations = meter.Counter(
            "orchestrator_shard_allocations_total",
            "Shards that this member, as coordinator, gave to a member, by region.", new Tally(Region));
        _handoffs = meter.Counter(
            "orchestrator_shard_handoffs_total",
            "Shards that this member, as coordinator, took from a living member, by region.", new Tally(Region));
        _singletons = meter.Gauge(
            "orchestrator_singleton", "Whether what the cluster has once runs on this member.",
            new Tally("name").With(ProjectionsRoot.Singleton));
        _heldBack = meter.Gauge(
            "orchestrator_nodes_eviction_held_back",
            "Lost nodes whose pods are not evicted yet, as the member with the projections sees them.",
            new Tally().With());
    }

    public void Told(string kind, string direction, int bytes)
    {
        _messages.Add(1, kind, direction);
        _bytes.Add(bytes, kind, direction);
    }

    public void Heard(TimeSpan after) => _heartbeatIntervals.Record(after.TotalSeconds);

    public void BecameUnreachable() => _unreachable.Add(1);

    public void MemberRemoved() => _removed.Add(1);

    public void Entities(string region, int change) => _entities.Add(change, region);

    public void ShardAllocated(string region) => _allocations.Add(1, region);

    public void ShardsHandedOff(string region, int count) => _handoffs.Add(count, region);

    /// <param name="name">Of what the cluster has once.</param>
    /// <param name="change">1 when it starts here, -1 when it ends.</param>
    public void Singleton(string name, int change) => _singletons.Add(change, name);

    public void EvictionsHeldBack(int change) => _heldBack.Add(change);
}
