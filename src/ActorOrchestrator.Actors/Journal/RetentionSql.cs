namespace ActorOrchestrator.Actors.Journal;

/// <summary>
/// What retention removes, in SQL that SQLite and PostgreSQL both read; <c>$1</c> is the floor. A snapshot is from
/// before the floor when none of the rows that it holds is after it. Only such a one removes rows: an entity's state at
/// the floor must stay readable. The newest row of an entity stays, so that a writer's next row has a predecessor.
/// <code>
///   rows      1  2  3  4 │ 5  6          floor after row 4
///   snapshots    2       │ 5             rows 1 and 2 go; row 3 and later stay, and so does the snapshot at 2
/// </code>
/// </summary>
internal static class RetentionSql
{
    /// <summary>The newest snapshot of an entity from before the floor: no row up to its number is after the
    /// floor.</summary>
    private const string BaseSnapshot =
        """
        (SELECT max(s.sequence_number) FROM snapshot s WHERE s.persistence_id = outer_row.persistence_id
           AND NOT EXISTS (SELECT 1 FROM journal late WHERE late.persistence_id = s.persistence_id
             AND late.sequence_number <= s.sequence_number AND late.ordering > $1))
        """;

    public const string RemoveCoveredRows =
        "DELETE FROM journal WHERE ordering IN (SELECT outer_row.ordering FROM journal outer_row "
        + "WHERE outer_row.ordering <= $1 AND outer_row.sequence_number <= " + BaseSnapshot
        + " AND outer_row.sequence_number < (SELECT max(newest.sequence_number) FROM journal newest "
        + "WHERE newest.persistence_id = outer_row.persistence_id))";

    public const string RemoveOldSnapshots =
        "DELETE FROM snapshot WHERE EXISTS (SELECT 1 FROM snapshot outer_row "
        + "WHERE outer_row.persistence_id = snapshot.persistence_id AND outer_row.sequence_number = "
        + "snapshot.sequence_number AND outer_row.sequence_number < " + BaseSnapshot + ")";
}
