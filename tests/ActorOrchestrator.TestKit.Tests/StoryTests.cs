using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.TestKit.Tests;

/// <summary>Expectations fail when they should, and say why; behaviours that break the laws are caught.</summary>
public sealed class StoryTests
{
    private static readonly EntityKey Key = new("configmaps", "default", "settings");

    [Fact]
    public void A_failure_says_what_was_expected_and_what_was_decided()
    {
        var failure = Assert.Throws<TestKitException>(() => Created(new DocumentBehavior())
            .When(Delete.Background)
            .Then(Expect.Refused("Conflict"), Expect.Event<PodBound>(bound => bound.Node == "n1"), Expect.Gone));

        Assert.Contains("expected a refusal for Conflict", failure.Message, StringComparison.Ordinal);
        Assert.Contains("expected an event PodBound with bound => bound.Node == \"n1\"", failure.Message,
            StringComparison.Ordinal);
        Assert.DoesNotContain("expected it to be gone", failure.Message, StringComparison.Ordinal);
        Assert.Contains("event  ObjectDeleted", failure.Message, StringComparison.Ordinal);
        Assert.Contains("is now not there", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_expectation_can_fail()
    {
        Expectation[] wrong =
        [
            Expect.Nothing, Expect.NoEvent, Expect.Gone, Expect.Event<PodBound>(), Expect.OnlyEvent<ObjectDeleted>(),
            Expect.Tells<Delete>(Key), Expect.Timer("t", TimeSpan.Zero), Expect.RecordedEvent("None"),
            Expect.Refused("Conflict"), Expect.Object<ConfigMap>(map => map.Data["key"] == "2"), Expect.Unchanged,
            Expect.Event<ObjectCreated>(created => created.Object is Pod),
        ];
        foreach (var expectation in wrong)
        {
            Assert.Throws<TestKitException>(() => Given
                .Absent(new DocumentBehavior(), Key).When(new Create(Settings())).Then(expectation));
        }
    }

    [Fact]
    public void Ids_are_the_same_each_time() => Assert.Equal(
        Created(new DocumentBehavior()).Object!.Metadata.Uid, Created(new DocumentBehavior()).Object!.Metadata.Uid);

    [Fact]
    public void A_behaviour_that_decides_now_this_now_that_is_caught() =>
        Caught(new Moody(), "decides now this, now that");

    [Fact]
    public void A_behaviour_whose_decision_changes_the_state_is_caught() =>
        Caught(new Hasty(), "Decide changed the state");

    [Fact]
    public void A_behaviour_that_applies_live_what_the_log_does_not_hold_is_caught() =>
        Caught(new Forgetful(), "its log folds to another state");

    private static void Caught(IBehavior wrong, string how)
    {
        var failure = Assert.Throws<TestKitException>(() => Created(wrong));
        Assert.Contains(how, failure.Message, StringComparison.Ordinal);
    }

    private static Story Created(IBehavior behavior) =>
        Given.Absent(behavior, Key).When(new Create(Settings())).Then(Expect.Accepted());

    private static ConfigMap Settings() => new()
    {
        Metadata = new ObjectMeta { Name = "settings", Namespace = "default" },
        Data = ValueMap<string>.From([KeyValuePair.Create("key", "1")]),
    };

    /// <summary>A document, but for what a test makes wrong.</summary>
    private class Document : IBehavior
    {
        private readonly IBehavior _real = new DocumentBehavior();

        public object Empty => _real.Empty;

        public virtual Decision Decide(EntityKey self, object state, Message message, in DecisionContext context) =>
            _real.Decide(self, state, message, context);

        public virtual object Apply(object state, DomainEvent @event) => _real.Apply(state, @event);

        public virtual IReadOnlyList<DomainEvent> History(object state) => _real.History(state);

        public Decision OnRecoveryCompleted(EntityKey self, object state, in DecisionContext context) =>
            _real.OnRecoveryCompleted(self, state, context);

        public bool IsGone(object state) => _real.IsGone(state);

        public bool IsAtRest(object state) => _real.IsAtRest(state);
    }

    private sealed class Moody : Document
    {
        private int _mood;

        public override Decision Decide(EntityKey self, object state, Message message, in DecisionContext context) =>
            base.Decide(self, state, message, context).CancelTimer($"{++_mood}");
    }

    private sealed class Hasty : Document
    {
        private ObjectState _hidden = ObjectState.Absent;

        public override Decision Decide(EntityKey self, object state, Message message, in DecisionContext context)
        {
            _hidden = new ObjectState(Settings());
            return base.Decide(self, state, message, context);
        }

        public override IReadOnlyList<DomainEvent> History(object state) =>
            base.History(((ObjectState)state).Object is null ? _hidden : state);
    }

    private sealed class Forgetful : Document
    {
        private int _applied;

        public override object Apply(object state, DomainEvent @event) => ++_applied > 1
            ? state
            : base.Apply(state, @event);
    }
}
