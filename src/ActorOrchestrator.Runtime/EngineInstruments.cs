using System.Diagnostics.Metrics;

namespace ActorOrchestrator.Runtime;

/// <summary>What the engines of this process count (meter <c>ActorOrchestrator.Runtime</c>). One for all of them, since
/// a meter keeps each of its instruments for good.</summary>
public sealed class EngineInstruments
{
    private static readonly Meter Meter = new("ActorOrchestrator.Runtime");

    /// <summary>After the meter, which it makes its instruments of.</summary>
    public static readonly EngineInstruments Shared = new();

    private readonly Counter<long> _messages =
        Meter.CreateCounter<long>("orchestrator_shard_messages_total", null, "Messages decided by entities");

    private readonly Counter<long> _events =
        Meter.CreateCounter<long>("orchestrator_shard_events_total", null, "Events appended to the log");

    private readonly Counter<long> _batches =
        Meter.CreateCounter<long>("orchestrator_shard_batches_total", null, "Batches decided by shards");

    public Counter<long> Refused { get; } = Meter.CreateCounter<long>(
        "orchestrator_shard_refused_total", null, "Questions refused because a mailbox was full");

    public Counter<long> Passivated { get; } = Meter.CreateCounter<long>(
        "orchestrator_shard_passivated_total", null, "Entity states dropped from memory when idle");

    public Counter<long> Reloads { get; } = Meter.CreateCounter<long>(
        "orchestrator_shard_reloads_total", null, "Shards read again from the log after a failed append");

    private EngineInstruments()
    {
    }

    internal void Batch(int messages, int events)
    {
        _messages.Add(messages);
        _events.Add(events);
        _batches.Add(1);
    }
}
