namespace ActorOrchestrator.Runtime;

/// <summary>Rebuilds entities from the log: a snapshot each, and the events since.</summary>
internal sealed class LogRecovery(EngineOptions options, int shardCount)
{
    /// <summary>Events told to the listener at once: bounds memory while a long log is read.</summary>
    private const int EventsPerCallMax = 1_000;

    /// <summary>Reads everything into slots by shard, telling the listener on the way.</summary>
    public async Task<IReadOnlyList<IReadOnlyCollection<EntitySlot>>> ReadAllAsync(
        ILogListener listener, CancellationToken cancellation)
    {
        var slots = new Dictionary<string, EntitySlot>(StringComparer.Ordinal);
        var bounds = await options.Log.BoundsAsync(cancellation);
        await foreach (var snapshot in options.Log.ReadSnapshotsAsync(cancellation))
        {
            var slot = Restore(snapshot);
            slots.Add(slot.PersistenceId, slot);
            listener.OnSnapshot(slot.PersistenceId, slot.Version, slot.Entity!);
        }

        listener.OnSnapshotsEnd(bounds.CompactedThrough);
        var told = new List<LogEntry>();
        await foreach (var stored in options.Log.ReadEventsAsync(bounds.CompactedThrough, cancellation))
        {
            var @event = Replay(slots, stored);
            told.Add(new LogEntry(stored.PersistenceId, @event, stored.Manifest, stored.IsVersioned, stored.Payload)
            {
                Sequence = stored.Sequence,
            });
            if (told.Count == EventsPerCallMax)
            {
                listener.OnCommitted(told);
                told = [];
            }
        }

        listener.OnCommitted(told);
        var byShard = slots.Values.ToLookup(slot => ShardRegion.ShardNumber(slot.PersistenceId, shardCount));
        return [.. Enumerable.Range(0, shardCount).Select(shard => Sorted(byShard[shard]))];
    }

    /// <summary>Reads one shard again. The whole log is read for it: a shard is reloaded only after its log failed.
    /// Snapshots and events are read one after the other, so a compaction that comes between the two, whose events
    /// would then be in neither, makes for another reading. Nothing is folded before that is known: half of a history
    /// need not fold.</summary>
    public async Task<IReadOnlyCollection<EntitySlot>> ReadShardAsync(int shard, CancellationToken cancellation)
    {
        while (true)
        {
            var before = await options.Log.BoundsAsync(cancellation);
            var snapshots = new List<StoredSnapshot>();
            await foreach (var snapshot in options.Log.ReadSnapshotsAsync(cancellation))
            {
                if (ShardRegion.ShardNumber(snapshot.PersistenceId, shardCount) == shard)
                {
                    snapshots.Add(snapshot);
                }
            }

            var events = new List<StoredEvent>();
            await foreach (var stored in options.Log.ReadEventsAsync(before.CompactedThrough, cancellation))
            {
                if (ShardRegion.ShardNumber(stored.PersistenceId, shardCount) == shard)
                {
                    events.Add(stored);
                }
            }

            var after = await options.Log.BoundsAsync(cancellation);
            if (after.CompactedThrough == before.CompactedThrough)
            {
                return Sorted(Fold(snapshots, events).Values);
            }
        }
    }

    private Dictionary<string, EntitySlot> Fold(
        IReadOnlyList<StoredSnapshot> snapshots, IReadOnlyList<StoredEvent> events)
    {
        var slots = snapshots.Select(Restore).ToDictionary(slot => slot.PersistenceId, StringComparer.Ordinal);
        foreach (var stored in events)
        {
            Replay(slots, stored);
        }

        return slots;
    }

    /// <summary>Reads one passivated entity back.</summary>
    public async Task<IEntity> ReadEntityAsync(string persistenceId, CancellationToken cancellation)
    {
        var history = await options.Log.ReadEntityAsync(persistenceId, cancellation);
        var slots = new Dictionary<string, EntitySlot>(StringComparer.Ordinal);
        if (history.Snapshot is { } snapshot)
        {
            slots.Add(persistenceId, Restore(snapshot));
        }

        foreach (var stored in history.Events)
        {
            Replay(slots, stored);
        }

        return slots.TryGetValue(persistenceId, out var slot) ? slot.Entity! : options.Host.Create(persistenceId);
    }

    private EntitySlot Restore(StoredSnapshot snapshot) => new(snapshot.PersistenceId)
    {
        Entity = SnapshotFormat.Read(options.Host, snapshot.PersistenceId, snapshot.Payload
            ?? throw new LogException($"the snapshot of {snapshot.PersistenceId} is empty")),
        Version = snapshot.Version,
    };

    private object Replay(Dictionary<string, EntitySlot> slots, StoredEvent stored)
    {
        if (!slots.TryGetValue(stored.PersistenceId, out var slot))
        {
            slot = new EntitySlot(stored.PersistenceId) { Entity = options.Host.Create(stored.PersistenceId) };
            slots.Add(stored.PersistenceId, slot);
        }

        var @event = options.Host.Decode(stored.PersistenceId, stored.Manifest, stored.Payload);
        slot.Entity!.Apply(@event);
        slot.Version = stored.IsVersioned ? stored.Sequence : slot.Version;
        if (slot.Entity.IsGone)
        {
            slots.Remove(stored.PersistenceId);
        }

        return @event;
    }

    private static List<EntitySlot> Sorted(IEnumerable<EntitySlot> slots) =>
        [.. slots.OrderBy(slot => slot.PersistenceId, StringComparer.Ordinal)];
}
