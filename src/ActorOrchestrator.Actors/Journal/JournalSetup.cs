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

    /// <summary>The one row of a write: an entity persists a decision at a time.</summary>
    public static IPersistentRepresentation RowOf(IEnumerable<IPersistentEnvelope> messages) => messages
        .OfType<AtomicWrite>().SelectMany(write => (IEnumerable<IPersistentRepresentation>)write.Payload).Single();

    /// <summary>Returns when the row is durable and folded; fails as <see cref="JournalWriter.WriteAsync"/>
    /// does.</summary>
    public Task WriteAsync(IPersistentRepresentation row) => Writer.WriteAsync(new JournalWrite(
        row.PersistenceId, row.SequenceNr, (JournalEntry)row.Payload, row.WriterGuid,
        time.GetUtcNow().ToUnixTimeMilliseconds()));

    /// <summary>Where a recovery ends. Of a journal that only this process writes, the tail knows.</summary>
    public Task<long> HighestSequenceNrAsync(string persistenceId) => Tail.KnowsAll
        ? Task.FromResult(Tail.Find(persistenceId).SequenceNr)
        : Store.HighestSequenceNrAsync(persistenceId);
}
