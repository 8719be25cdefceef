using System.Text;
using ActorOrchestrator.Actors.Serialization;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.TestKit;

/// <summary>What every behaviour owes to the engine, whatever its kind; held after each step of a story.</summary>
internal sealed class EntityLaws(IBehavior behavior, EntityKey key)
{
    /// <summary>The state as a snapshot would hold it.</summary>
    public string Picture(object state) => string.Join('\n', behavior.History(state).Select(Text));

    /// <summary>Decides the same on the same state, and leaves the state alone.</summary>
    /// <exception cref="TestKitException">It does not.</exception>
    public void HoldPure(string on, string before, object state, Decision decision, Func<Decision> again)
    {
        if (Picture(state) is var after && after != before)
        {
            throw new TestKitException(
                $"on {on} Decide changed the state, which only Apply may:\n  before {before}\n  after  {after}");
        }

        var (first, second) = (Shown.Decided(decision), Shown.Decided(again()));
        if (first != second)
        {
            throw new TestKitException($"on {on} it decides now this, now that:\n{first}\nand then\n{second}");
        }
    }

    /// <summary>The log, written and read, gives the state that is there live; so does its snapshot.</summary>
    /// <exception cref="TestKitException">It does not.</exception>
    public void HoldReplay(string on, IReadOnlyList<DomainEvent> journal, object live)
    {
        var expected = Picture(live);
        Hold("its log", Replay(journal));
        Hold("its snapshot", Replay(behavior.History(live)));

        void Hold(string what, object replayed)
        {
            if (Picture(replayed) is var picture && picture != expected)
            {
                throw new TestKitException(
                    $"after {on} {what} folds to another state than the live one:\n  live     {expected}\n"
                    + $"  replayed {picture}");
            }
        }
    }

    /// <summary>Folds events as they come back from the log.</summary>
    public object Replay(IReadOnlyList<DomainEvent> journal)
    {
        var state = behavior.Empty;
        foreach (var @event in journal)
        {
            var (manifest, payload) = EventCodec.Encode(@event);
            state = behavior.Apply(state, EventCodec.Decode(key.Resource, manifest, payload.Span));
        }

        return state;
    }

    private static string Text(DomainEvent @event)
    {
        var (manifest, payload) = EventCodec.Encode(@event);
        return $"{manifest} {Encoding.UTF8.GetString(payload.Span)}";
    }
}
