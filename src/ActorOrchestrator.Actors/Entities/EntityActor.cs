using System.Globalization;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Projections;
using ActorOrchestrator.Actors.Serialization;
using ActorOrchestrator.Actors.Telemetry;
using ActorOrchestrator.Domain;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Persistence;

namespace ActorOrchestrator.Actors.Entities;

/// <summary>
/// The shell of every entity: recovers the state, lets the behaviour decide, persists what it decided as one row,
/// applies it, and only then releases the effects. It is the only place where Akka meets a behaviour.
/// <code>
///   Recovering ──► Ready ──Decide: events──► Persisting ──durable──► apply, release ──► Ready
///                    │                           └──refused, failed──► the asker hears, stopped; the waker wakes it
///                    ├──Decide: no events, or volatile ones──► apply, release ──► Ready
///                    └──at rest for a while, gone, or moved──► stopped
/// </code>
/// While a row is being persisted, messages wait in Akka's stash. They are bounded: commands by
/// <see cref="CommandDesk"/>, the entities' own messages by the work in hand.
/// </summary>
internal sealed partial class EntityActor : UntypedPersistentActor
{
    private static readonly TimeSpan GoneLinger = TimeSpan.FromSeconds(1);

    /// <summary>An activation so young is not started anew for a version that it does not know.</summary>
    private static readonly TimeSpan BelievedFor = TimeSpan.FromSeconds(1);

    private readonly EntityKey _key;
    private readonly EntityServices _services;
    private readonly IBehavior _behavior;
    private readonly EntityTimers _timers;
    private readonly long _orderingAtStart;
    private readonly DateTimeOffset _startedAt;
    private object _state;
    private long _version;
    private long _ordering;
    private long _snapshotSequenceNr;
    private bool _reconcileQueued;
    private bool _isPassivating;
    private ICancelable? _idleAlarm;
    private long _decisions;
    private Asker _asker;

    public EntityActor(EntityKey key, EntityServices services, string journal)
    {
        _key = key;
        _services = services;
        _behavior = services.Behaviors.For(key.Resource);
        _timers = new EntityTimers(Context.System.Scheduler, Self, services.Time);
        _state = _behavior.Empty;
        _orderingAtStart = services.Tail.Ordering;
        _startedAt = services.Time.GetUtcNow();
        PersistenceId = key.ToString();
        JournalPluginId = journal;
    }

    public override string PersistenceId { get; }

    /// <summary>Where the tail knows that there is no snapshot, none is looked for.</summary>
    public override Recovery Recovery =>
        _services.Tail.KnowsAll && _services.Tail.Find(PersistenceId).SnapshotSequenceNr == 0
            ? new Recovery(SnapshotSelectionCriteria.None)
            : Recovery.Default;

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case SnapshotOffer { Snapshot: EntitySnapshot snapshot } offer:
                _state = Fold(_behavior.Empty, snapshot.History);
                (_version, _ordering) = (snapshot.Version, snapshot.Ordering);
                _snapshotSequenceNr = offer.Metadata.SequenceNr;
                break;
            case JournalEntry entry:
                Take(Fold(_state, entry.Events), entry);
                break;
            case RecoveryCompleted:
                Decide(
                    "recovery", Asker.None, context => _behavior.OnRecoveryCompleted(_key, _state, context));
                break;
        }
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case EntityEnvelope envelope when IsOvertaken || KnowsLessThan(envelope.Message):
                StartAnew(envelope);
                break;
            case EntityEnvelope { Message: Wake }:
                break;
            case EntityEnvelope { Message: UnknownMessage unknown } envelope:
                new Asker(Sender, envelope.RequestId).Fail(
                    CommandFailure.Unavailable,
                    "the member that has the object is of a release that does not know "
                    + $"\"{unknown.Manifest}\", or not all of what it holds here: upgrade all members");
                break;
            case EntityEnvelope envelope:
                Decide(envelope.Message, new Asker(Sender, envelope.RequestId));
                break;
            case ReconcileQueued:
                _reconcileQueued = false;
                Decide(Reconcile.Instance, Asker.None);
                break;
            case EntityTimers.Rang rang when _timers.Take(rang) is { } due:
                Decide(due, Asker.None);
                break;
            case IdleAlarm alarm:
                OnIdleAlarm(alarm);
                break;
            case StopEntity:
                _isPassivating = true;
                Context.Stop(Self);
                break;
            case SaveSnapshotFailure failure:
                // The rows are there; the next row tries again.
                _snapshotSequenceNr = 0;
                LogSnapshotFailed(_services.Logger, PersistenceId, failure.Cause.Message);
                break;
        }
    }

    /// <summary>Whether another activation has written rows since this one read them: it was active too, on another
    /// member. Commits are fenced in any case; what this one would refuse, it would refuse by an old state, for
    /// ever. Rows that its member knows no more were removed, all of them: the other one was the last.</summary>
    private bool IsOvertaken
    {
        get
        {
            var (tail, folded) = (_services.Tail, _services.Tail.Ordering);
            return !tail.KnowsAll && tail.Find(PersistenceId).Ordering is var last
                && (last > Math.Max(_ordering, _orderingAtStart)
                    || (last == 0 && _ordering > 0 && folded >= _ordering && !IsYoung));
        }
    }

    /// <summary>Whether the asker has seen a version that this activation has not: a commit whose outcome was unknown
    /// landed after it read its rows, and its member has not folded it yet. One that has just read them is believed,
    /// so that a version which never was starts it anew once a second at most.</summary>
    private bool KnowsLessThan(Message message) => !_services.Tail.KnowsAll
        && message is Command { ExpectedVersion: { } text }
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var expected)
        && expected > _version && !IsYoung;

    private bool IsYoung => _services.Time.GetUtcNow() - _startedAt <= BelievedFor;

    /// <summary>The shard holds the message until this activation has stopped, and gives it to the next.</summary>
    private void StartAnew(EntityEnvelope envelope)
    {
        Context.Parent.Tell(new Passivate(StopEntity.Instance), Self);
        _services.Region.Tell(envelope, Sender);
    }

    protected override void PreStart()
    {
        ClusterInstruments.Shared.Entities(_services.Behaviors.RegionOf(_key.Resource), 1);
        base.PreStart();
    }

    protected override void PostStop()
    {
        ClusterInstruments.Shared.Entities(_services.Behaviors.RegionOf(_key.Resource), -1);
        _timers.CancelAll();
        _idleAlarm?.Cancel();
        if (!_isPassivating || !(_behavior.IsGone(_state) || _behavior.IsAtRest(_state)))
        {
            _services.Waker.Tell(new EntityStopped(_key));
        }

        base.PostStop();
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        // That the journal does not answer is told once for all entities, by its writer.
        if (cause is JournalException)
        {
            LogNotWritten(_services.Logger, PersistenceId, sequenceNr, cause.Message);
        }
        else
        {
            LogNotStored(_services.Logger, PersistenceId, sequenceNr, cause.Message);
        }

        _asker.Fail(CommandFailure.NotStored, cause.Message);
    }

    /// <summary>Another activation wrote this row: what this one knows is old.</summary>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        _asker.Fail(CommandFailure.Unavailable, null);
        Context.Stop(Self);
    }

    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        if (reason is JournalException || reason.InnerException is JournalException)
        {
            LogNotRead(_services.Logger, PersistenceId, reason.Message);
        }
        else
        {
            LogNotRecovered(_services.Logger, reason, PersistenceId, LastSequenceNr);
        }
    }

    private void Decide(Message message, Asker asker) => Decide(
        message.GetType().Name, asker, context => _behavior.Decide(_key, _state, message, context));

    /// <summary>A decision changes nothing before it is stored, so when the behaviour throws, the entity goes on as if
    /// the message had not come.</summary>
    private void Decide(string what, Asker asker, Func<DecisionContext, Decision> decide)
    {
        Decision decision;
        object next;
        try
        {
            decision = decide(new DecisionContext(
                _services.Time.GetUtcNow(), _version, _services.Ids, _services.Facts()));
            next = Fold(_state, decision.Events);
        }
        catch (Exception bug)
        {
            LogFaulted(_services.Logger, bug, PersistenceId, what);
            asker.Fail(CommandFailure.Faulted, null);
            return;
        }

        var durable = Durable(decision.Events);
        if (durable.Count == 0)
        {
            _state = next;
            Release(decision, asker);
            return;
        }

        _asker = asker;
        var entry = new JournalEntry(_key.Resource, durable, EntryFormat.Encode(_key.Resource, durable))
        {
            IsAwaited = asker.RequestId != 0, Follows = _ordering,
        };
        Persist(entry, stored =>
        {
            Take(next, stored);
            Release(decision, asker);
            SnapshotIfDue();
        });
    }

    private void Take(object state, JournalEntry entry)
    {
        _state = state;
        _ordering = entry.Ordering;
        _version = entry.ChangesObject ? entry.Ordering : _version;
    }

    private object Fold(object state, IReadOnlyList<DomainEvent> events)
    {
        foreach (var @event in events)
        {
            state = _behavior.Apply(state, @event);
        }

        return state;
    }

    private static IReadOnlyList<DomainEvent> Durable(IReadOnlyList<DomainEvent> events)
    {
        foreach (var @event in events)
        {
            if (@event.Scope == EventScope.Volatile)
            {
                return [.. events.Where(one => one.Scope != EventScope.Volatile)];
            }
        }

        return events;
    }

    private void SnapshotIfDue()
    {
        if (LastSequenceNr - _snapshotSequenceNr >= _services.SnapshotEvery && !_behavior.IsGone(_state))
        {
            _snapshotSequenceNr = LastSequenceNr;
            SaveSnapshot(new EntitySnapshot(_key.Resource, _behavior.History(_state), _version, _ordering));
        }
    }

    /// <summary>Where a command's answer goes.</summary>
    private readonly record struct Asker(IActorRef Ref, long RequestId)
    {
        public static readonly Asker None = new(ActorRefs.Nobody, 0);

        public void Answer(Reply reply, long ordering)
        {
            if (RequestId != 0)
            {
                Ref.Tell(new CommandAnswer(RequestId, reply, ordering), ActorRefs.NoSender);
            }
        }

        public void Fail(CommandFailure failure, string? reason)
        {
            if (RequestId != 0)
            {
                Ref.Tell(new CommandFailed(RequestId, failure, reason), ActorRefs.NoSender);
            }
        }
    }

    /// <summary>Time to leave memory, if nothing was decided since.</summary>
    private sealed record IdleAlarm(long Decisions) : INoSerializationVerificationNeeded;

    /// <summary>The entity's own turn, behind everything that waits already.</summary>
    private sealed class ReconcileQueued : INoSerializationVerificationNeeded
    {
        public static readonly ReconcileQueued Instance = new();
    }
}
