using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Serialization;
using Akka.Persistence;
using Akka.Persistence.Snapshot;

namespace ActorOrchestrator.Actors.Tests.Journal;

/// <summary>Keeps snapshots in the <see cref="ScriptedStore"/>, and tells the tail as <see cref="SqlSnapshots"/>
/// does.</summary>
public sealed class ScriptedSnapshots : SnapshotStore
{
    private readonly JournalSetup _setup = Context.System.Settings.Setup.Get<JournalSetup>().Value;

    private ScriptedStore Store => (ScriptedStore)_setup.Store;

    protected override async Task<SelectedSnapshot?> LoadAsync(
        string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        (await Store.LoadSnapshotAsync(persistenceId, criteria.MaxSequenceNr))?.ToSelected();

    protected override Task SaveAsync(SnapshotMetadata metadata, object snapshot, CancellationToken cancellationToken)
    {
        if (Store.SnapshotProblem is { } problem)
        {
            return Task.FromException(new JournalException(problem));
        }

        return _setup.SaveSnapshotAsync(metadata, (EntitySnapshot)snapshot);
    }

    protected override Task DeleteAsync(SnapshotMetadata metadata, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    protected override Task DeleteAsync(
        string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        Task.CompletedTask;
}
