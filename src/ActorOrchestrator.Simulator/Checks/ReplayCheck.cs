using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Events;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Simulator.Journal;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// What a new life reads from the log is what the former one had: every entity (objects and private bookkeeping),
/// folded from the bytes of snapshots and events, is the same as folded from the events as they were decided. Judged at
/// each start of a control plane, which is when it matters, and at the end.
/// </summary>
internal sealed class ReplayCheck : Check
{
    private readonly Behaviors _behaviors = Behaviors.Standard(NodeSettings.Default);
    private readonly SortedDictionary<string, Folded> _live = new(StringComparer.Ordinal);

    public override string Guarantee => "replay";

    public override void OnCommit(IReadOnlyList<StoredRow> rows)
    {
        foreach (var entry in request.Entries)
        {
            Fold(_live, entry.PersistenceId, (DomainEvent)entry.Event, entry.IsVersioned ? entry.Sequence : null);
        }
    }

    public override void OnRestart() => HoldReplay();

    public override void AtEnd() => HoldReplay();

    private void HoldReplay()
    {
        var replayed = Replay();
        foreach (var (id, live) in _live)
        {
            if (!replayed.Remove(id, out var read))
            {
                Violate($"{id} is not in the log any more; it has {live}");
                continue;
            }

            if (read.Version != live.Version)
            {
                Violate($"{id} has version {read.Version} by the log, and should have {live.Version}");
            }

            if (!live.History.SequenceEqual(read.History) && Difference(live, read) is { } difference)
            {
                Violate($"{id} reads otherwise from the log than it was decided:\n  {difference}");
            }
        }

        if (replayed.Count > 0)
        {
            Violate($"the log has {string.Join(", ", replayed.Keys)}, which should be gone");
        }
    }

    private SortedDictionary<string, Folded> Replay()
    {
        var states = new SortedDictionary<string, Folded>(StringComparer.Ordinal);
        foreach (var snapshot in World.Tables.Snapshots)
        {
            foreach (var (manifest, payload) in SnapshotFormat.Events(
                snapshot.PersistenceId, snapshot.Payload ?? ReadOnlyMemory<byte>.Empty))
            {
                Fold(states, snapshot.PersistenceId, Decode(snapshot.PersistenceId, manifest, payload), null);
            }

            if (states.TryGetValue(snapshot.PersistenceId, out var state))
            {
                states[snapshot.PersistenceId] = state with { Version = snapshot.Version };
            }
        }

        foreach (var stored in World.Tables.EventsAfter(World.Tables.CompactedThrough))
        {
            var decided = Decode(stored.PersistenceId, stored.Manifest, stored.Payload);
            Fold(states, stored.PersistenceId, decided, stored.IsVersioned ? stored.Sequence : null);
        }

        return states;
    }

    private void Fold(
        SortedDictionary<string, Folded> states, string id, DomainEvent decided, long? version)
    {
        if (!states.TryGetValue(id, out var before))
        {
            var behavior = _behaviors.For(EntityKey.Parse(id).Resource);
            before = new Folded(behavior, behavior.Empty, 0);
        }

        var state = before.Behavior.Apply(before.State, decided);
        if (before.Behavior.IsGone(state))
        {
            states.Remove(id);
        }
        else
        {
            states[id] = new Folded(before.Behavior, state, version ?? before.Version);
        }
    }

    private static DomainEvent Decode(string id, string manifest, ReadOnlyMemory<byte> payload) =>
        EventCodec.Decode(EntityKey.Parse(id).Resource, manifest, payload.Span);

    /// <summary>The bytes decide: what differs only between absent and empty is written alike.</summary>
    private static string? Difference(Folded live, Folded read)
    {
        var (expected, actual) = (live.Encoded(), read.Encoded());
        for (var i = 0; i < Math.Max(expected.Count, actual.Count); i++)
        {
            var (one, other) = (expected.ElementAtOrDefault(i), actual.ElementAtOrDefault(i));
            if (one != other)
            {
                return $"decided {one ?? "nothing"}\n  stored {other ?? "nothing"}";
            }
        }

        return null;
    }

    private sealed record Folded(IBehavior Behavior, object State, long Version)
    {
        public IReadOnlyList<DomainEvent> History => Behavior.History(State);

        public List<string> Encoded() => History.Select(EventCodec.Encode)
            .Select(entry => $"{entry.Manifest} {System.Text.Encoding.UTF8.GetString(entry.Payload.Span)}").ToList();

        public override string ToString() => string.Join("; ", Encoded());
    }
}
