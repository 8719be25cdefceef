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
    public Task<long> HighestSequenceNrAsync(string persistenceId) => Tail.KnowsAll
        ? Task.FromResult(Tail.Find(persistenceId).SequenceNr)
        : Store.HighestSequenceNrAsync(persistenceId);
}
