using ActorOrchestrator.Actors.Telemetry;
using Microsoft.Data.Sqlite;

namespace ActorOrchestrator.Actors.Journal.Sqlite;

/// <summary>SQLite's result codes as sentences that say what to do.</summary>
internal static class SqliteFailures
{
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CantOpen = 14;
    private const int NotADatabase = 26;
    private const int Busy = 5;

    public static JournalException Explain(SqliteException failure, string path)
    {
        JournalInstruments.Shared.DatabaseFailed(ReasonOf(failure));
        return failure.SqliteErrorCode == Full
            ? new JournalFullException(
                $"no space left for {path}: free some; writes are refused until then and nothing is lost", failure)
            : new JournalException(Words(failure, path), failure);
    }

    private static string Words(SqliteException failure, string path) => failure.SqliteErrorCode switch
    {
        ReadOnly or CantOpen => $"{path} cannot be written: check that its directory exists and is writable "
            + $"({failure.Message})",
        Corrupt or NotADatabase =>
            $"{path} is damaged ({failure.Message}): restore it from a backup, or move it away "
            + "to start empty; it was not changed",
        Busy => $"{path} is in use by another process",
        InputOutput => $"reading or writing {path} failed: {failure.Message}; check the disk",
        _ => $"{path}: {failure.Message}",
    };

    private static string ReasonOf(SqliteException failure) => failure.SqliteErrorCode switch
    {
        Full => DatabaseErrors.DiskFull,
        ReadOnly or CantOpen => DatabaseErrors.AccessDenied,
        Corrupt or NotADatabase => DatabaseErrors.Damaged,
        Busy => DatabaseErrors.LockTimeout,
        InputOutput => DatabaseErrors.Unreachable,
        _ => DatabaseErrors.Other,
    };
}
