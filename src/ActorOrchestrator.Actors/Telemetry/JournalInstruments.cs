using System.Diagnostics.Metrics;

namespace ActorOrchestrator.Actors.Telemetry;

/// <summary>What the journals of this process count. One for all of them, since the runtime keeps every meter with its
/// instruments for good.</summary>
internal sealed class JournalInstruments
{
    public static readonly JournalInstruments Shared = new();

    private readonly Histogram<double> _commitSeconds;
    private readonly Histogram<int> _commitRows;
    private readonly Tally _rows;
    private readonly Tally _fenced;
    private readonly Tally _failures;
    private readonly Tally _rowsRead;
    private readonly Tally _databaseErrors;

    private JournalInstruments()
    {
        var meter = new Meter("ActorOrchestrator.Journal");
        _commitSeconds = meter.CreateHistogram<double>(
            "orchestrator_journal_commit_duration_seconds", "s", "How long commits took that succeeded.");
        _commitRows = meter.CreateHistogram<int>(
            "orchestrator_journal_commit_rows", description: "Rows that were persisted by one commit.");
        _rows = meter.Counter(
            "orchestrator_journal_rows_total", "Rows that this member committed.", new Tally().With());
        _fenced = meter.Counter(
            "orchestrator_journal_fenced_rows_total",
            "Rows refused because another activation of their entity was faster.", new Tally().With());
        _failures = meter.Counter(
            "orchestrator_journal_commit_failures_total", "Commits that failed, or nobody knows.", new Tally().With());
        _rowsRead = meter.Counter(
            "orchestrator_journal_read_rows_total", "Rows of other members that this one folded.", new Tally().With());
        _databaseErrors = meter.Counter(
            "orchestrator_database_errors_total", "What the database refused or failed at, by reason.",
            DatabaseErrors.Reasons.Aggregate(new Tally("reason"), (tally, reason) => tally.With(reason)));
    }

    public void Committed(int rows, TimeSpan took)
    {
        _commitSeconds.Record(took.TotalSeconds);
        if (rows > 0)
        {
            _commitRows.Record(rows);
            _rows.Add(rows);
        }
    }

    public void Fenced(int rows) => _fenced.Add(rows);

    public void CommitFailed() => _failures.Add(1);

    public void RowsRead(int rows) => _rowsRead.Add(rows);

    /// <param name="reason">One of <see cref="DatabaseErrors"/>.</param>
    public void DatabaseFailed(string reason) => _databaseErrors.Add(1, reason);
}
