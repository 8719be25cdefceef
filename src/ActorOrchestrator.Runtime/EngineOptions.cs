using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Runtime;

/// <summary>What an engine is made of: its ports and its numbers.</summary>
public sealed record EngineOptions
{
    public required IEntityHost Host { get; init; }

    public required IEventLog Log { get; init; }

    public required TimeProvider Time { get; init; }

    public required IExecutor Executor { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Names this member in the log's shard table.</summary>
    public required string MemberId { get; init; }

    /// <summary>Fixed for the life of a log. Several members will want many; a shard costs a few hundred
    /// bytes.</summary>
    public int ShardCount { get; init; } = 32;

    /// <summary>After how long without a message a passive kind's state leaves memory.</summary>
    public TimeSpan PassivateAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Events kept for watches beyond the last compaction, at least.</summary>
    public long WatchWindowEvents { get; init; } = 100_000;

    /// <summary>How often the log's length is looked at for compaction.</summary>
    public TimeSpan CompactionInterval { get; init; } = TimeSpan.FromMinutes(1);
}
