using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Runtime;

internal sealed partial class Shard
{
    /// <summary>Starts serving with the entities read from the log; each re-derives its timers and outstanding
    /// sends.</summary>
    public void Serve(long epoch, IReadOnlyCollection<EntitySlot> slots) => Enqueue(() =>
    {
        _epoch = epoch;
        _slots.Clear();
        foreach (var slot in slots)
        {
            _slots.Add(slot.PersistenceId, slot);
        }

        _state = ShardState.Serving;
        RecoverAll(slots);
        Wake();
    });

    /// <summary>Stops for good; whoever still waits is told.</summary>
    public void Stop() => Enqueue(() =>
    {
        _state = ShardState.Stopped;
        _timers.Clear();
        FailWaiting(AskFailure.Unavailable);
    });

    private void RecoverAll(IReadOnlyCollection<EntitySlot> slots)
    {
        var now = _options.Time.GetUtcNow();
        var entries = new List<LogEntry>();
        var batch = new ShardBatch(this, _epoch, entries);
        foreach (var slot in slots)
        {
            try
            {
                Take(slot, slot.Entity!.Recover(Context(slot, now)), null, batch, entries);
            }
            catch (Exception bug)
            {
                // One entity that cannot recover must not keep the others from it; it still answers messages.
                LogFaulted(bug, slot.PersistenceId, "Recover");
            }
        }

        _inFlight.Enqueue(batch);
        if (entries.Count == 0)
        {
            batch.State = BatchState.Committed;
        }
        else
        {
            _options.Log.Append(batch);
        }
    }

    /// <summary>The log refused a batch: what is in memory is ahead of it, so the shard starts again from the
    /// log.</summary>
    private void Fail(LogException reason)
    {
        var isFenced = reason is FencedException;
        LogFailed(Number, reason.Message, isFenced ? "stopped" : "reloading");
        _state = isFenced ? ShardState.Stopped : ShardState.Failed;
        _timers.Clear();
        _revisits.Clear();
        FailWaiting(isFenced ? AskFailure.Unavailable : AskFailure.LogFailed, reason.Message);
        if (!isFenced)
        {
            _region.Reload(this);
        }
    }

    /// <summary>Questions get their failure; the entities' own messages are dropped, since recovery derives them
    /// anew.</summary>
    private void FailWaiting(AskFailure failure, string? reason = null)
    {
        foreach (var outcome in _inFlight.SelectMany(batch => batch.Outcomes))
        {
            outcome.Asker?.Fail(failure, reason);
        }

        _inFlight.Clear();
        foreach (var envelope in _questions.Concat(_mailbox.Drain()))
        {
            envelope.Asker?.Fail(failure, reason);
        }

        _questions.Clear();
        _backlog.Clear();
        foreach (var envelope in _slots.Values.SelectMany(slot => slot.Stash ?? []))
        {
            envelope.Asker?.Fail(failure, reason);
        }
    }

    /// <summary>Drops the states of entities that nobody talked to for a while; their slots remember that they
    /// exist.</summary>
    public void PassivateIdle(TimeSpan idle) => Enqueue(() =>
    {
        var before = _options.Time.GetUtcNow() - idle;
        foreach (var slot in _slots.Values)
        {
            if (slot.LastActiveAt < before)
            {
                Passivate(slot);
            }
        }
    });

    private void Passivate(EntitySlot slot)
    {
        if (slot is { PendingEntries: 0, RevisitQueued: false, Entity: { MayPassivate: true, IsGone: false } })
        {
            slot.Entity = null;
            EngineInstruments.Shared.Passivated.Add(1);
        }
    }

    private void StashUntilLoaded(EntitySlot slot, in Envelope envelope)
    {
        if (slot.Stash is { } waiting)
        {
            waiting.Add(envelope);
            return;
        }

        slot.Stash = [envelope];
        _region.Load(this, slot.PersistenceId);
    }

    /// <summary>A passivated entity is back: what waited for it is delivered first.</summary>
    public void Loaded(string persistenceId, IEntity entity) => Enqueue(() =>
    {
        if (_slots.GetValueOrDefault(persistenceId) is not { Entity: null, Stash: { } waiting } slot)
        {
            return;
        }

        slot.Entity = entity;
        slot.Stash = null;
        foreach (var envelope in waiting)
        {
            (envelope.Asker is null ? _backlog : _questions).Enqueue(envelope);
        }

        Wake();
    });

    public void LoadFailed(string persistenceId) => Enqueue(() =>
    {
        if (_slots.GetValueOrDefault(persistenceId) is { Stash: { } waiting } slot)
        {
            slot.Stash = null;
            waiting.ForEach(envelope => envelope.Asker?.Fail(AskFailure.LogFailed));
        }
    });

    [LoggerMessage(1002, LogLevel.Error, "Shard {Shard}: the log refused a batch: {Reason}; {Next}")]
    private partial void LogFailed(int shard, string reason, string next);
}
