using System.Net.Sockets;
using ActorOrchestrator.Actors.Telemetry;
using Npgsql;

namespace ActorOrchestrator.Actors.Journal.Postgres;

/// <summary>PostgreSQL's failures as sentences that say what to do.</summary>
internal static class PostgresFailures
{
    /// <summary>read_only_sql_transaction.</summary>
    private const string ReadOnly = "25006";

    private const string DiskFull = "53100";

    /// <summary>Whether the server stays what it is for as long as connections to it last.</summary>
    public static bool IsStandby(Exception failure) => failure is PostgresException { SqlState: ReadOnly };

    /// <summary>The driver has no code for it.</summary>
    public static bool LacksPassword(Exception failure) => failure is NpgsqlException and not PostgresException
        && failure.Message.StartsWith("No password has been provided", StringComparison.Ordinal);

    public static JournalException Explain(Exception failure)
    {
        JournalInstruments.Shared.DatabaseFailed(ReasonOf(failure));
        return failure is PostgresException { SqlState: DiskFull }
            ? new JournalFullException("the database's disk is full: free some space there", failure)
            : new JournalException(Words(failure), failure);
    }

    private static string Words(Exception failure) => failure switch
    {
        PostgresException { SqlState: "28P01" or "28000" } refused =>
            $"the database refuses the user or the password: {refused.MessageText}",
        PostgresException { SqlState: "3D000" } missing =>
            $"{missing.MessageText}: create it, or name another one in journal.connection",
        PostgresException { SqlState: "42P01" or "42883" } missing =>
            $"{missing.MessageText}: the database was emptied under a running server; start it again",
        PostgresException { SqlState: ReadOnly } =>
            "the database takes no writes, as a standby: if another server took over, journal.connection is to "
            + "name both (Host=a,b;Target Session Attributes=read-write)",
        PostgresException { SqlState: "55P03" } =>
            "commits of other members have held the journal for too long: the database does not get on with them",
        PostgresException other => $"the database says: {other.MessageText} ({other.SqlState})",
        TimeoutException or { InnerException: TimeoutException } => "the database did not answer in time",
        _ when LacksPassword(failure) =>
            "the database wants a password, and none was given: it belongs into the address of the journal, or "
            + "PGPASSWORD",
        _ when failure.GetBaseException() is SocketException { SocketErrorCode: SocketError.HostNotFound
            or SocketError.TryAgain or SocketError.NoData } =>
            "the database's host has a name for which no address is found: look at journal.connection, and at the "
            + "machine's name servers",
        _ => $"the database cannot be reached: {failure.Message}",
    };

    private static string ReasonOf(Exception failure) => failure switch
    {
        PostgresException { SqlState: DiskFull } => DatabaseErrors.DiskFull,
        PostgresException { SqlState: "28P01" or "28000" } => DatabaseErrors.AccessDenied,
        PostgresException { SqlState: ReadOnly } => DatabaseErrors.ReadOnly,
        PostgresException { SqlState: "55P03" } => DatabaseErrors.LockTimeout,
        PostgresException => DatabaseErrors.Other,
        TimeoutException or { InnerException: TimeoutException } => DatabaseErrors.Timeout,
        _ => DatabaseErrors.Unreachable,
    };
}
