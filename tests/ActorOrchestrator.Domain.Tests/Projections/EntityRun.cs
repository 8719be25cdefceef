using ActorOrchestrator.Api;
using ActorOrchestrator.Domain.Admission;
using ActorOrchestrator.Domain.Priorities;

namespace ActorOrchestrator.Domain.Tests.Projections;

/// <summary>Runs one entity as the engine does: decides, applies, delivers the reconciliations and timers it asked
/// for, and records what it emitted and told. The clock is the test's.</summary>
internal sealed class EntityRun(IBehavior behavior, EntityKey key)
{
    private readonly CountingIds _ids = new();
    private readonly SortedDictionary<string, (DateTimeOffset Due, Message Message)> _timers =
        new(StringComparer.Ordinal);

    private object _state = behavior.Empty;

    public DateTimeOffset Now { get; private set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public ClusterFacts Facts { get; set; } = ClusterFacts.None;

    public PriorityClasses Priorities
    {
        set => Facts = Facts with { Priorities = value };
    }

    public KubeObject? Object => ((ObjectState)_state).Object;

    public bool IsAtRest => behavior.IsAtRest(_state);

    /// <summary>Journaled events, in order.</summary>
    public List<DomainEvent> Journal { get; } = [];

    public List<Effect> Effects { get; } = [];

    public Reply? LastReply => Effects.OfType<Effect.Answer>().LastOrDefault()?.Reply;

    public IEnumerable<string> RecordedEvents =>
        Effects.OfType<Effect.RecordEvent>().Select(recorded => recorded.Reason);

    public EntityRun Send(Message message)
    {
        Take(behavior.Decide(key, _state, message, new DecisionContext(Now, Version: 1, _ids, Facts)));
        return this;
    }

    /// <summary>Lets time pass, firing timers when they are due.</summary>
    public EntityRun Pass(TimeSpan time)
    {
        var end = Now + time;
        while (_timers.Count > 0 && _timers.MinBy(timer => timer.Value.Due) is var next && next.Value.Due <= end)
        {
            Now = next.Value.Due;
            _timers.Remove(next.Key);
            Send(next.Value.Message);
        }

        Now = end;
        return this;
    }

    /// <summary>The process stands still: when it goes on, timers that were due fire late.</summary>
    public EntityRun Stall(TimeSpan time)
    {
        Now += time;
        foreach (var (name, timer) in _timers.Where(timer => timer.Value.Due <= Now).ToList())
        {
            _timers.Remove(name);
            Send(timer.Message);
        }

        return this;
    }

    /// <summary>Replays the journal, as after a restart of the process: volatile knowledge and timers are
    /// gone.</summary>
    public EntityRun Restart()
    {
        _timers.Clear();
        _state = Journal.Aggregate(behavior.Empty, behavior.Apply);
        Take(behavior.OnRecoveryCompleted(key, _state, new DecisionContext(Now, Version: 1, _ids, Facts)));
        return this;
    }

    private void Take(Decision decision)
    {
        foreach (var @event in decision.Events)
        {
            _state = behavior.Apply(_state, @event);
            if (@event.Scope != EventScope.Volatile)
            {
                Journal.Add(@event);
            }
        }

        foreach (var effect in decision.Effects)
        {
            Effects.Add(effect);
            if (effect is Effect.SetTimer timer)
            {
                _timers[timer.Name] = (timer.Due, timer.Message);
            }
            else if (effect is Effect.CancelTimer cancel)
            {
                _timers.Remove(cancel.Name);
            }
        }

        if (decision.Effects.OfType<Effect.Reconcile>().Any())
        {
            Send(Reconcile.Instance);
        }
    }

    private sealed class CountingIds : IIdSource
    {
        private int _drawn;

        public string NewUid() => $"00000000-0000-4000-8000-{++_drawn:d12}";

        public string NewNameSuffix() => $"{++_drawn:d5}";
    }
}
