using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Hosting;

namespace ActorOrchestrator.Actors.Journal.Postgres;

/// <summary>The members, in tables beside the journal's.</summary>
public sealed class PostgresMembers : IMemberTable, IDisposable
{
    /// <summary>Below the journal's own time-outs: it is asked again a second later.</summary>
    private const int SecondsMax = 5;

    /// <summary>Of a table that is made by several at once PostgreSQL complains.</summary>
    private static readonly string Tables =
        $"""
        SELECT pg_advisory_xact_lock({PostgresCommit.Lock});
        CREATE TABLE IF NOT EXISTS cluster_identity (
            one boolean PRIMARY KEY DEFAULT true CHECK (one), id uuid NOT NULL, incarnation bigint NOT NULL);
        CREATE TABLE IF NOT EXISTS cluster_member (
            address text PRIMARY KEY, node text NOT NULL, roles text NOT NULL, version text NOT NULL,
            since timestamptz NOT NULL, seen timestamptz NOT NULL, has_left boolean NOT NULL);
        """;

    private const string Row = "(address, node, roles, version, since, seen, has_left)";

    private const string OrRenew =
        "ON CONFLICT (address) DO UPDATE SET node = excluded.node, roles = excluded.roles, version = excluded.version, "
        + "since = CASE WHEN $6 THEN now() ELSE known.since END, seen = now(), has_left = false";

    private readonly PostgresSource _source;

    /// <exception cref="JournalException">It is no connection string.</exception>
    public PostgresMembers(string connectionString)
    {
        try
        {
            _source = new PostgresSource(connectionString, own =>
            {
                (own.ApplicationName, own.MaxPoolSize) = ("actor-orchestrator-members", 2);
                own.Timeout = own.CommandTimeout = SecondsMax;
            });
        }
        catch (ArgumentException wrong)
        {
            throw new JournalException($"this is no connection to PostgreSQL: {wrong.Message}", wrong);
        }
    }

    public Task PrepareAsync(CancellationToken cancellation) => _source.GuardAsync(async () =>
    {
        await using (var tables = _source.Command(Tables))
        {
            await tables.ExecuteNonQueryAsync(cancellation);
        }

        await using var identity = _source.Command(
            "INSERT INTO cluster_identity (id, incarnation) VALUES ($1, 0) ON CONFLICT DO NOTHING",
            Guid.Parse(new RandomIds().NewUid()));
        return await identity.ExecuteNonQueryAsync(cancellation);
    });

    public Task<MemberList> ReadAsync(CancellationToken cancellation) => _source.GuardAsync(async () =>
    {
        await using var command = _source.Command(
            "SELECT i.id, i.incarnation, now(), m.address, m.node, m.roles, m.version, m.since, m.seen, m.has_left "
            + "FROM cluster_identity i LEFT JOIN cluster_member m ON true ORDER BY m.address");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var list = new MemberList(Guid.Empty, 0, default, []);
        var members = new List<MemberRow>();
        while (await reader.ReadAsync(cancellation))
        {
            list = new(reader.GetGuid(0), reader.GetInt64(1), Time(2), members);
            if (!await reader.IsDBNullAsync(3, cancellation))
            {
                members.Add(new(reader.GetString(3), reader.GetString(4), reader.GetString(5), reader.GetString(6))
                {
                    Since = Time(7), Seen = Time(8), HasLeft = reader.GetBoolean(9),
                });
            }
        }

        return list;

        DateTimeOffset Time(int column) => reader.GetFieldValue<DateTimeOffset>(column);
    });

    public Task<long?> BeginAsync(
        MemberRow self, long incarnation, DateTimeOffset? lastHeard, CancellationToken cancellation) =>
        _source.GuardAsync(async () =>
        {
            await using var command = _source.Command(
                $"""
                WITH begun AS (
                    UPDATE cluster_identity SET incarnation = incarnation + 1
                    WHERE incarnation = $5 AND NOT EXISTS (SELECT 1 FROM cluster_member
                        WHERE address <> $1 AND NOT has_left AND ($7::timestamptz IS NULL OR seen > $7))
                    RETURNING incarnation), stored AS (
                    INSERT INTO cluster_member AS known {Row}
                    SELECT $1, $2, $3, $4, now(), now(), false FROM begun
                    {OrRenew})
                SELECT incarnation FROM begun
                """,
                self.Address, self.Node, self.Roles, self.Version, incarnation, true,
                (object?)lastHeard?.ToUniversalTime() ?? DBNull.Value);
            return (long?)await command.ExecuteScalarAsync(cancellation);
        });

    public Task<bool> BeatAsync(
        MemberRow self, long? incarnation, bool isFirst, CancellationToken cancellation) =>
        _source.GuardAsync(async () =>
        {
            await using var command = _source.Command(
                $"""
                INSERT INTO cluster_member AS known {Row}
                SELECT $1, $2, $3, $4, now(), now(), false FROM cluster_identity
                WHERE $5::bigint IS NULL OR incarnation = $5
                {OrRenew}
                """,
                self.Address, self.Node, self.Roles, self.Version, (object?)incarnation ?? DBNull.Value, isFirst);
            return await command.ExecuteNonQueryAsync(cancellation) == 1;
        });

    public Task LeaveAsync(string address, CancellationToken cancellation) => ExecuteAsync(
        "UPDATE cluster_member SET has_left = true WHERE address = $1", address, cancellation);

    public Task<bool> RemoveAsync(string address, CancellationToken cancellation) =>
        ExecuteAsync("DELETE FROM cluster_member WHERE address = $1", address, cancellation);

    public void Dispose() => _source.Dispose();

    private Task<bool> ExecuteAsync(string sql, string address, CancellationToken cancellation) =>
        _source.GuardAsync(async () =>
        {
            await using var command = _source.Command(sql, address);
            return await command.ExecuteNonQueryAsync(cancellation) > 0;
        });
}
