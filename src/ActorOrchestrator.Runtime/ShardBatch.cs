namespace ActorOrchestrator.Runtime;

/// <summary>What a shard decided from one drain of its mailbox: one append, then the effects in order.</summary>
internal sealed class ShardBatch(Shard shard, long epoch, List<LogEntry> entries)
    : AppendRequest(shard.Number, epoch, entries)
{
    public List<Outcome> Outcomes { get; } = [];

    /// <summary>Set once by the log (or at once for a batch without events); read by the shard.</summary>
    public BatchState State { get; set; }

    public LogException? Failure { get; private set; }

    public override void Committed()
    {
        State = BatchState.Committed;
        shard.Wake();
    }

    public override void Failed(LogException reason)
    {
        Failure = reason;
        State = BatchState.Failed;
        shard.Wake();
    }

    /// <summary>One decided message: whose, where its journaled events lie in the batch, and what is to be
    /// released.</summary>
    internal readonly record struct Outcome(
        EntitySlot Slot, IReadOnlyList<object> Effects, IReplyPort? Asker, int FirstEntry, int EntryCount);
}

internal enum BatchState { Pending, Committed, Failed }

/// <summary>An entity's place in its shard; it stays while the entity has anything to remember.</summary>
internal sealed class EntitySlot(string persistenceId)
{
    public string PersistenceId { get; } = persistenceId;

    /// <summary>Null while passivated or loading.</summary>
    public IEntity? Entity { get; set; }

    /// <summary>The sequence of the last committed versioned event.</summary>
    public long Version { get; set; }

    /// <summary>Versioned events that are decided but not committed.</summary>
    public int PendingVersions { get; set; }

    /// <summary>Journaled events that are decided but not committed.</summary>
    public int PendingEntries { get; set; }

    public bool RevisitQueued { get; set; }

    /// <summary>Messages that wait for the state to be read back; null when it is not being read.</summary>
    public List<Envelope>? Stash { get; set; }

    public DateTimeOffset LastActiveAt { get; set; }
}
