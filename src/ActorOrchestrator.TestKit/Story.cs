using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Scheduling;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Admission;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.TestKit;

/// <summary>
/// One entity, told one thing after the other, without an engine: each message is decided, applied and, where the
/// decision asks for it, followed by its reconciliation, as at the end of a batch. The clock is the story's and ids are
/// drawn from a seed, so a story is always the same. Every step is also held against what every behaviour owes: it
/// decides the same when asked twice, deciding leaves the state alone, and what is written to the log and read again
/// gives the state that was there live.
/// </summary>
public sealed class Story
{
    private const ulong Seed = 1;

    private static readonly DateTimeOffset Beginning = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly IBehavior _behavior;
    private readonly EntityKey _key;
    private readonly List<DomainEvent> _journal = [];
    private readonly SortedDictionary<string, (DateTimeOffset Due, Message Message)> _timers =
        new(StringComparer.Ordinal);

    private readonly EntityLaws _laws;
    private ClusterFacts _facts = ClusterFacts.None;
    private object _state;
    private long _version;
    private int _decided;

    internal Story(IBehavior behavior, EntityKey key, IReadOnlyList<DomainEvent> past)
    {
        (_behavior, _key, _state) = (behavior, key, behavior.Empty);
        _laws = new EntityLaws(behavior, key);
        foreach (var @event in past)
        {
            Apply(@event);
        }
    }

    /// <summary>2026-01-01 at first; moves by <see cref="After"/>.</summary>
    public DateTimeOffset Now { get; private set; } = Beginning;

    /// <summary>Null before creation and after the end.</summary>
    public KubeObject? Object => (_state as ObjectState)?.Object;

    /// <summary>What is in the log, in order.</summary>
    public IReadOnlyList<DomainEvent> Journal => _journal;

    /// <summary>From now on the cluster has this class.</summary>
    public Story With(PriorityClass value)
    {
        _facts = _facts with { Priorities = _facts.Priorities.With(value) };
        return this;
    }

    /// <summary>Tells the entity something; several messages are one batch.</summary>
    public StoryStep When(params IReadOnlyList<Message> messages) => Step(step =>
    {
        foreach (var message in messages)
        {
            Tell(message, step);
        }
    });

    /// <summary>Time passes, and the timers that are due in it ring, in order.</summary>
    public StoryStep After(TimeSpan span) => Step(step =>
    {
        var end = Now + span;
        while (NextTimer(end) is { Key: { } name, Value: var timer })
        {
            _timers.Remove(name);
            Now = timer.Due > Now ? timer.Due : Now;
            Tell(timer.Message, step);
            Reconcile(step);
        }

        Now = end;
    });

    /// <summary>The process starts anew: the state is what the log gives, timers are gone, and the behaviour
    /// recovers.</summary>
    public StoryStep AfterRestart() => Step(step =>
    {
        _timers.Clear();
        _state = _laws.Replay(_journal);
        Take(context => _behavior.OnRecoveryCompleted(_key, _state, context), "recover", step);
    });

    private StoryStep Step(Action<StoryStep> run)
    {
        var step = new StoryStep(this, Object);
        run(step);
        Reconcile(step);
        step.End(Object, Now);
        return step;
    }

    private void Tell(Message message, StoryStep step) =>
        Take(context => _behavior.Decide(_key, _state, message, context), Shown.Told(message), step);

    private void Reconcile(StoryStep step)
    {
        while (step.TakeReconcile())
        {
            Tell(Domain.Reconcile.Instance, step);
        }
    }

    private void Take(Func<DecisionContext, Decision> decide, string on, StoryStep step)
    {
        // Each decision has ids of its own, so that it can be made twice with the same ones.
        var number = ++_decided;
        DecisionContext Context() => new(Now, _version, new SeededIds(new Dice(Seed, $"story/{number}")), _facts);
        var before = _laws.Picture(_state);
        var decision = decide(Context());
        step.Add(on, decision);
        _laws.HoldPure(on, before, _state, decision, () => decide(Context()));
        foreach (var @event in decision.Events)
        {
            Apply(@event);
        }

        foreach (var effect in decision.Effects)
        {
            Release(effect);
        }

        _laws.HoldReplay(on, _journal, _state);
    }

    private void Apply(DomainEvent @event)
    {
        _state = _behavior.Apply(_state, @event);
        if (@event.Scope != EventScope.Volatile)
        {
            _journal.Add(@event);
            _version += @event.Scope == EventScope.Object ? 1 : 0;
        }
    }

    private void Release(Effect effect)
    {
        switch (effect)
        {
            case Effect.SetTimer timer:
                _timers[timer.Name] = (timer.Due, timer.Message);
                break;
            case Effect.CancelTimer timer:
                _timers.Remove(timer.Name);
                break;
        }
    }

    private KeyValuePair<string, (DateTimeOffset Due, Message Message)>? NextTimer(DateTimeOffset end)
    {
        var due = _timers.Where(timer => timer.Value.Due <= end).ToList();
        return due.Count == 0 ? null : due.MinBy(timer => timer.Value.Due);
    }
}
