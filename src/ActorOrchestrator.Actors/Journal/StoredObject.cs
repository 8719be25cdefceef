using ActorOrchestrator.Actors.Serialization;
using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors.Journal;

/// <summary>One object as the tables have it, for what has to be known before the journal is folded.</summary>
public static class StoredObject
{
    /// <returns>Null when there is none.</returns>
    /// <exception cref="JournalException">It cannot be read.</exception>
    public static async Task<KubeObject?> ReadAsync(IJournalStore store, EntityKey key)
    {
        var id = $"{key}";
        KubeObject? found = null;
        var first = 1L;
        if (await store.LoadSnapshotAsync(id, long.MaxValue) is { } snapshot)
        {
            found = Fold(null, EntryFormat.DecodeSnapshot(snapshot.Manifest, snapshot.Payload).History);
            first = snapshot.SequenceNr + 1;
        }

        foreach (var row in await store.ReadEntityAsync(id, first, long.MaxValue))
        {
            found = Fold(found, EntryFormat.Decode(row.Manifest, row.Payload).Events);
        }

        return found;
    }

    private static KubeObject? Fold(KubeObject? value, IReadOnlyList<DomainEvent> events) => events
        .Where(@event => @event.Scope == EventScope.Object).Aggregate(value, ObjectFold.Apply);
}
