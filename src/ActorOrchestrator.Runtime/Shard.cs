using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Runtime;

/// <summary>
/// A share of the entities, run by one thread of control at a time. Each run drains the mailbox, decides every message
/// on the state in memory, and appends all events as one batch; effects are released, in order, when the log has the
/// batch. Later batches are decided while earlier ones commit, and nothing leaves before its batch: no uncommitted
/// state is seen.
/// <code>
///   Starting ──Serve──► Serving ──append failed──► Failed ──reloaded──► Serving
///                          └──fenced, stopped──► Stopped
/// </code>
/// </summary>
internal sealed partial class Shard : SerialRunner, IDisposable
{
    /// <summary>Two keep the log busy while the next batch is decided; more would only make a question wait behind
    /// more writes.</summary>
    private const int BatchesInFlightMax = 2;

    /// <summary>Bounds the time of one run, so that shards take turns, and the rows that a question waits
    /// behind.</summary>
    private const int MessagesPerRunMax = 256;

    private readonly EngineOptions _options;
    private readonly ILogger _logger;
    private readonly ShardRegion _region;
    private readonly Mailbox _mailbox = new();
    private readonly ConcurrentQueue<Action> _internal = new();
    private readonly ShardTimers _timers;
    private readonly Dictionary<string, EntitySlot> _slots = new(StringComparer.Ordinal);
    private readonly Queue<ShardBatch> _inFlight = new();
    private readonly Queue<Envelope> _questions = new();
    private readonly Queue<Envelope> _backlog = new();
    private readonly List<EntitySlot> _revisits = [];
    private readonly Releaser _releaser;
    private long _epoch;
    private volatile ShardState _state = ShardState.Starting;

    public Shard(int number, EngineOptions options, ShardRegion region) : base(options.Executor)
    {
        Number = number;
        _options = options;
        _logger = options.Logger;
        _region = region;
        _timers = new ShardTimers(options.Time, Wake);
        _releaser = new Releaser(this);
    }

    public int Number { get; }

    public ShardState State => _state;

    public int EntityCount => _slots.Count;

    public int Waiting => _mailbox.Count + _questions.Count + _backlog.Count;

    private bool HasWork => _questions.Count > 0 || _backlog.Count > 0;

    public void Post(in Envelope envelope)
    {
        if (_state == ShardState.Stopped)
        {
            envelope.Asker?.Fail(AskFailure.Unavailable);
        }
        else if (_mailbox.TryPost(envelope))
        {
            Wake();
        }
        else
        {
            EngineInstruments.Shared.Refused.Add(1);
            envelope.Asker?.Fail(AskFailure.Overloaded);
        }
    }

    /// <summary>Runs an action on the shard's thread of control, before any waiting message.</summary>
    public void Enqueue(Action action)
    {
        _internal.Enqueue(action);
        Wake();
    }

    protected override void RunExclusively()
    {
        while (_internal.TryDequeue(out var action))
        {
            action();
        }

        ReleaseFinished();
        if (_state != ShardState.Serving)
        {
            return;
        }

        TakeMessages();
        if (HasWork && _inFlight.Count < BatchesInFlightMax)
        {
            DecideBatch();
            ReleaseFinished();
        }

        if (HasWork && _inFlight.Count < BatchesInFlightMax)
        {
            Wake();
        }
    }

    private void TakeMessages()
    {
        var drained = _mailbox.Drain();
        _timers.TakeDue(drained);
        foreach (var envelope in drained)
        {
            (envelope.Asker is null ? _backlog : _questions).Enqueue(envelope);
        }
    }

    /// <summary>Questions go first: somebody waits for each, while the entities' own messages are as good a moment
    /// later. Among themselves both keep their order, and nothing promises an order between the two.</summary>
    private bool TryTake(out Envelope envelope) =>
        _questions.TryDequeue(out envelope) || _backlog.TryDequeue(out envelope);

    private void DecideBatch()
    {
        var now = _options.Time.GetUtcNow();
        var entries = new List<LogEntry>();
        var batch = new ShardBatch(this, _epoch, entries);
        for (var taken = 0; taken < MessagesPerRunMax && TryTake(out var envelope); taken++)
        {
            Deliver(envelope, batch, entries, now);
        }

        // A revisit may ask for another one of a different entity only by a message, so one pass is enough.
        for (var i = 0; i < _revisits.Count; i++)
        {
            var slot = _revisits[i];
            slot.RevisitQueued = false;
            Decide(slot, _options.Host.RevisitMessage, null, batch, entries, now);
        }

        _revisits.Clear();
        _inFlight.Enqueue(batch);
        EngineInstruments.Shared.Batch(batch.Outcomes.Count, entries.Count);
        if (entries.Count == 0)
        {
            batch.State = BatchState.Committed;
        }
        else
        {
            _options.Log.Append(batch);
        }
    }

    private void Deliver(in Envelope envelope, ShardBatch batch, List<LogEntry> entries, DateTimeOffset now)
    {
        if (!_slots.TryGetValue(envelope.PersistenceId, out var slot))
        {
            slot = new EntitySlot(envelope.PersistenceId) { Entity = _options.Host.Create(envelope.PersistenceId) };
            _slots.Add(envelope.PersistenceId, slot);
        }

        if (slot.Entity is null)
        {
            StashUntilLoaded(slot, envelope);
            return;
        }

        slot.LastActiveAt = now;
        Decide(slot, envelope.Message, envelope.Asker, batch, entries, now);
    }

    private void Decide(
        EntitySlot slot, object message, IReplyPort? asker, ShardBatch batch, List<LogEntry> entries,
        DateTimeOffset now)
    {
        Step step;
        try
        {
            step = slot.Entity!.Decide(message, Context(slot, now));
        }
        catch (Exception bug)
        {
            // A decision changes nothing, so the entity goes on as if the message had not come; the bug is reported.
            LogFaulted(bug, slot.PersistenceId, message.GetType().Name);
            asker?.Fail(AskFailure.Faulted);
            return;
        }

        Take(slot, step, asker, batch, entries);
    }

    private void Take(EntitySlot slot, in Step step, IReplyPort? asker, ShardBatch batch, List<LogEntry> entries)
    {
        var first = entries.Count;
        foreach (var @event in step.Events)
        {
            Record(slot, @event, entries);
        }

        if (step.Revisit && !slot.RevisitQueued)
        {
            slot.RevisitQueued = true;
            _revisits.Add(slot);
        }

        batch.Outcomes.Add(new ShardBatch.Outcome(slot, step.Effects, asker, first, entries.Count - first));
    }

    private void Record(EntitySlot slot, object @event, List<LogEntry> entries)
    {
        slot.Entity!.Apply(@event);
        var kind = _options.Host.Classify(@event);
        if (kind == EventClass.Volatile)
        {
            return;
        }

        var (manifest, payload) = _options.Host.Encode(slot.PersistenceId, @event);
        entries.Add(new LogEntry(slot.PersistenceId, @event, manifest, kind == EventClass.Versioned, payload));
        slot.PendingEntries++;
        slot.PendingVersions += kind == EventClass.Versioned ? 1 : 0;
    }

    private static StepContext Context(EntitySlot slot, DateTimeOffset now) =>
        new(now, slot.PendingVersions == 0 ? slot.Version : null);

    /// <summary>Releases the effects of every batch at the head of the line whose events are durable.</summary>
    private void ReleaseFinished()
    {
        while (_inFlight.TryPeek(out var batch) && batch.State != BatchState.Pending)
        {
            if (batch.State == BatchState.Failed)
            {
                Fail(batch.Failure!);
                return;
            }

            _inFlight.Dequeue();
            foreach (var outcome in batch.Outcomes)
            {
                Settle(outcome, batch.Entries);
                _releaser.Release(outcome);
                ForgetIfGone(outcome.Slot);
            }
        }
    }

    private static void Settle(in ShardBatch.Outcome outcome, IReadOnlyList<LogEntry> entries)
    {
        var slot = outcome.Slot;
        for (var i = outcome.FirstEntry; i < outcome.FirstEntry + outcome.EntryCount; i++)
        {
            slot.PendingEntries--;
            if (entries[i].IsVersioned)
            {
                slot.PendingVersions--;
                slot.Version = entries[i].Sequence;
            }
        }
    }

    private void ForgetIfGone(EntitySlot slot)
    {
        if (slot is { PendingEntries: 0, RevisitQueued: false, Entity.IsGone: true })
        {
            _slots.Remove(slot.PersistenceId);
        }
    }

    public void Dispose() => _timers.Dispose();

    [LoggerMessage(1001, LogLevel.Error, "Bug: {PersistenceId} threw on {Message}; the message was dropped")]
    private partial void LogFaulted(Exception bug, string persistenceId, string message);
}

internal enum ShardState { Starting, Serving, Failed, Stopped }
