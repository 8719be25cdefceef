using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Serialization;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Simulator.Journal;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// What a new life reads from the journal is what the former one had: every entity (objects and private bookkeeping),
/// folded from the bytes of snapshots and rows, is the same as folded from the events as they were decided. Read both
/// as an entity does that starts, from its newest snapshot, and as a member does, from the newest one before the floor.
/// Judged at each start of a control plane, which is when it matters, and at the end.
/// </summary>
internal sealed class ReplayCheck : Check
{
    private readonly Behaviors _behaviors = Behaviors.Standard(NodeSettings.Default);
    private readonly SortedDictionary<string, Folded> _live = new(StringComparer.Ordinal);

    public override string Guarantee => "replay";

    public override void OnCommit(IReadOnlyList<StoredRow> rows)
    {
        foreach (var stored in rows)
        {
            Fold(_live, stored.Row, stored.Entry);
        }
    }

    public override void OnRestart() => HoldReplay();

    public override void AtEnd() => HoldReplay();

    private void HoldReplay()
    {
        Hold("as an entity reads it", Replay(long.MaxValue));
        Hold("as a member reads it", Replay(World.Tables.Floor));
    }

    private void Hold(string how, SortedDictionary<string, Folded> replayed)
    {
        foreach (var (id, live) in _live)
        {
            if (!replayed.Remove(id, out var read))
            {
                Violate($"{id}, {how}, is not in the journal any more; it has {live}");
            }

            if (read.Version != live.Version)
            {
                Violate($"{id}, {how}, has version {read.Version}, and should have {live.Version}");
            }

            if (!live.History.SequenceEqual(read.History) && Difference(live, read) is { } difference)
            {
                Violate($"{id}, {how}, is not what was decided:\n  {difference}");
            }
        }

        if (replayed.Count > 0)
        {
            Violate($"the journal, {how}, has {string.Join(", ", replayed.Keys)}, which should be gone");
        }
    }

    /// <summary>Each entity from its newest snapshot that stands on no row after <paramref name="floor"/>.</summary>
    private SortedDictionary<string, Folded> Replay(long floor)
    {
        var states = new SortedDictionary<string, Folded>(StringComparer.Ordinal);
        var bases = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var row in World.Tables.Snapshots)
        {
            var snapshot = EntryFormat.DecodeSnapshot(row.Manifest, row.Payload);
            if (snapshot.Ordering <= floor)
            {
                var behavior = _behaviors.For(snapshot.Resource);
                var state = snapshot.History.Aggregate(behavior.Empty, behavior.Apply);
                states[row.PersistenceId] = new Folded(behavior, state, snapshot.Version);
                bases[row.PersistenceId] = row.SequenceNr;
            }
        }

        foreach (var row in World.Tables.Rows.Select(stored => stored.Row))
        {
            if (row.SequenceNr > bases.GetValueOrDefault(row.PersistenceId))
            {
                Fold(states, row, EntryFormat.Decode(row.Manifest, row.Payload));
            }
        }

        foreach (var gone in states.Where(state => state.Value.IsGone).Select(state => state.Key).ToList())
        {
            states.Remove(gone);
        }

        return states;
    }

    private void Fold(SortedDictionary<string, Folded> states, JournalRow row, JournalEntry entry)
    {
        if (!states.TryGetValue(row.PersistenceId, out var before))
        {
            var behavior = _behaviors.For(EntityKey.Parse(row.PersistenceId).Resource);
            before = new Folded(behavior, behavior.Empty, 0);
        }

        var state = entry.Events.Aggregate(before.State, before.Behavior.Apply);
        var folded = new Folded(before.Behavior, state, entry.ChangesObject ? row.Ordering : before.Version);
        if (folded.IsGone)
        {
            states.Remove(row.PersistenceId);
        }
        else
        {
            states[row.PersistenceId] = folded;
        }
    }

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
        public bool IsGone => Behavior.IsGone(State);

        public IReadOnlyList<DomainEvent> History => Behavior.History(State);

        public List<string> Encoded() => [.. History.Select(EventCodec.Encode)
            .Select(entry => $"{entry.Manifest} {System.Text.Encoding.UTF8.GetString(entry.Payload.Span)}")];

        public override string ToString() => string.Join("; ", Encoded());
    }
}
