using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Policy;
using ActorOrchestrator.Api.Selectors;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Journal;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// Evictions by the API never take a budget's pods below what it demands. A ready pod is evicted only when its budget
/// has noted it, and the budget notes one only when enough others are healthy. A budget knows of pods that are lost
/// otherwise (crashed, deleted, relabelled) when the news has reached it, so what was lost lately still counts: while
/// the control plane runs well that is soon. Budgets that are new or were changed lately are not asked yet by
/// everybody.
/// </summary>
internal sealed class BudgetCheck : Check
{
    /// <summary>Longer than a shard may be kept from answering, and so longer than any news is on its way.</summary>
    private static readonly TimeSpan NewsMax = RecentBounds.Kept;

    /// <summary>How long it is on its way where nothing holds it up, lost messages included.</summary>
    private static readonly TimeSpan NewsUsual = TimeSpan.FromSeconds(30);

    /// <summary>A little less than BudgetCounter keeps a note of a pod that is not seen going.</summary>
    private static readonly TimeSpan NoteMin = TimeSpan.FromSeconds(110);

    private readonly Dictionary<EntityKey, DateTimeOffset> _changedAt = [];
    private readonly Dictionary<(EntityKey Budget, string PodUid), DateTimeOffset> _leaves = [];
    private readonly Dictionary<EntityKey, Queue<DateTimeOffset>> _lost = [];

    private DateTimeOffset _skewedAt = DateTimeOffset.UnixEpoch;

    public override string Guarantee => "budgets";

    public override void OnCommit(IReadOnlyList<StoredRow> rows) =>
        _skewedAt = World.Control.IsClockRight ? _skewedAt : World.Loop.Now;

    public override void OnChange(ObjectChange change, Decided decided)
    {
        switch (change.New ?? change.Old)
        {
            case Pod:
                TakePod(change, decided);
                break;
            case PodDisruptionBudget:
                TakeBudget(change);
                break;
        }
    }

    private void TakePod(ObjectChange change, Decided decided)
    {
        var (old, now) = (change.Old as Pod, change.New as Pod);
        if (old is null || now is null || old.Metadata.Labels != now.Metadata.Labels)
        {
            _changedAt[change.Key] = World.Loop.Now;
        }

        if (old is null)
        {
            return;
        }

        if (decided.IsDeletion && IsEvicted(decided.Last as Pod) && !IsEvicted(old) && IsHealthy(old))
        {
            HoldEviction(old, change);
        }

        foreach (var budget in Guarding(old).Where(_ => IsHealthy(old)))
        {
            var isLost = now is null || !IsHealthy(now) || !IsGuarded(budget, now);
            if (isLost && !IsNoted(EntityKey.Of(budget), old))
            {
                Lose(EntityKey.Of(budget));
            }
        }
    }

    private void TakeBudget(ObjectChange change)
    {
        var (old, now) = (change.Old as PodDisruptionBudget, change.New as PodDisruptionBudget);
        if (old is null || now is null || old.Metadata.Uid != now.Metadata.Uid || old.Spec != now.Spec)
        {
            _changedAt[change.Key] = World.Loop.Now;
        }

        if (now is null)
        {
            return;
        }

        if (now.Status.DisruptionsAllowed < 0)
        {
            Violate($"{change.Key} allows {now.Status.DisruptionsAllowed} disruptions at {change.Sequence}");
        }

        foreach (var (name, _) in now.Status.DisruptedPods)
        {
            var isNew = old is null || !old.Status.DisruptedPods.TryGetValue(name, out var before)
                || before != now.Status.DisruptedPods[name];
            if (isNew && World.Truth.Find<Pod>(change.Key.Namespace, name) is { } pod)
            {
                _leaves[(change.Key, pod.Metadata.Uid!)] = World.Loop.Now;
                HoldLeave(now, change, name);
            }
        }
    }

    private void HoldEviction(Pod pod, ObjectChange change)
    {
        var settled = Guarding(pod).Where(budget => IsSettled(EntityKey.Of(budget))).ToList();
        if (settled is [var budget] && IsSettled(change.Key)
            && !_leaves.ContainsKey((EntityKey.Of(budget), pod.Metadata.Uid!)))
        {
            Violate($"{change.Key}, which was ready, was evicted at {change.Sequence} without the leave of "
                + $"{EntityKey.Of(budget)}");
        }
    }

    private void HoldLeave(PodDisruptionBudget budget, ObjectChange change, string name)
    {
        var healthy = World.Truth.All<Pod>().Count(pod => IsGuarded(budget, pod) && IsHealthy(pod)
            && !budget.Status.DisruptedPods.ContainsKey(pod.Metadata.Name!));
        var lost = LostLately(change.Key);
        if (healthy + lost < budget.Status.DesiredHealthy)
        {
            Violate($"{change.Key} let {name} go at {change.Sequence}: {healthy} others are healthy, {lost} were lost "
                + $"lately, and it demands {budget.Status.DesiredHealthy}");
        }
    }

    private void Lose(EntityKey budget)
    {
        if (!_lost.TryGetValue(budget, out var lost))
        {
            _lost.Add(budget, lost = new Queue<DateTimeOffset>());
        }

        lost.Enqueue(World.Loop.Now);
    }

    /// <summary>What it let go itself it does not count as healthy, until the note is two minutes old.</summary>
    private bool IsNoted(EntityKey budget, Pod pod) =>
        _leaves.TryGetValue((budget, pod.Metadata.Uid!), out var at) && at + NoteMin > World.Loop.Now
        && _skewedAt + NewsMax < World.Loop.Now;

    /// <summary>What was lost before has been counted, or been long enough on its way.</summary>
    private int LostLately(EntityKey budget)
    {
        if (!_lost.TryGetValue(budget, out var lost))
        {
            return 0;
        }

        while (lost.TryPeek(out var oldest) && oldest + NewsMax < World.Loop.Now)
        {
            lost.Dequeue();
        }

        var isWell = Later(World.Calm.ControlTroubledAt, _skewedAt) + (NewsUsual * 2) < World.Loop.Now;
        return isWell ? lost.Count(at => at + NewsUsual > World.Loop.Now) : lost.Count;
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private bool IsSettled(EntityKey key) =>
        !_changedAt.TryGetValue(key, out var at) || at + NewsMax < World.Loop.Now;

    private IEnumerable<PodDisruptionBudget> Guarding(Pod pod) =>
        World.Truth.All<PodDisruptionBudget>().Where(budget => IsGuarded(budget, pod));

    private static bool IsGuarded(PodDisruptionBudget budget, Pod pod) =>
        budget.Metadata.Namespace == pod.Metadata.Namespace && budget.Spec.Selector.Selects(pod.Metadata.Labels);

    private static bool IsHealthy(Pod pod) => pod.Metadata.DeletionTimestamp is null && Describe.IsReady(pod);

    private static bool IsEvicted(Pod? pod) => pod?.Status.Conditions.Any(condition =>
        condition is { Type: "DisruptionTarget", Reason: "EvictionByEvictionAPI" }) == true;
}
