using ActorOrchestrator.Actors.Serialization;
using Akka.Persistence;

namespace ActorOrchestrator.Actors.Journal;

internal static class JournalRows
{
    /// <summary>The row as Akka replays it; its entry knows its ordering.</summary>
    public static IPersistentRepresentation ToPersistent(this JournalRow row)
    {
        var entry = EntryFormat.Decode(row.Manifest, row.Payload);
        entry.Ordering = row.Ordering;
        return new Persistent(entry, row.SequenceNr, row.PersistenceId, row.Manifest);
    }

    public static SelectedSnapshot ToSelected(this SnapshotRow row) => new(
        new SnapshotMetadata(row.PersistenceId, row.SequenceNr, row.Created),
        EntryFormat.DecodeSnapshot(row.Manifest, row.Payload));
}
