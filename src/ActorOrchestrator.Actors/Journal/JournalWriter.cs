using System.Collections.Concurrent;
using ActorOrchestrator.Actors.Telemetry;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Actors.Journal;

/// <summary>
/// The write path: what all entities persist at the same time becomes one transaction. When it is durable, the tail
/// folds it, and only then are the entities answered, so whoever hears of a write can read it. One loop does all three,
/// one group after the other.
/// <code>
///   entities ─► queue ─► commit ─► fold ─► answer
///                 ▲        │ while it runs, the next group gathers
///                 └────────┘
/// </code>
/// The queues are bounded by the number of entities: none persists a second row before the first is answered.
/// </summary>
public sealed partial class JournalWriter
{
    /// <summary>A commit costs the disk as much as a hundred rows cost the processor; beyond some hundreds latency
    /// grows and throughput does not.</summary>
    private const int RowsPerCommitMax = 500;

    /// <summary>A commit that requests wait for is kept short: it takes as many other rows as theirs, and a few where
    /// theirs are few.</summary>
    private const int RowsBesideAwaitedMin = 50;

    /// <summary>After a commit that failed, whether the next would succeed is tried so often.</summary>
    private static readonly TimeSpan ProbePause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan FoldRetryPause = TimeSpan.FromMilliseconds(200);

    private readonly IJournalStore _store;
    private readonly JournalTail _tail;
    private readonly Action<Action> _schedule;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentQueue<JournalWrite> _awaited = new();
    private readonly ConcurrentQueue<JournalWrite> _others = new();
    private int _isRunning;
    private int _catchUpAsked;
    private int _isProbeArmed;
    private int _probeAsked;
    private volatile JournalBehindException? _behind;
    private Task _run = Task.CompletedTask;

    /// <param name="store">The tables.</param>
    /// <param name="tail">Folds what is committed.</param>
    /// <param name="schedule">Runs the loop: a thread of its own, or the simulator's process.</param>
    /// <param name="time">For pauses.</param>
    /// <param name="logger">For commits that fail.</param>
    public JournalWriter(
        IJournalStore store, JournalTail tail, Action<Action> schedule, TimeProvider time, ILogger logger)
    {
        _store = store;
        _tail = tail;
        _schedule = schedule;
        _time = time;
        _logger = logger;
        Health = new JournalHealth(time, logger);
        Lag = new JournalLag(time);
    }

    /// <summary>How the database does.</summary>
    public JournalHealth Health { get; }

    /// <summary>How far this member is behind the others.</summary>
    public JournalLag Lag { get; }

    /// <summary>Why this member cannot follow the journal any more; null when it can.</summary>
    public JournalBehindException? Behind => _behind;

    /// <summary>Says of a row why it must not be stored; null when it may.</summary>
    public Func<JournalEntry, string?>? Gate { get; set; }

    /// <summary>Hears, after each commit of this member, of its last ordering.</summary>
    public Action<long>? OnCommitted { get; set; }

    /// <summary>Hears that this member cannot follow the journal any more: whoever runs it has to start it anew. It
    /// answers nothing from then on.</summary>
    public Action? OnBehind { get; set; }

    /// <summary>Returns when the row is durable and folded.</summary>
    /// <exception cref="FencedException">Another activation was faster; nothing was stored.</exception>
    /// <exception cref="JournalException">Nothing was stored, or nobody knows.</exception>
    public Task WriteAsync(JournalWrite write)
    {
        if (Gate?.Invoke(write.Entry) is { } refusal)
        {
            return Task.FromException(new JournalException(refusal));
        }

        (write.Entry.IsAwaited ? _awaited : _others).Enqueue(write);
        RunOnce();
        return write.Done.Task;
    }

    /// <summary>Other members may have written: folds what is there.</summary>
    public void CatchUp()
    {
        Interlocked.Exchange(ref _catchUpAsked, 1);
        RunOnce();
    }

    /// <summary>Returns when what is under way has ended; to be called when nobody writes any more, and before the
    /// store is closed.</summary>
    public async Task StopAsync()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _schedule(begun.SetResult);
        await begun.Task;
        await _run;
    }

    private bool HasWork => !_awaited.IsEmpty || !_others.IsEmpty || Volatile.Read(ref _catchUpAsked) == 1
        || Volatile.Read(ref _probeAsked) == 1;

    private void RunOnce()
    {
        if (Interlocked.Exchange(ref _isRunning, 1) == 0)
        {
            _schedule(Run);
        }
    }

    /// <summary>What is thrown here is a bug, and the view is not to be trusted any more: it ends the
    /// process.</summary>
    private async void Run() => await (_run = RunAsync());

    private async Task RunAsync()
    {
        while (HasWork && _behind is null)
        {
            if (Interlocked.Exchange(ref _catchUpAsked, 0) == 1)
            {
                await CatchUpAsync();
            }

            var group = TakeGroup();
            var probes = Interlocked.Exchange(ref _probeAsked, 0) == 1 && Health.CommitProblem is not null;
            if (group.Count > 0 || probes)
            {
                await WriteGroupAsync(group);
            }
        }

        if (_behind is not null)
        {
            return;
        }

        Volatile.Write(ref _isRunning, 0);
        if (HasWork)
        {
            RunOnce();
        }
    }

    /// <summary>Rows that requests wait for go first. The gateway bounds those in flight below a group's size, so the
    /// others always get their turn.</summary>
    private List<JournalWrite> TakeGroup()
    {
        var group = new List<JournalWrite>();
        while (group.Count < RowsPerCommitMax && _awaited.TryDequeue(out var write))
        {
            group.Add(write);
        }

        var max = group.Count == 0
            ? RowsPerCommitMax
            : Math.Min(RowsPerCommitMax, group.Count + Math.Max(group.Count, RowsBesideAwaitedMin));
        while (group.Count < max && _others.TryDequeue(out var write))
        {
            group.Add(write);
        }

        return group;
    }

    private async Task WriteGroupAsync(List<JournalWrite> group)
    {
        CommitOutcome outcome;
        var began = _time.GetTimestamp();
        Health.Begin("commit");
        try
        {
            outcome = await _store.CommitAsync(group);
            Health.Committed(group.Count - outcome.Refused.Count);
        }
        catch (JournalException failure)
        {
            _tail.IsUnsure = true;
            JournalInstruments.Shared.CommitFailed();
            Health.CommitFailed(failure);
            group.ForEach(write => write.Done.SetException(failure));
            if (Interlocked.Exchange(ref _isProbeArmed, 1) == 0)
            {
                _ = ProbeLaterAsync();
            }

            return;
        }

        if (outcome.Previous < _tail.Ordering)
        {
            // What follows on lost rows was refused by the database, and the rest is read at the new start.
            await LeaveAsync(new JournalLostRowsException(_tail.Ordering));
            return;
        }

        JournalInstruments.Shared.Committed(group.Count - outcome.Refused.Count, _time.GetElapsedTime(began));
        JournalInstruments.Shared.Fenced(outcome.Refused.Count);
        foreach (var refused in outcome.Refused)
        {
            LogFenced(refused.PersistenceId, refused.SequenceNr);
            refused.Done.SetException(new FencedException(refused.PersistenceId, refused.SequenceNr));
            group.Remove(refused);
        }

        if (group.Count == 0 && !_tail.IsUnsure)
        {
            return;
        }

        await FoldAsync(outcome.Previous, group);
        if (_behind is not null)
        {
            return;
        }

        _tail.IsUnsure = false;
        if (group.Count > 0)
        {
            OnCommitted?.Invoke(group[^1].Entry.Ordering);
        }

        group.ForEach(write => write.Done.SetResult());
    }

    /// <summary>A member whose journal failed gets no requests, so nothing would show that it is well again: an empty
    /// commit does.</summary>
    private async Task ProbeLaterAsync()
    {
        await Task.Delay(ProbePause, _time);
        Volatile.Write(ref _isProbeArmed, 0);
        Volatile.Write(ref _probeAsked, 1);
        RunOnce();
    }

    /// <summary>The rows are durable, so they must be folded, however long the rows of others before them cannot be
    /// read.</summary>
    private async Task FoldAsync(long previous, List<JournalWrite> group)
    {
        while (_tail.Ordering < previous && !await CatchUpAsync() && _behind is null)
        {
            await Task.Delay(FoldRetryPause, _time);
        }

        if (_behind is null)
        {
            _tail.Fold(group);
        }
    }

    private async Task<bool> CatchUpAsync()
    {
        Health.Begin("read what other members wrote");
        try
        {
            await _tail.CatchUpAsync();
            Health.CaughtUp();
            return true;
        }
        catch (JournalBehindException behind)
        {
            await LeaveAsync(behind);
            return false;
        }
        catch (JournalException failure)
        {
            Health.CatchUpFailed(failure.Message);
            return false;
        }
    }

    private async Task LeaveAsync(JournalBehindException why)
    {
        _behind = why;
        Health.IsLost(why.Message);
        LogBehind(why.Message);
        if (why is JournalLostRowsException)
        {
            try
            {
                // Past this one, so that members which have folded as much see that they have to start anew.
                await _store.BeginAfterAsync(_tail.Ordering + 1);
            }
            catch (JournalException failure)
            {
                LogNotMarked(failure.Message);
            }
        }

        OnBehind?.Invoke();
    }

    [LoggerMessage(2006, LogLevel.Error,
        "The orderings of the lost rows may be given out again, and watches may miss rows: {Reason}")]
    private partial void LogNotMarked(string reason);

    [LoggerMessage(2002, LogLevel.Warning,
        "Row {SequenceNr} of {PersistenceId} was written by another activation; this one starts again")]
    private partial void LogFenced(string persistenceId, long sequenceNr);

    [LoggerMessage(2004, LogLevel.Error, "The member stops: {Reason}")]
    private partial void LogBehind(string reason);
}
