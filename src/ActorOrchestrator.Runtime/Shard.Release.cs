using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Runtime;

internal sealed partial class Shard
{
    /// <summary>Carries out one outcome's effects through the host, which calls back for what the engine
    /// does.</summary>
    private sealed class Releaser(Shard shard) : EffectContext
    {
        private EntitySlot? _slot;
        private IReplyPort? _asker;

        public override string Self => _slot!.PersistenceId;

        public void Release(in ShardBatch.Outcome outcome)
        {
            _slot = outcome.Slot;
            _asker = outcome.Asker;
            foreach (var effect in outcome.Effects)
            {
                try
                {
                    shard._options.Host.Release(effect, this);
                }
                catch (Exception bug)
                {
                    // Its events are durable, so the entity derives the effect again when it recovers.
                    shard.LogReleaseFaulted(bug, _slot.PersistenceId, effect.GetType().Name);
                }
            }

            if (_asker is not null)
            {
                shard.LogUnanswered(_slot.PersistenceId);
                _asker.Fail(AskFailure.Faulted);
            }

            _slot = null;
            _asker = null;
        }

        public override void Reply(object reply)
        {
            _asker?.Complete(reply, _slot!.Version);
            _asker = null;
        }

        public override void Tell(string persistenceId, object message) => shard._region.Tell(persistenceId, message);

        public override void SetTimer(string name, DateTimeOffset due, object message) =>
            shard._timers.Set(Self, name, due, message);

        public override void CancelTimer(string name) => shard._timers.Cancel(Self, name);

        public override void Passivate() => shard.Passivate(_slot!);
    }

    [LoggerMessage(1003, LogLevel.Error, "Bug: releasing {Effect} of {PersistenceId} threw")]
    private partial void LogReleaseFaulted(Exception bug, string persistenceId, string effect);

    [LoggerMessage(1004, LogLevel.Error, "Bug: {PersistenceId} decided a question without an answer")]
    private partial void LogUnanswered(string persistenceId);
}
