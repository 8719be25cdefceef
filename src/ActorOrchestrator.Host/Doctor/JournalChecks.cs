using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using ActorOrchestrator.Actors.Journal.Postgres;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;
using Npgsql;

namespace ActorOrchestrator.Host.Doctor;

/// <summary>The database of a journal that members share.</summary>
internal static class JournalChecks
{
    private const string Area = "journal";

    private const int TimeoutSeconds = 5;
    private const int Rounds = 5;

    /// <summary>A commit waits for at least one round; a request for a commit.</summary>
    private static readonly TimeSpan RoundMost = TimeSpan.FromMilliseconds(20);

    /// <summary>Leases and certificates go by clocks that are about alike.</summary>
    private static readonly TimeSpan ClockMost = TimeSpan.FromSeconds(1);

    public static async IAsyncEnumerable<Finding> OfAsync(
        ServerSettings settings,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (JournalPlace.Refusal(settings.DataDirectory, settings.Journal) is { } refusal)
        {
            yield return Finding.Fault(
                Area, refusal, "give doctor what the server is given: a server with these settings would not start");
            yield break;
        }

        if (settings.Journal.Provider != JournalSettings.Postgresql)
        {
            yield return Finding.Good(Area, "SQLite, in the data directory: one member, on its own");
            yield break;
        }

        var (connection, problem) = await OpenAsync(settings.Journal.Connection, cancellation);
        if (connection is null)
        {
            yield return Finding.Fault(
                Area, $"the database does not take this machine: {problem}",
                "look at journal.connection, at pg_hba.conf, and whether the database listens on the network "
                    + "(listen_addresses)");
            yield break;
        }

        await using (connection)
        {
            yield return await SpeedAsync(connection, cancellation);
            if (await ClockAsync(connection, cancellation) is { } clock)
            {
                yield return clock;
            }

            if (await RightsAsync(connection, cancellation) is { } rights)
            {
                yield return rights;
            }
        }
    }

    private static async Task<(NpgsqlConnection? Connection, string? Problem)> OpenAsync(
        string text, CancellationToken cancellation)
    {
        NpgsqlConnection? connection = null;
        try
        {
            var builder = new NpgsqlConnectionStringBuilder(text) { Timeout = TimeoutSeconds, Pooling = false };
            connection = new NpgsqlConnection(builder.ConnectionString);
            await connection.OpenAsync(cancellation);
            return (connection, null);
        }
        catch (Exception refused) when (refused is NpgsqlException or ArgumentException or TimeoutException
            or System.Net.Sockets.SocketException)
        {
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }

            return (null, refused is ArgumentException
                ? "its address cannot be read"
                : PostgresFailures.Words(refused, PostgresFailures.PlaceOf(text)));
        }
    }

    private static async Task<Finding> SpeedAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var rounds = new List<TimeSpan>();
        for (var round = 0; round < Rounds; round++)
        {
            var began = Stopwatch.GetTimestamp();
            await ScalarAsync(connection, "SELECT 1", cancellation);
            rounds.Add(Stopwatch.GetElapsedTime(began));
        }

        var middle = rounds.Order().ElementAt(Rounds / 2);
        var sentence = string.Create(CultureInfo.InvariantCulture,
            $"PostgreSQL {connection.PostgreSqlVersion} answers within {middle.TotalMilliseconds:0.0} ms");
        return middle > RoundMost
            ? Finding.Warning(
                Area, sentence, "bring it nearer: every write waits for it more than once")
            : Finding.Good(Area, sentence);
    }

    private static async Task<Finding?> ClockAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var theirs = (DateTime)(await ScalarAsync(connection, "SELECT clock_timestamp()", cancellation))!;
        var apart = (TimeProvider.System.GetUtcNow() - new DateTimeOffset(theirs.ToUniversalTime())).Duration();
        return apart <= ClockMost
            ? null
            : Finding.Warning(
                Area, string.Create(CultureInfo.InvariantCulture,
                    $"its machine's clock and this one's are {apart.TotalSeconds:0.0} s apart"),
                "let both follow a time server (systemd-timesyncd, chrony)");
    }

    private static async Task<Finding?> RightsAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        await ScalarAsync(
            connection, "SELECT has_schema_privilege(current_schema(), 'CREATE')", cancellation) is true
            ? null
            : Finding.Fault(
                Area, "its user may make no tables",
                "make the user the database's owner: ALTER DATABASE … OWNER TO …");

    private static async Task<object?> ScalarAsync(
        NpgsqlConnection connection, string text, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(text, connection) { CommandTimeout = TimeoutSeconds };
        return await command.ExecuteScalarAsync(cancellation);
    }
}
