using Npgsql;

namespace ActorOrchestrator.Actors.Journal.Postgres;

/// <summary>What every session of a member's has in common, whatever the database's own defaults say.</summary>
internal static class PostgresSession
{
    /// <summary>A statement sees what was committed before it, not before its transaction; a transaction that its
    /// member left open is ended; and a machine that is gone is noticed.</summary>
    private const string Options =
        @"-c default_transaction_isolation=read\ committed -c idle_in_transaction_session_timeout=10s "
        + "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=25s";

    /// <param name="connection">As in the settings; its own options are kept.</param>
    /// <exception cref="ArgumentException">It is no connection string.</exception>
    public static NpgsqlConnectionStringBuilder Of(string connection)
    {
        // Nothing is set that the next one to use a connection would have to be spared. A database that is gone is
        // noticed by TCP, as by the server's options above: the driver's own keep-alive asks it on a thread of the pool
        // for each idle connection, and blocks that for as long as a command may take.
        var builder = new NpgsqlConnectionStringBuilder(connection)
        {
            ApplicationName = "actor-orchestrator", NoResetOnClose = true, KeepAlive = 0,
        };
        if (builder.Host?.Contains('/', StringComparison.Ordinal) != true)
        {
            // No socket of the machine's own.
            (builder.TcpKeepAlive, builder.TcpKeepAliveTime, builder.TcpKeepAliveInterval) = (true, 10, 5);
        }

        builder.Options = $"{builder.Options} {Options}".TrimStart();
        return builder;
    }
}
