using System.Net.Sockets;
using ActorOrchestrator.Actors.Telemetry;
using ActorOrchestrator.Api;
using Npgsql;

namespace ActorOrchestrator.Actors.Journal.Postgres;

/// <summary>PostgreSQL's failures as sentences that say what to do.</summary>
public static class PostgresFailures
{
    /// <summary>read_only_sql_transaction.</summary>
    private const string ReadOnly = "25006";

    private const string DiskFull = "53100";

    /// <summary>Whether the server stays what it is for as long as connections to it last.</summary>
    public static bool IsStandby(Exception failure) => failure is PostgresException { SqlState: ReadOnly };

    /// <summary>The driver has no code for it.</summary>
    public static bool LacksPassword(Exception failure) => failure is NpgsqlException and not PostgresException
        && failure.Message.StartsWith("No password has been provided", StringComparison.Ordinal);

    /// <param name="failure">The driver's, or of the network below it.</param>
    /// <param name="place">Where the database is, for people.</param>
    internal static JournalException Explain(Exception failure, string place)
    {
        JournalInstruments.Shared.DatabaseFailed(ReasonOf(failure));
        return failure is PostgresException { SqlState: DiskFull }
            ? new JournalFullException("the database's disk is full: free some space there", failure)
            : new JournalException(Words(failure, place), failure);
    }

    /// <summary>Where a connection leads, without who goes there.</summary>
    public static string PlaceOf(string connection)
    {
        var builder = new NpgsqlConnectionStringBuilder(connection);
        return $"{builder.Host}:{builder.Port}";
    }

    /// <param name="failure">The driver's, or of the network below it.</param>
    /// <param name="place">Where the database is, for people.</param>
    public static string Words(Exception failure, string place) => failure switch
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
        TimeoutException or { InnerException: TimeoutException } => $"the database at {place} did not answer in time",
        _ when LacksPassword(failure) =>
            "the database wants a password, and none was given: it belongs into the address of the journal, or "
            + "PGPASSWORD",
        _ when failure.GetBaseException() is SocketException { SocketErrorCode: SocketError.HostNotFound
            or SocketError.TryAgain or SocketError.NoData } =>
            $"no address is found for the name of the database's host, {place}: look at journal.connection, and at "
            + "the machine's name servers",
        NpgsqlException { InnerException: { } cause } =>
            $"the database at {place} cannot be reached: {FailureWords.Of(cause)}",
        _ => $"the database at {place} cannot be reached: {FailureWords.Of(failure)}",
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
