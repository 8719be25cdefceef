using ActorOrchestrator.Actors.Serialization;
using ActorOrchestrator.Domain;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Persistence;

namespace ActorOrchestrator.Actors.Journal;

/// <summary>What the journal plugin, which Akka makes itself, is to work with: handed to the actor system when
/// it is made. The real plugin and the simulator's take the same ways through it.</summary>
public sealed class JournalSetup(IJournalStore store, JournalTail tail, JournalWriter writer, TimeProvider time) : Setup
{
    public IJournalStore Store { get; } = store;

    public JournalTail Tail { get; } = tail;

    public JournalWriter Writer { get; } = writer;

    /// <summary>The one row of a write: an entity persists a decision at a time. Anything else is a bug, which the
    /// journal's actor is to show by failing.</summary>
    public static IPersistentRepresentation RowOf(WriteMessages write) => write.Messages
        .OfType<AtomicWrite>().SelectMany(part => (IEnumerable<IPersistentRepresentation>)part.Payload).Single();

    /// <summary>Returns when the row is durable and folded, or why it is not.</summary>
    public async Task<Exception?> WriteAsync(IPersistentRepresentation row)
    {
        try
        {
            await Writer.WriteAsync(new JournalWrite(
                row.PersistenceId, row.SequenceNr, (JournalEntry)row.Payload, row.WriterGuid,
                time.GetUtcNow().ToUnixTimeMilliseconds()));
            return null;
        }
#pragma warning disable CA1031 // Nobody else would tell the entity, and it would wait for ever.
        catch (Exception failure)
        {
            return failure;
        }
#pragma warning restore CA1031
    }

    /// <summary>Tells the entity what became of its row, in the words of Akka's protocol. A refused row is a rejection,
    /// which says nothing of the database; anything else is a failure.</summary>
    public static void Answer(
        WriteMessages write, IPersistentRepresentation row, Exception? failure, IActorRef journal)
    {
        write.PersistentActor.Tell(
            failure is null or FencedException
                ? WriteMessagesSuccessful.Instance
                : new WriteMessagesFailed(failure, 1), journal);
        write.PersistentActor.Tell(
            failure switch
            {
                null => new WriteMessageSuccess(row, write.ActorInstanceId),
                FencedException => new WriteMessageRejected(row, failure, write.ActorInstanceId),
                _ => new WriteMessageFailure(row, failure, write.ActorInstanceId),
            },
            row.Sender);
    }

    /// <summary>Where a recovery ends. Of a journal that only this process writes, the tail knows.</summary>
    /// <param name="persistenceId">The entity.</param>
    /// <param name="known">The row that its snapshot is of; 0 without one.</param>
    /// <exception cref="JournalException">It cannot be read, or the snapshot is of an entity that is gone.</exception>
    public async Task<long> HighestSequenceNrAsync(string persistenceId, long known)
    {
        var highest = Tail.KnowsAll
            ? Tail.Find(persistenceId).SequenceNr
            : await Store.HighestSequenceNrAsync(persistenceId);
        return highest >= known ? highest : throw Trimmed(persistenceId);
    }

    /// <summary>
    /// The rows of a recovery. Its snapshot was read before, so retention may have removed meanwhile what follows on
    /// that: then it has to begin anew. Without a snapshot an entity's history begins with its creation, whatever
    /// number that row has (an activation may outlive the rows of the entity's former life), and one without any rows
    /// is gone.
    /// </summary>
    /// <exception cref="JournalException">They cannot be read, or some of them are gone.</exception>
    public async Task<IReadOnlyList<IPersistentRepresentation>> ReadEntityAsync(
        string persistenceId, long from, long to)
    {
        var rows = (await Store.ReadEntityAsync(persistenceId, from, to)).Select(row => row.ToPersistent()).ToList();
        if (rows.Count == 0)
        {
            return from == 1 ? rows : throw Trimmed(persistenceId);
        }

        var begins = rows[0].SequenceNr == from
            || (from == 1 && ((JournalEntry)rows[0].Payload).Events[0] is ObjectCreated);
        return begins && rows[^1].SequenceNr == to && to - rows[0].SequenceNr + 1 == rows.Count
            ? rows
            : throw Trimmed(persistenceId);
    }

    /// <summary>Stores a snapshot, and tells the tail.</summary>
    /// <exception cref="JournalException">It could not be stored.</exception>
    public async Task SaveSnapshotAsync(SnapshotMetadata metadata, EntitySnapshot snapshot)
    {
        var (manifest, payload) = EntryFormat.Encode(snapshot);
        var row = new SnapshotRow(
            metadata.PersistenceId, metadata.SequenceNr, metadata.Timestamp, manifest, payload);
        if (await Store.SaveSnapshotAsync(row, snapshot.Ordering))
        {
            Tail.OnSnapshotSaved(metadata.PersistenceId, metadata.SequenceNr);
        }
    }

    private static JournalException Trimmed(string persistenceId) =>
        new($"the journal was trimmed while {persistenceId} was read");
}
