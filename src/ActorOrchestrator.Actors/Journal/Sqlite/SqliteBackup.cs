using Microsoft.Data.Sqlite;

namespace ActorOrchestrator.Actors.Journal.Sqlite;

/// <summary>Copies of the journal's file, and what a restored one needs before it is served.</summary>
public static class SqliteBackup
{
    /// <summary>How many orderings a restored journal leaves out: more than could be handed out between a backup and
    /// the loss of what it is of, so that none is handed out twice. At a thousand rows a second, seven weeks.
    /// </summary>
    public const long OrderingsLeftOut = 1L << 32;

    /// <summary>Copies what is committed now, while a server may go on writing.</summary>
    /// <returns>The copy's last ordering.</returns>
    /// <exception cref="JournalException">The journal cannot be read, or the copy cannot be written or is not
    /// whole.</exception>
    public static long Copy(string journal, string copy)
    {
        try
        {
            using (var from = Open(journal))
            using (var to = new SqliteConnection(SqliteJournalStore.ConnectionString(copy)))
            {
                to.Open();
                from.BackupDatabase(to);

                // One file, without a log beside it.
                SqliteJournalStore.Scalar(to, "PRAGMA journal_mode = DELETE");
            }

            return Check(copy);
        }
        catch (SqliteException failure)
        {
            throw SqliteFailures.Explain(failure, journal);
        }
    }

    /// <summary>Looks at every page of a copy.</summary>
    /// <returns>Its last ordering.</returns>
    /// <exception cref="JournalException">It is damaged, or no journal.</exception>
    public static long Check(string copy)
    {
        try
        {
            using var connection = Open(copy);
            var found = SqliteJournalStore.Scalar(connection, "PRAGMA integrity_check") as string;
            return found == "ok"
                ? SqliteJournalStore.Last(connection)
                : throw new JournalException($"{copy} is damaged: {found}");
        }
        catch (SqliteException failure)
        {
            throw SqliteFailures.Explain(failure, copy);
        }
    }

    /// <summary>
    /// Has a restored journal go on behind everything that clients may have seen: whoever watches or lists from a
    /// resourceVersion of the time between the backup and the loss gets 410, and lists anew, instead of other changes
    /// under the numbers of those that are lost.
    /// <code>
    ///   backup up to 700 │ lost: 701 … 950 │ left out … │ restored: floor, then new rows
    ///   a watch from 400 or 950: 410 ──────────────────►│
    /// </code>
    /// </summary>
    /// <exception cref="JournalException">It is damaged, or cannot be written.</exception>
    public static async Task RaiseFloorAsync(string journal)
    {
        var last = Check(journal);
        using var store = SqliteJournalStore.Open(journal);
        await store.BeginAfterAsync(last + OrderingsLeftOut);
    }

    private static SqliteConnection Open(string path)
    {
        var builder = new SqliteConnectionStringBuilder(SqliteJournalStore.ConnectionString(path))
        {
            Mode = SqliteOpenMode.ReadWrite,
        };
        var connection = new SqliteConnection(builder.ToString());
        connection.Open();
        return connection;
    }
}
