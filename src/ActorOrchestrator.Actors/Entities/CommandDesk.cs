using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Projections;
using ActorOrchestrator.Domain;
using Akka.Actor;
using Akka.Event;

namespace ActorOrchestrator.Actors.Entities;

/// <summary>
/// Where this member's commands wait for their answers. It is an actor reference without a mailbox: an answer completes
/// the wait on the thread that brings it. An answer that stands on rows of another member waits until this member's
/// view holds them, so whoever asked reads what it wrote.
/// </summary>
internal sealed class CommandDesk : MinimalActorRef
{
    /// <summary>Commands that wait for one entity: more only add latency.</summary>
    private const int PerEntityMax = 1_000;

    /// <summary>Commands that wait in this member.</summary>
    private const int WaitingMax = 10_000;

    /// <summary>A command that was asked before a member was lost and is not answered this long after went to that
    /// member. One that waited for its shard to move is answered sooner.</summary>
    private static readonly TimeSpan AnswerAfterLoss = TimeSpan.FromSeconds(3);

    private readonly JournalTail _tail;
    private readonly JournalHealth _journal;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<long, PendingCommand> _waiting = [];
    private readonly Dictionary<EntityKey, int> _perEntity = [];
    private long _last;

    public CommandDesk(ActorSystem system, JournalTail tail, JournalHealth journal, TimeProvider time)
    {
        (_tail, _journal, _time) = (tail, journal, time);
        Provider = ((ExtendedActorSystem)system).Provider;
        Path = Provider.TempPath();
        Provider.RegisterTempActor(this, Path);
        system.EventStream.Subscribe(this, typeof(DeadLetter));
        system.EventStream.Subscribe(this, typeof(Dropped));
        system.EventStream.Subscribe(this, typeof(UnhandledMessage));
        system.EventStream.Subscribe(this, typeof(MemberLost));
    }

    public override ActorPath Path { get; }

    public override IActorRefProvider Provider { get; }

    /// <returns>The command's number; null when too many wait.</returns>
    public long? Open(PendingCommand pending)
    {
        lock (_lock)
        {
            var waiting = _perEntity.GetValueOrDefault(pending.To);
            if (waiting >= PerEntityMax || _waiting.Count >= WaitingMax)
            {
                return null;
            }

            _perEntity[pending.To] = waiting + 1;
            _waiting.Add(++_last, pending);
            return _last;
        }
    }

    /// <summary>Nobody waits for the answer any more.</summary>
    public void Close(long requestId) => Take(requestId);

    protected override void TellInternal(object message, IActorRef sender)
    {
        switch (message)
        {
            case CommandAnswer answer when Take(answer.RequestId) is { } pending:
                if (_tail.Ordering >= answer.Ordering)
                {
                    pending.Complete(answer.Reply);
                }
                else
                {
                    _ = CompleteWhenFoldedAsync(pending, answer);
                }

                break;
            case CommandFailed { FoundNobody: true } failed when Find(failed.RequestId)?.FindsNobody() is { } pause:
                _ = TellAgainAsync(failed.RequestId, pause);
                break;
            case CommandFailed failed when Take(failed.RequestId) is { } pending:
                pending.Fail(failed.Failure, failed.Reason);
                break;
            case DeadLetter { Message: Dropped dropped }:
                TellLost(dropped);
                break;
            case AllDeadLetters letter:
                TellLost(letter);
                break;
            case MemberLost:
                _ = FailLostAsync(upTo: Volatile.Read(ref _last));
                break;
        }
    }

    /// <summary>A command was lost where a shard moves or an entity ends. Nobody but the member where it was lost knows
    /// of it, and whoever waits may be on another one.</summary>
    private void TellLost(AllDeadLetters letter)
    {
        if (letter.Message is EntityEnvelope { RequestId: > 0 } lost)
        {
            // An entity that cannot read its rows ends, and loses what it was asked: it would again.
            var reason = _journal.Problem is { } problem ? $"the object cannot be read: {problem}" : null;
            letter.Sender.Tell(
                new CommandFailed(lost.RequestId, CommandFailure.Unavailable, reason, FoundNobody: reason is null),
                ActorRefs.NoSender);
        }
    }

    private async Task TellAgainAsync(long requestId, TimeSpan pause)
    {
        await Task.Delay(pause, _time);
        Find(requestId)?.Tell?.Invoke();
    }

    private async Task FailLostAsync(long upTo)
    {
        await Task.Delay(AnswerAfterLoss, _time);
        List<long> lost;
        lock (_lock)
        {
            lost = [.. _waiting.Keys.Where(requestId => requestId <= upTo)];
        }

        lost.ForEach(requestId => Take(requestId)?.Fail(CommandFailure.Lost, null));
    }

    private async Task CompleteWhenFoldedAsync(PendingCommand pending, CommandAnswer answer)
    {
        // Whoever has given up meanwhile is not disturbed by an answer.
        await _tail.WaitForAsync(answer.Ordering, CancellationToken.None);
        pending.Complete(answer.Reply);
    }

    private PendingCommand? Find(long requestId)
    {
        lock (_lock)
        {
            return _waiting.GetValueOrDefault(requestId);
        }
    }

    private PendingCommand? Take(long requestId)
    {
        lock (_lock)
        {
            if (!_waiting.Remove(requestId, out var pending))
            {
                return null;
            }

            var left = _perEntity[pending.To] - 1;
            if (left == 0)
            {
                _perEntity.Remove(pending.To);
            }
            else
            {
                _perEntity[pending.To] = left;
            }

            return pending;
        }
    }
}
