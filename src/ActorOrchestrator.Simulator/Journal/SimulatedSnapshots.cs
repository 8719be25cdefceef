using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Serialization;
using Akka.Actor;
using Akka.Persistence;

namespace ActorOrchestrator.Simulator.Journal;

/// <summary>The snapshot store of simulated actor systems, as <see cref="SqlSnapshots"/> is of real ones.</summary>
internal sealed class SimulatedSnapshots : UntypedActor
{
    private readonly JournalSetup _setup = Context.System.Settings.Setup.Get<JournalSetup>().Value;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LoadSnapshot load when load.Criteria.Equals(SnapshotSelectionCriteria.None):
                Sender.Tell(new LoadSnapshotResult(null, load.ToSequenceNr));
                break;
            case LoadSnapshot load:
                _ = LoadAsync(load, Sender);
                break;
            case SaveSnapshot save:
                _ = SaveAsync(save, Sender);
                break;
            default:
                throw new NotSupportedException($"nobody asks a snapshot store for {message.GetType().Name}");
        }
    }

    private async Task LoadAsync(LoadSnapshot load, IActorRef asker)
    {
        try
        {
            var found = await _setup.Store.LoadSnapshotAsync(
                load.PersistenceId, Math.Min(load.Criteria.MaxSequenceNr, load.ToSequenceNr));
            asker.Tell(new LoadSnapshotResult(found?.ToSelected(), load.ToSequenceNr), ActorRefs.NoSender);
        }
        catch (JournalException failure)
        {
            asker.Tell(new LoadSnapshotFailed(failure), ActorRefs.NoSender);
        }
    }

    private async Task SaveAsync(SaveSnapshot save, IActorRef asker)
    {
        try
        {
            await _setup.SaveSnapshotAsync(save.Metadata, (EntitySnapshot)save.Snapshot);
            asker.Tell(new SaveSnapshotSuccess(save.Metadata), ActorRefs.NoSender);
        }
        catch (JournalException failure)
        {
            asker.Tell(new SaveSnapshotFailure(save.Metadata, failure), ActorRefs.NoSender);
        }
    }
}
