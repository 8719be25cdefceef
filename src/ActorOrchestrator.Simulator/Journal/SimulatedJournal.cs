using System.Runtime.CompilerServices;
using ActorOrchestrator.Actors.Journal;
using Akka.Actor;
using Akka.Persistence;

namespace ActorOrchestrator.Simulator.Journal;

/// <summary>
/// The journal plugin of simulated actor systems. It speaks Akka.Persistence's protocol itself, for Akka's own base
/// class goes on in the thread pool; what it does is what <see cref="SqlJournal"/> does, by the same writer and tail.
/// </summary>
internal sealed class SimulatedJournal : UntypedActor
{
    private readonly JournalSetup _setup = Context.System.Settings.Setup.Get<JournalSetup>().Value;

    /// <summary>What each activation has seen of its entity's rows, for the check of that.</summary>
    private readonly ConditionalWeakTable<IActorRef, object> _seen = [];

    private SimulatedJournalStore Store => (SimulatedJournalStore)_setup.Store;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case WriteMessages write:
                _ = WriteAsync(write, JournalSetup.RowOf(write), Self);
                break;
            case ReplayMessages replay:
                _ = ReplayAsync(replay);
                break;
            default:
                throw new NotSupportedException($"nobody asks a journal for {message.GetType().Name}");
        }
    }

    private async Task WriteAsync(WriteMessages write, IPersistentRepresentation row, IActorRef self)
    {
        Store.NoteSeen(
            (JournalEntry)row.Payload, _seen.TryGetValue(write.PersistentActor, out var seen) ? (long)seen : 0);
        var failure = await _setup.WriteAsync(row);
        if (failure is null)
        {
            _seen.AddOrUpdate(write.PersistentActor, row.SequenceNr);
        }

        JournalSetup.Answer(write, row, failure, self);
    }

    private async Task ReplayAsync(ReplayMessages replay)
    {
        var asker = replay.PersistentActor;
        try
        {
            var known = Math.Max(replay.FromSequenceNr - 1, 0);
            var highest = await _setup.HighestSequenceNrAsync(replay.PersistenceId, known);
            var last = Math.Min(replay.ToSequenceNr, highest);
            var seen = known;
            if (last > known)
            {
                foreach (var row in await _setup.ReadEntityAsync(replay.PersistenceId, known + 1, last))
                {
                    seen = seen == 0 || row.SequenceNr == seen + 1 ? row.SequenceNr : seen;
                    asker.Tell(new ReplayedMessage(row), ActorRefs.NoSender);
                }
            }

            // Of one that is gone there may be no rows any more: who knows that has seen all there was.
            _seen.AddOrUpdate(asker, seen == 0 ? highest : seen);
            asker.Tell(new RecoverySuccess(highest), ActorRefs.NoSender);
        }
        catch (JournalException failure)
        {
            asker.Tell(new ReplayMessagesFailure(failure), ActorRefs.NoSender);
        }
    }
}
