namespace ActorOrchestrator.Actors.Journal.Sqlite;

public sealed partial class SqliteJournalStore
{
    private const string OneEntity = "= $2";

    /// <summary>SQLite has one writer: between two steps of a trim, commits that waited have their turn.</summary>
    private static readonly TimeSpan BetweenSteps = TimeSpan.FromMilliseconds(5);

    private static readonly string SaveSnapshot = RetentionSql.SaveSnapshot(hold: "");
    private static readonly string RemoveGoneSnapshots = RetentionSql.RemoveGoneSnapshots(OneEntity);
    private static readonly string RemoveGoneRows = RetentionSql.RemoveGoneRows(OneEntity);
    private static readonly string RemoveOldSnapshots = RetentionSql.RemoveOldSnapshots(OneEntity);
    private static readonly string RemoveCoveredRows = RetentionSql.RemoveCoveredRows(OneEntity);

    public async Task<long> TrimAsync(long floor, IReadOnlyCollection<string> gone)
    {
        var goneOnes = gone.ToHashSet(StringComparer.Ordinal);
        var (reached, removed) = ((await BoundsAsync()).Floor, 0L);
        while (reached < floor)
        {
            lock (_writing)
            {
                (reached, var rows) = Guard(() => TrimStep(reached, floor, goneOnes));
                removed += rows;
            }

            await Task.Delay(BetweenSteps);
        }

        return removed;
    }

    public Task BeginAfterAsync(long ordering)
    {
        lock (_writing)
        {
            return Task.FromResult(Guard(() =>
            {
                using var transaction = _connection.BeginTransaction(deferred: false);
                Execute(
                    _connection, transaction, "UPDATE sqlite_sequence SET seq = max(seq, $1) WHERE name = 'journal'",
                    ordering);
                Execute(_connection, transaction, RetentionSql.LowerFloors, ordering);
                Execute(_connection, transaction, RetentionSql.Floor, ordering);
                transaction.Commit();
                return _last = Math.Max(_last, ordering);
            }));
        }
    }

    /// <returns>The floor that was reached, and how many rows were removed.</returns>
    private (long Reached, long Rows) TrimStep(long from, long floor, HashSet<string> gone)
    {
        using var transaction = _connection.BeginTransaction(deferred: false);
        var to = Scalar(_connection, RetentionSql.NextFloor, floor, from) as long? ?? floor;
        var removed = 0L;
        long Remove(string sql, string persistenceId) => Execute(_connection, transaction, sql, to, persistenceId);
        foreach (var persistenceId in Query(
            _connection, RetentionSql.EntitiesPassed, [to, from], row => row.GetString(0)).ToList())
        {
            if (gone.Contains(persistenceId) && Remove(RemoveGoneRows, persistenceId) is > 0 and var rows)
            {
                removed += rows;
                Remove(RemoveGoneSnapshots, persistenceId);
            }

            Remove(RemoveOldSnapshots, persistenceId);
            removed += Remove(RemoveCoveredRows, persistenceId);
        }

        Execute(_connection, transaction, RetentionSql.LowerFloors, to);
        Execute(_connection, transaction, RetentionSql.Floor, to);
        transaction.Commit();
        return (to, removed);
    }
}
