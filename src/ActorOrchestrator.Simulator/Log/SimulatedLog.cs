using System.Runtime.CompilerServices;
using ActorOrchestrator.Runtime;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Log;

/// <summary>
/// One process's way to the <see cref="LogStore"/>. Appends that wait together become one commit; it becomes durable
/// some time after it was asked for and is heard of some time after that, so a process can die, or freeze, between the
/// two. What is in flight when the process dies may have reached the disk or not.
/// </summary>
public sealed class SimulatedLog(LogStore store, SimulatedProcess process, Dice dice, Func<LogWeather> weather)
    : IEventLog
{
    private static readonly TimeSpan LingerMost = TimeSpan.FromSeconds(5);

    private readonly List<ILogListener> _listeners = [];
    private List<AppendRequest> _waiting = [];
    private bool _isCommitting;

    /// <summary>Commits that failed, that hung, and that were cut by a death.</summary>
    public Action<string> OnFault { get; init; } = static _ => { };

    /// <summary>A commit begins.</summary>
    public Action OnCommit { get; init; } = static () => { };

    public async Task<long> AcquireShardAsync(int shard, string owner, CancellationToken cancellation)
    {
        await AnswerAsync(cancellation);
        return store.Acquire(shard, owner);
    }

    public void Append(AppendRequest request)
    {
        _waiting.Add(request);
        if (!_isCommitting)
        {
            BeginCommit();
        }
    }

    public void Subscribe(ILogListener listener) => _listeners.Add(listener);

    public async Task<LogBounds> BoundsAsync(CancellationToken cancellation)
    {
        await AnswerAsync(cancellation);
        return store.Bounds;
    }

    public async IAsyncEnumerable<StoredSnapshot> ReadSnapshotsAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        await AnswerAsync(cancellation);
        foreach (var snapshot in store.Snapshots.ToList())
        {
            yield return snapshot;
        }
    }

    public async IAsyncEnumerable<StoredEvent> ReadEventsAsync(
        long afterSequence, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await AnswerAsync(cancellation);
        foreach (var stored in store.EventsAfter(afterSequence))
        {
            yield return stored;
        }
    }

    public async Task<EntityHistory> ReadEntityAsync(string persistenceId, CancellationToken cancellation)
    {
        await AnswerAsync(cancellation);
        return store.History(persistenceId);
    }

    public async Task CompactAsync(
        long throughSequence, IReadOnlyList<StoredSnapshot> snapshots, CancellationToken cancellation)
    {
        await AnswerAsync(cancellation);
        store.Compact(throughSequence, snapshots);
    }

    /// <summary>The disk works on its own: neither freezing nor killing the process stops what it was given.</summary>
    private void BeginCommit()
    {
        _isCommitting = true;
        OnCommit();
        var group = _waiting;
        _waiting = [];
        var now = weather();
        process.Loop.After(
            Wait(now, "commit stalled"), () => CommitOrLinger(group, dice.Chance(now.FailChance) || weather().IsAway));
    }

    /// <summary>A database goes on with what a client gave it that is dead by now, and may take its time: until the
    /// next owner has the shard, and then it must refuse it.</summary>
    private void CommitOrLinger(List<AppendRequest> group, bool fails)
    {
        if (process.IsDead && dice.Chance(0.5))
        {
            OnFault("commit late after a death");
            process.Loop.After(dice.Between(TimeSpan.Zero, LingerMost), () => Commit(group, fails));
            return;
        }

        Commit(group, fails);
    }

    private void Commit(List<AppendRequest> group, bool fails)
    {
        if (process.IsDead)
        {
            OnFault("commit cut by a death");
            fails |= dice.Chance(0.5);
        }

        if (fails && !process.IsDead)
        {
            OnFault("commit failed");
        }

        var outcomes = new List<(AppendRequest Request, LogException? Refusal)>(group.Count);
        foreach (var request in group)
        {
            if (fails)
            {
                store.Poison(request);
            }

            outcomes.Add((request, fails ? new LogException("disk I/O error") : store.Append(request)));
        }

        var heard = dice.Between(weather().CommitLeast, weather().CommitMost) / 2;
        process.Loop.After(heard, () => process.Enter(() => Hear(outcomes)));
    }

    private void Hear(List<(AppendRequest Request, LogException? Refusal)> outcomes)
    {
        _isCommitting = false;
        foreach (var (request, refusal) in outcomes)
        {
            if (refusal is not null)
            {
                request.Failed(refusal);
                continue;
            }

            _listeners.ForEach(listener => listener.OnCommitted(request.Entries));
            request.Committed();
        }

        if (_waiting.Count > 0)
        {
            BeginCommit();
        }
    }

    /// <summary>How long the disk takes for what is asked next; now and then it hangs.</summary>
    private TimeSpan Wait(LogWeather now, string fault)
    {
        var isStalled = dice.Chance(now.StallChance);
        var wait = dice.Between(now.CommitLeast, now.CommitMost);
        if (!isStalled)
        {
            return wait;
        }

        OnFault(fault);
        return wait + (now.StallMost * dice.Fraction());
    }

    private async Task AnswerAsync(CancellationToken cancellation)
    {
        await Task.Delay(Wait(weather(), "read stalled"), process.Clock, cancellation);
        if (weather().IsAway)
        {
            throw new LogException("the log does not answer");
        }
    }
}
