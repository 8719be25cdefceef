using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace ActorOrchestrator.Agent.Mailboxes;

/// <summary>
/// A bounded mailbox for an actor that is level-triggered. Of <see cref="IExpendable"/> messages only so many wait; the
/// first one too many leaves a <see cref="MailboxOverflowed"/> in its place, which covers those that follow before it
/// was taken. Everything else always has room: timers, and the outcomes of work that the actor began itself, of which
/// there is never more than it has under way.
/// </summary>
public sealed class LevelMailbox : MailboxType, IProducesMessageQueue<LevelMailbox.Queue>
{
    private readonly int _capacity;

    public LevelMailbox(Settings settings, Akka.Configuration.Config config) : base(settings, config) =>
        _capacity = config.GetInt("capacity");

    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new Queue(_capacity);

    public sealed class Queue(int capacity) : IMessageQueue
    {
        private readonly ConcurrentQueue<Envelope> _waiting = new();
        private int _expendable;
        private int _isOverflowing;

        public bool HasMessages => !_waiting.IsEmpty;

        public int Count => _waiting.Count;

        public void Enqueue(IActorRef receiver, Envelope envelope)
        {
            if (envelope.Message is not IExpendable)
            {
                _waiting.Enqueue(envelope);
                return;
            }

            if (Interlocked.Increment(ref _expendable) <= capacity)
            {
                _waiting.Enqueue(envelope);
                return;
            }

            Interlocked.Decrement(ref _expendable);
            if (Interlocked.Exchange(ref _isOverflowing, 1) == 0)
            {
                _waiting.Enqueue(new Envelope(MailboxOverflowed.Instance, receiver));
            }
        }

        public bool TryDequeue(out Envelope envelope)
        {
            if (!_waiting.TryDequeue(out envelope))
            {
                return false;
            }

            if (envelope.Message is IExpendable)
            {
                Interlocked.Decrement(ref _expendable);
            }
            else if (envelope.Message is MailboxOverflowed)
            {
                Volatile.Write(ref _isOverflowing, 0);
            }

            return true;
        }

        public void CleanUp(IActorRef owner, IMessageQueue deadletters)
        {
            while (_waiting.TryDequeue(out var left))
            {
                deadletters.Enqueue(owner, left);
            }
        }
    }
}
