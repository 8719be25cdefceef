using ActorOrchestrator.Simulator.Journal;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// Of an entity activated twice at most one commits: its rows are one history, numbered without gap or repeat, and
/// whoever wrote a row had seen the one before it. Orderings grow from commit to commit.
/// </summary>
internal sealed class FencingCheck : Check
{
    private readonly Dictionary<string, StoredRow> _last = new(StringComparer.Ordinal);
    private long _ordering;

    public override string Guarantee => "G2";

    /// <summary>Before anything is judged by what the rows say.</summary>
    public override void OnStored(IReadOnlyList<StoredRow> rows)
    {
        foreach (var stored in rows)
        {
            HoldOrdering(stored);
            HoldHistory(stored);
            _last[stored.Row.PersistenceId] = stored;
        }
    }

    private void HoldOrdering(StoredRow stored)
    {
        if (stored.Row.Ordering <= _ordering)
        {
            Violate($"{stored.Row.PersistenceId} got ordering {stored.Row.Ordering} after {_ordering}");
        }

        _ordering = stored.Row.Ordering;
    }

    /// <summary>The rows of an entity that is gone may have been removed: then its numbers begin anew.</summary>
    private void HoldHistory(StoredRow stored)
    {
        var row = stored.Row;
        var before = _last.GetValueOrDefault(row.PersistenceId)?.Row.SequenceNr ?? 0;
        var isAnew = row.SequenceNr == 1 && World.Tables.Entity(row.PersistenceId, 2, long.MaxValue).Count == 0;
        if (row.SequenceNr != before + 1 && !isAnew)
        {
            Violate($"{row.PersistenceId} got row {row.SequenceNr} after {before}, by {stored.Process}");
        }

        if (stored.Seen != row.SequenceNr - 1)
        {
            Violate($"{row.PersistenceId}: row {row.SequenceNr} was decided by {stored.Process}, which had seen the "
                + $"entity up to row {stored.Seen}");
        }
    }
}
