using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Sql.Journal;

namespace ActorOrchestrator.Actors.Journal;

/// <summary>
/// The plugin's journal with another way to the tables: writes of all entities go by one <see cref="JournalWriter"/>,
/// and recovery reads an entity's rows with one query, or with none where the tail knows that there are none. Tables,
/// rows, deletes and all of the persistence protocol stay the plugin's.
/// </summary>
public sealed class SqlJournal : SqlWriteJournal
{
    private readonly JournalSetup _setup;

    public SqlJournal(Config config) : base(config) => _setup = Context.System.Settings.Setup.Get<JournalSetup>().Value;

    /// <summary>Each write comes from one entity and holds one row: entities persist a decision at a time. A refused
    /// row is a rejection, which leaves Akka's circuit breaker alone: it says nothing of the database.</summary>
    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(
        IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        try
        {
            await _setup.WriteAsync(JournalSetup.RowOf(messages)).ConfigureAwait(false);

            // Akka's word for: none was refused.
            return null!;
        }
        catch (FencedException fenced)
        {
            return [fenced];
        }
    }

    public override Task<long> ReadHighestSequenceNrAsync(
        string persistenceId, long fromSequenceNr, CancellationToken cancellationToken) =>
        _setup.HighestSequenceNrAsync(persistenceId);

    public override async Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max,
        Action<IPersistentRepresentation> recoveryCallback)
    {
        foreach (var row in await _setup.Store.ReadEntityAsync(persistenceId, fromSequenceNr, toSequenceNr)
            .ConfigureAwait(false))
        {
            recoveryCallback(row.ToPersistent());
        }
    }
}
