using ActorOrchestrator.Actors.Serialization;

namespace ActorOrchestrator.Actors.Journal;

/// <summary>
/// What retention removes, in SQL that SQLite and PostgreSQL both read; <c>$1</c> is the floor. A snapshot is from
/// before the floor when none of the rows that it holds is after it. Only such a one removes rows: an entity's state at
/// the floor must stay readable. The newest row of an entity stays, so that a writer's next row has a predecessor.
/// <code>
///   rows      1  2  3  4 │ 5  6          floor after row 4
///   snapshots    2       │ 5             rows 1 and 2 go; row 3 and later stay, and so does the snapshot at 2
/// </code>
/// The floor rises in steps, each a transaction of its own: commits pass between them, and whoever reads the journal
/// meanwhile finds it trimmed to one floor or another, and sees by the floor that it rose. A snapshot comes to be from
/// before the floor only when the floor passes rows of its entity, so a step is about the entities of the rows that it
/// passes.
/// </summary>
internal static class RetentionSql
{
    /// <summary>Rows that the floor passes in one step: some milliseconds.</summary>
    public const int RowsAtOnce = 500;

    /// <summary>How far a step goes that begins at <c>$2</c>; null when there are no rows up to <c>$1</c>.</summary>
    public static readonly string NextFloor =
        "SELECT max(ordering) FROM (SELECT ordering FROM journal WHERE ordering > $2 AND ordering <= $1 "
        + $"ORDER BY ordering LIMIT {RowsAtOnce}) passed";

    /// <summary>The entities of the rows that a step from <c>$2</c> passes.</summary>
    public const string EntitiesPassed =
        "SELECT DISTINCT persistence_id FROM journal WHERE ordering > $2 AND ordering <= $1";

    public const string LowerFloors = "DELETE FROM watch_floor WHERE ordering < $1";

    public const string Floor = "INSERT INTO watch_floor SELECT $1 WHERE NOT EXISTS (SELECT 1 FROM watch_floor)";

    /// <summary>Saves a snapshot of the row <c>$7</c> unless that was removed.</summary>
    /// <param name="hold">What keeps the row from being removed meanwhile.</param>
    public static string SaveSnapshot(string hold) =>
        $"""
        INSERT INTO snapshot (persistence_id, sequence_number, created, manifest, snapshot, serializer_id)
        SELECT $1, $2, $3, $4, $5, $6 FROM journal r
        WHERE r.persistence_id = $1 AND r.sequence_number = $2 AND r.ordering = $7 {hold}
        ON CONFLICT (persistence_id, sequence_number) DO UPDATE SET created = excluded.created,
            manifest = excluded.manifest, snapshot = excluded.snapshot, serializer_id = excluded.serializer_id
        """;

    public static object[] Arguments(SnapshotRow snapshot, long ordering) =>
    [
        snapshot.PersistenceId, snapshot.SequenceNr, snapshot.Created.Ticks, snapshot.Manifest,
        snapshot.Payload.ToArray(), JournalSerializer.Id, ordering,
    ];

    /// <param name="entities">Which entities are gone, as in <c>persistence_id = $2</c>.</param>
    public static string RemoveGoneRows(string entities) =>
        $"DELETE FROM journal WHERE persistence_id {entities} AND NOT EXISTS "
        + "(SELECT 1 FROM journal late WHERE late.persistence_id = journal.persistence_id AND late.ordering > $1)";

    /// <summary>Of entities whose rows were removed, and after that: what was saved until then goes too. A next life
    /// may have begun meanwhile, after their numbers.</summary>
    /// <param name="entities">Which entities, as in <c>persistence_id = $2</c>.</param>
    public static string RemoveGoneSnapshots(string entities) =>
        $"DELETE FROM snapshot WHERE persistence_id {entities} AND NOT EXISTS (SELECT 1 FROM journal next "
        + "WHERE next.persistence_id = snapshot.persistence_id AND next.sequence_number <= snapshot.sequence_number)";

    /// <param name="entities">Of which entities, as in <c>persistence_id = $2</c>.</param>
    public static string RemoveCoveredRows(string entities) =>
        $"DELETE FROM journal WHERE ordering IN (SELECT r.ordering FROM {Bases(entities)} "
        + "JOIN journal r ON r.persistence_id = b.persistence_id "
        + "WHERE r.ordering <= $1 AND r.sequence_number <= b.base AND r.sequence_number < b.newest)";

    /// <param name="entities">Of which entities, as in <c>persistence_id = $2</c>.</param>
    public static string RemoveOldSnapshots(string entities) =>
        "DELETE FROM snapshot WHERE (persistence_id, sequence_number) IN "
        + $"(SELECT s.persistence_id, s.sequence_number FROM {Bases(entities)} "
        + "JOIN snapshot s ON s.persistence_id = b.persistence_id WHERE s.sequence_number < b.base)";

    /// <summary>Of each entity its newest row and its newest snapshot from before the floor, which holds none of the
    /// rows from the first one after the floor on.</summary>
    private static string Bases(string entities) =>
        $"""
        (SELECT e.persistence_id, e.newest,
            (SELECT max(s.sequence_number) FROM snapshot s WHERE s.persistence_id = e.persistence_id
                AND (e.first_after IS NULL OR s.sequence_number < e.first_after)) AS base
         FROM (SELECT persistence_id, max(sequence_number) AS newest,
                 min(CASE WHEN ordering > $1 THEN sequence_number END) AS first_after
             FROM journal WHERE persistence_id {entities} GROUP BY persistence_id) e) b
        """;
}
