using ActorOrchestrator.Actors.Projections;
using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Domain;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Actors.Entities;

internal sealed partial class EntityActor
{
    /// <summary>Carries out, in order, what a decision whose events are durable wants.</summary>
    private void Release(Decision decision, Asker asker)
    {
        var isAnswered = false;
        foreach (var effect in decision.Effects)
        {
            if (effect is Effect.Answer { Reply: Reply.Rejected } && MayBeOld)
            {
                asker.Fail(CommandFailure.Unavailable, "it is not known what of the object is stored, try again");
                isAnswered = true;
            }
            else if (effect is Effect.Answer answer)
            {
                asker.Answer(Stamped(answer.Reply), _ordering);
                isAnswered = true;
            }
            else
            {
                Release(effect);
            }
        }

        if (asker.RequestId != 0 && !isAnswered)
        {
            LogUnanswered(_services.Logger, PersistenceId);
            asker.Fail(CommandFailure.Faulted, null);
        }

        LeaveMemoryWhenIdle();
    }

    private void Release(Effect effect)
    {
        switch (effect)
        {
            case Effect.Tell tell:
                _services.Region.Tell(new EntityEnvelope(tell.To, tell.Message));
                break;
            case Effect.SetTimer timer:
                _timers.Set(timer.Name, timer.Due, timer.Message);
                break;
            case Effect.CancelTimer timer:
                _timers.Cancel(timer.Name);
                break;
            case Effect.Reconcile when !_reconcileQueued:
                _reconcileQueued = true;
                Self.Tell(ReconcileQueued.Instance, ActorRefs.NoSender);
                break;
            case Effect.Reconcile:
                break;
            case Effect.RecordEvent record:
                _services.RecordEvent(record);
                break;
            default:
                _services.Ask(ProjectionQuestion.Of(_key, effect)
                    ?? throw new InvalidOperationException($"nobody carries out {effect.GetType().Name}"));
                break;
        }
    }

    /// <summary>Whether a row may be stored that this activation has not read: an acceptance would be fenced by it, a
    /// refusal is not.</summary>
    private bool MayBeOld => !_services.Tail.KnowsAll && _services.Tail.IsUnsure;

    private Reply Stamped(Reply reply) => reply is Reply.Accepted accepted
        ? accepted with { Object = Stamp.Version(accepted.Object, _version) }
        : reply;

    /// <summary>An entity at rest leaves memory when nobody has talked to it for a while; the others stay, but where
    /// there may be another activation they look now and then whether they were overtaken: whom nobody talks to would
    /// never hear of it. One alarm serves many messages: setting it anew for each would cost more than most of them
    /// do.</summary>
    private void LeaveMemoryWhenIdle()
    {
        _decisions++;
        if (_idleAlarm is null && MayHaveToLeave)
        {
            SetIdleAlarm();
        }
    }

    private bool MayHaveToLeave => IsIdle || !_services.Tail.KnowsAll;

    /// <summary>One that is gone has nothing to wait for, whatever timers it left.</summary>
    private bool IsIdle => !_reconcileQueued
        && (_behavior.IsGone(_state) || (!_timers.AnyArmed && _behavior.IsAtRest(_state)));

    /// <summary>One that is gone is seldom asked again; it lingers for what is on the way to it.</summary>
    private void SetIdleAlarm() => _idleAlarm = Context.System.Scheduler.ScheduleTellOnceCancelable(
        _behavior.IsGone(_state) ? GoneLinger : _services.PassivateAfter, Self, new IdleAlarm(_decisions),
        ActorRefs.NoSender);

    private void OnIdleAlarm(IdleAlarm alarm)
    {
        _idleAlarm = null;
        if (IsOvertaken || (IsIdle && alarm.Decisions == _decisions))
        {
            Context.Parent.Tell(new Passivate(StopEntity.Instance), Self);
        }
        else if (MayHaveToLeave)
        {
            SetIdleAlarm();
        }
    }

    [LoggerMessage(1001, LogLevel.Error, "Bug: {PersistenceId} threw on {Message}; the message was dropped")]
    private static partial void LogFaulted(ILogger logger, Exception bug, string persistenceId, string message);

    [LoggerMessage(1002, LogLevel.Warning, "Row {SequenceNr} of {PersistenceId} was not stored: {Reason}")]
    private static partial void LogNotStored(ILogger logger, string persistenceId, long sequenceNr, string reason);

    [LoggerMessage(1007, LogLevel.Debug, "Row {SequenceNr} of {PersistenceId} was not written: {Reason}")]
    private static partial void LogNotWritten(ILogger logger, string persistenceId, long sequenceNr, string reason);

    [LoggerMessage(1006, LogLevel.Debug, "{PersistenceId} cannot be read from the journal now: {Reason}")]
    private static partial void LogNotRead(ILogger logger, string persistenceId, string reason);

    [LoggerMessage(1003, LogLevel.Error, "{PersistenceId} cannot be read from the journal (row {SequenceNr})")]
    private static partial void LogNotRecovered(
        ILogger logger, Exception reason, string persistenceId, long sequenceNr);

    [LoggerMessage(1004, LogLevel.Error, "Bug: {PersistenceId} decided a command without an answer")]
    private static partial void LogUnanswered(ILogger logger, string persistenceId);

    [LoggerMessage(1005, LogLevel.Warning, "{PersistenceId} stored no snapshot: {Reason}")]
    private static partial void LogSnapshotFailed(ILogger logger, string persistenceId, string reason);
}
