using ActorOrchestrator.Actors.Journal.Sealing;
using ActorOrchestrator.Actors.Serialization;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Sql.Snapshot;

namespace ActorOrchestrator.Actors.Journal;

/// <summary>The plugin's snapshot store; it loads by the journal's own connection, with one query, and tells the tail
/// what it saved.</summary>
public sealed class SqlSnapshots : SqlSnapshotStore
{
    private readonly JournalSetup _setup;

    public SqlSnapshots(Config config) : base(config) =>
        _setup = Context.System.Settings.Setup.Get<JournalSetup>().Value;

    protected override async Task<SelectedSnapshot?> LoadAsync(
        string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        (await _setup.Store.LoadSnapshotAsync(persistenceId, criteria.MaxSequenceNr).ConfigureAwait(false))
            ?.ToSelected();

    protected override async Task SaveAsync(
        SnapshotMetadata metadata, object snapshot, CancellationToken cancellationToken)
    {
        var stored = _setup.Store is SealedJournalStore store
            ? store.Stored(metadata.PersistenceId, metadata.SequenceNr, (EntitySnapshot)snapshot)
            : snapshot;
        await base.SaveAsync(metadata, stored, cancellationToken).ConfigureAwait(false);
        _setup.Tail.OnSnapshotSaved(metadata.PersistenceId, metadata.SequenceNr);
    }
}
