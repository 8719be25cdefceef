using ActorOrchestrator.Actors.Serialization;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Sql.Snapshot;

namespace ActorOrchestrator.Actors.Journal;

/// <summary>The plugin's snapshot store; it loads and saves by the journal's own connection, with one statement
/// each.</summary>
public sealed class SqlSnapshots : SqlSnapshotStore
{
    private readonly JournalSetup _setup;

    public SqlSnapshots(Config config) : base(config) =>
        _setup = Context.System.Settings.Setup.Get<JournalSetup>().Value;

    protected override async Task<SelectedSnapshot?> LoadAsync(
        string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        (await _setup.Store.LoadSnapshotAsync(persistenceId, criteria.MaxSequenceNr).ConfigureAwait(false))
            ?.ToSelected();

    protected override Task SaveAsync(
        SnapshotMetadata metadata, object snapshot, CancellationToken cancellationToken) =>
        _setup.SaveSnapshotAsync(metadata, (EntitySnapshot)snapshot);
}
