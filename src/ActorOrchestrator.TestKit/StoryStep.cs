using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.TestKit;

/// <summary>What came of telling an entity something.</summary>
public sealed class StoryStep
{
    private readonly Story _story;
    private readonly List<(string On, Decision Decision)> _decisions = [];
    private bool _isReconcileDue;

    internal StoryStep(Story story, KubeObject? before) => (_story, Before) = (story, before);

    /// <summary>The object before it; null when there was none.</summary>
    public KubeObject? Before { get; }

    /// <summary>The object after it.</summary>
    public KubeObject? Object { get; private set; }

    /// <summary>The story's clock after it.</summary>
    public DateTimeOffset Now { get; private set; }

    public IReadOnlyList<DomainEvent> Events => [.. _decisions.SelectMany(one => one.Decision.Events)];

    public IReadOnlyList<Effect> Effects => [.. _decisions.SelectMany(one => one.Decision.Effects)];

    /// <summary>The last answer; null when nobody was answered.</summary>
    public Reply? Reply => Effects.OfType<Effect.Answer>().LastOrDefault()?.Reply;

    /// <summary>Holds it against what is expected.</summary>
    /// <exception cref="TestKitException">Names what does not hold, and shows what was decided.</exception>
    public Story Then(params IReadOnlyList<Expectation> expectations)
    {
        var broken = expectations.Where(expectation => !expectation.Holds(this)).ToList();
        return broken.Count == 0
            ? _story
            : throw new TestKitException(
                string.Concat(broken.Select(expectation => $"expected {expectation.Text}\n")) + $"but {this}");
    }

    /// <summary>Goes on without looking.</summary>
    public Story And => _story;

    /// <summary>What was decided, line by line.</summary>
    public override string ToString() => _decisions.Count == 0
        ? "nothing happened"
        : string.Join('\n', _decisions.Select(one => $"on {one.On} it decided\n{Shown.Decided(one.Decision)}"))
            + $"\nand is now {(Object is null ? "not there" : Shown.There(Object))}";

    internal void Add(string on, Decision decision)
    {
        _decisions.Add((on, decision));
        _isReconcileDue |= decision.Effects.Any(effect => effect is Effect.Reconcile);
    }

    internal bool TakeReconcile()
    {
        var isDue = _isReconcileDue;
        _isReconcileDue = false;
        return isDue;
    }

    internal void End(KubeObject? now, DateTimeOffset at) => (Object, Now) = (now, at);
}
