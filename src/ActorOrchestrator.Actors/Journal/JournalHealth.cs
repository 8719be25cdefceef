using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Actors.Journal;

/// <summary>
/// How the database does, as this member sees it. From the first thing that goes wrong until everything goes well again
/// is one trouble: it is told when it begins, when another reason for it shows, and when it ends.
/// </summary>
public sealed partial class JournalHealth(TimeProvider time, ILogger logger)
{
    /// <summary>What the database takes longer for stands still, as far as anybody can tell: whoever cannot be reached
    /// at all is known for it only after much longer.</summary>
    private static readonly TimeSpan LongestWork = TimeSpan.FromSeconds(3);

    /// <summary>Reasons may name ports and numbers that change all the time.</summary>
    private const int ReasonsToldMax = 5;

    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private volatile string? _commitProblem;
    private bool _isFull;
    private volatile string? _readProblem;
    private volatile Work? _work;
    private string? _slowness;
    private string? _first;
    private long _since;

    /// <summary>Why the last commit failed, or why what others wrote could not be read: then this member's view is old.
    /// Null when both succeeded, and what is under way does not take long.</summary>
    public string? Problem => _commitProblem ?? _readProblem ?? Delay;

    /// <summary>Why the last commit failed; null when it did not.</summary>
    public string? CommitProblem => _commitProblem;

    /// <summary>Hears of the end of a trouble: what it began with, and how long it lasted.</summary>
    public Action<string, TimeSpan>? OnWell { get; set; }

    /// <summary>The database is asked to do something; one thing at a time.</summary>
    /// <param name="what">As in "to commit".</param>
    internal void Begin(string what) => _work = new Work(what, time.GetTimestamp());

    /// <param name="rows">How many it stored. A full disk takes a commit of none.</param>
    internal void Committed(int rows)
    {
        _isFull &= rows == 0;
        _commitProblem = _isFull ? _commitProblem : null;
        Done();
    }

    internal void CaughtUp()
    {
        _readProblem = null;
        Done();
    }

    internal void CommitFailed(JournalException failure)
    {
        (_commitProblem, _isFull) = (failure.Message, failure is JournalFullException);
        Done();
    }

    internal void CatchUpFailed(string problem)
    {
        _readProblem = problem;
        Done();
    }

    /// <summary>This member cannot go on.</summary>
    internal void IsLost(string problem) => (_work, _commitProblem) = (null, problem);

    private string? Delay => _work is { } work && time.GetElapsedTime(work.Began) is var taken && taken > LongestWork
        ? $"the database has taken {(int)taken.TotalSeconds} s to {work.What}, and is not done"
        : null;

    private void Done()
    {
        var work = _work!;
        _work = null;
        _slowness = time.GetElapsedTime(work.Began) is var taken && taken > LongestWork
            ? $"the database takes long: {taken.TotalSeconds:F0} s to {work.What}"
            : null;
        if ((_commitProblem ?? _readProblem ?? _slowness) is { } problem)
        {
            if (_first is null)
            {
                (_first, _since) = (problem, work.Began);
            }

            if (_told.Count < ReasonsToldMax && _told.Add(problem))
            {
                LogTrouble(problem);
            }
        }
        else if (_first is { } first)
        {
            var lasted = time.GetElapsedTime(_since);
            _first = null;
            _told.Clear();
            LogWell(lasted.TotalSeconds);
            OnWell?.Invoke(first, lasted);
        }
    }

    /// <summary>What the database is asked now.</summary>
    private sealed record Work(string What, long Began);

    [LoggerMessage(2001, LogLevel.Error, "The journal is in trouble, and writes may be refused: {Problem}")]
    private partial void LogTrouble(string problem);

    [LoggerMessage(2005, LogLevel.Information, "The journal answers again, after {Seconds:F1} s")]
    private partial void LogWell(double seconds);
}
