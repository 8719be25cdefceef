using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Sql.Journal;

namespace ActorOrchestrator.Actors.Journal;

/// <summary>
/// The plugin's journal with another way to the tables: writes of all entities go by one <see cref="JournalWriter"/>,
/// and recovery reads an entity's rows with one query, or with none where the tail knows that there are none. Tables,
/// rows and deletes stay the plugin's.
/// </summary>
public sealed class SqlJournal : SqlWriteJournal
{
    private readonly JournalSetup _setup;

    public SqlJournal(Config config) : base(config) => _setup = Context.System.Settings.Setup.Get<JournalSetup>().Value;

    /// <summary>Akka's own way hands answers out in the order of the requests, all entities' together: a row that
    /// overtook others would be answered after them. An entity waits for one row at a time, so each is answered by
    /// itself here. What has no rows yet is told so at once.</summary>
    protected override bool AroundReceive(Receive receive, object message)
    {
        switch (message)
        {
            case WriteMessages write:
                _ = WriteAsync(write, JournalSetup.RowOf(write), Self);
                return true;
            case ReplayMessages replay
                when replay.FromSequenceNr <= 1 && _setup.Tail.KnowsAll
                    && _setup.Tail.Find(replay.PersistenceId).SequenceNr == 0:
                replay.PersistentActor.Tell(new RecoverySuccess(0), ActorRefs.NoSender);
                return true;
            default:
                return base.AroundReceive(receive, message);
        }
    }

    private async Task WriteAsync(WriteMessages write, IPersistentRepresentation row, IActorRef self) =>
        JournalSetup.Answer(write, row, await _setup.WriteAsync(row).ConfigureAwait(false), self);

    /// <exception cref="NotSupportedException">Always: writes go another way, above.</exception>
    protected override Task<IImmutableList<Exception>> WriteMessagesAsync(
        IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task<long> ReadHighestSequenceNrAsync(
        string persistenceId, long fromSequenceNr, CancellationToken cancellationToken) =>
        _setup.HighestSequenceNrAsync(persistenceId, known: fromSequenceNr);

    public override async Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max,
        Action<IPersistentRepresentation> recoveryCallback)
    {
        foreach (var row in await _setup.ReadEntityAsync(persistenceId, fromSequenceNr, toSequenceNr)
            .ConfigureAwait(false))
        {
            recoveryCallback(row);
        }
    }
}
