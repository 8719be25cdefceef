using ActorOrchestrator.Actors.Serialization;
using Npgsql;
using NpgsqlTypes;

namespace ActorOrchestrator.Actors.Journal.Postgres;

/// <summary>
/// A commit as a procedure of the database's. All of a group is there before the lock is taken, and the lock is given
/// back before the member is answered, so a member that freezes or dies at any word of the protocol keeps nobody else
/// waiting. A batch of statements would not do: rows of it come while the lock is held, and its transaction ends only
/// when the member says so.
/// </summary>
internal static class PostgresCommit
{
    /// <summary>Any number, the same on all members: whoever commits holds it.</summary>
    public const long Lock = 7_301_001;

    /// <summary>A row is stored only if the entity's last one is the one that it follows on: of numbers alone those of
    /// a former life of the entity, whose rows retention removed, could be the same. A database that answers before it
    /// has flushed is told to flush first; what is stricter than that stays.</summary>
    public static readonly string Procedure =
        $"""
        CREATE OR REPLACE PROCEDURE journal_commit(
            serializer integer, pids text[], numbers bigint[], messages bytea[], manifests text[], writers text[],
            times bigint[], followed bigint[], INOUT previous bigint, INOUT orderings bigint[], INOUT stored text[])
        LANGUAGE plpgsql AS $body$ BEGIN
            IF current_setting('synchronous_commit') = 'off' THEN
                SET LOCAL synchronous_commit = on;
            END IF;
            SET LOCAL lock_timeout = '10s';
            PERFORM pg_advisory_xact_lock({Lock});
            SELECT greatest(coalesce(max(j.ordering), 0), (SELECT coalesce(max(f.ordering), 0) FROM watch_floor f))
                INTO previous FROM journal j;
            WITH inserted AS (
                INSERT INTO journal
                    (created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid)
                SELECT r.made, false, r.pid, r.nr, r.body, r.format, serializer, r.writer
                FROM unnest(pids, numbers, messages, manifests, writers, times, followed) WITH ORDINALITY
                    AS r(pid, nr, body, format, writer, made, follows, place)
                WHERE (r.nr = 1) = (r.follows = 0) AND r.follows = coalesce((
                    SELECT p.ordering FROM journal p WHERE p.persistence_id = r.pid
                    ORDER BY p.sequence_number DESC LIMIT 1), 0)
                ORDER BY r.place
                ON CONFLICT DO NOTHING
                RETURNING ordering, persistence_id)
            SELECT array_agg(i.ordering), array_agg(i.persistence_id) INTO orderings, stored FROM inserted i;
            COMMIT;
        END $body$
        """;

    public static NpgsqlCommand Of(IReadOnlyList<JournalWrite> writes, PostgresSource source)
    {
        var call = source.Command("CALL journal_commit($1, $2, $3, $4, $5, $6, $7, $8, NULL, NULL, NULL)");
        void Add(object value, NpgsqlDbType type) =>
            call.Parameters.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = type });
        Add(JournalSerializer.Id, NpgsqlDbType.Integer);
        Add(writes.Select(write => write.PersistenceId).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);
        Add(writes.Select(write => write.SequenceNr).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bigint);
        Add(
            writes.Select(write => write.Entry.Encoded.Payload.ToArray()).ToArray(),
            NpgsqlDbType.Array | NpgsqlDbType.Bytea);
        Add(writes.Select(write => write.Entry.Encoded.Manifest).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);
        Add(writes.Select(write => write.Writer).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);
        Add(writes.Select(write => write.CreatedMilliseconds).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bigint);
        Add(writes.Select(write => write.Entry.Follows).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bigint);
        return call;
    }

    /// <summary>Gives each row that was stored its ordering.</summary>
    /// <param name="writes">The group.</param>
    /// <param name="answer">The procedure's.</param>
    public static async Task<CommitOutcome> OutcomeAsync(IReadOnlyList<JournalWrite> writes, NpgsqlDataReader answer)
    {
        await answer.ReadAsync();
        var stored = new Dictionary<string, long>(StringComparer.Ordinal);
        if (!await answer.IsDBNullAsync(1))
        {
            foreach (var (ordering, id) in answer.GetFieldValue<long[]>(1).Zip(answer.GetFieldValue<string[]>(2)))
            {
                stored.Add(id, ordering);
            }
        }

        return new CommitOutcome(answer.GetInt64(0), [.. writes.Where(write => !IsStored(write, stored))]);
    }

    /// <summary>An entity has at most one row in a group, so the persistence id tells which row it is.</summary>
    private static bool IsStored(JournalWrite write, Dictionary<string, long> stored)
    {
        if (!stored.Remove(write.PersistenceId, out var ordering))
        {
            return false;
        }

        write.Entry.Ordering = ordering;
        return true;
    }
}
