using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Policy;
using ActorOrchestrator.Api.Selectors;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Domain.PodDisruptionBudgets;

/// <summary>
/// Counts the pods of every budget, and tells the budget what its status has to be. It follows the log, so what it
/// counts holds of one moment: of the budget as it was then, with its disrupted pods, and of the pods as they were.
/// </summary>
public sealed class BudgetCounter : IProjection
{
    /// <summary>A budget that does not show what it was told is told again: the message may have been lost.</summary>
    private static readonly TimeSpan TellAgain = TimeSpan.FromSeconds(5);

    /// <summary>Kubernetes' stalePodDisruptionTimeout: a pod that may go but is not seen going for so long is taken to
    /// stay; whoever wanted it gone has given up.</summary>
    private static readonly TimeSpan DisruptionMax = TimeSpan.FromMinutes(2);

    private readonly OwnerScales _scales = new();
    private readonly Dictionary<string, Dictionary<string, Pod>> _pods = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<EntityKey, GuardedPods>> _budgets = new(StringComparer.Ordinal);
    private readonly Dictionary<EntityKey, GuardedPods> _none = [];
    private readonly SortedSet<EntityKey> _toCount = new(KeyOrder.Instance);
    private readonly PriorityQueue<EntityKey, DateTimeOffset> _later = new();
    private bool _started;

    public string Name => "budget-counter";

    public void OnChange(ObjectChange change, ProjectionContext context)
    {
        switch (change.New ?? change.Old)
        {
            case Pod:
                OnPod(change.Key, change.New as Pod);
                break;
            case PodDisruptionBudget:
                OnBudget(change.Key, change.New as PodDisruptionBudget);
                break;
            case { } owner when KindRegistry.Of(owner).HasScale && _scales.Observe(change):
                _toCount.UnionWith(In(change.Key.Namespace).Keys);
                break;
        }
    }

    public void Started(ProjectionContext context) => _started = true;

    public void OnBatchEnd(ProjectionContext context)
    {
        if (!_started)
        {
            return;
        }

        while (_later.TryPeek(out var key, out var due) && due <= context.Now)
        {
            _later.Dequeue();
            _toCount.Add(key);
        }

        foreach (var key in _toCount)
        {
            if (In(key.Namespace).TryGetValue(key, out var guarded))
            {
                Count(key, guarded, context);
            }
        }

        _toCount.Clear();
        if (_later.TryPeek(out _, out var next))
        {
            context.WakeAt(next);
        }
    }

    private Dictionary<EntityKey, GuardedPods> In(string @namespace) =>
        _budgets.GetValueOrDefault(@namespace) ?? _none;

    private void OnPod(EntityKey key, Pod? pod)
    {
        if (!_pods.TryGetValue(key.Namespace, out var pods))
        {
            _pods.Add(key.Namespace, pods = new Dictionary<string, Pod>(StringComparer.Ordinal));
        }

        if (pod is not null)
        {
            pods[key.Name] = pod;
        }
        else if (pods.Remove(key.Name) && pods.Count == 0)
        {
            _pods.Remove(key.Namespace);
        }

        foreach (var (budget, guarded) in In(key.Namespace))
        {
            if (guarded.Observe(key.Name, pod))
            {
                _toCount.Add(budget);
            }
        }
    }

    private void OnBudget(EntityKey key, PodDisruptionBudget? budget)
    {
        if (budget is null)
        {
            if (In(key.Namespace) is var left && left.Remove(key) && left.Count == 0)
            {
                _budgets.Remove(key.Namespace);
            }

            return;
        }

        if (!_budgets.TryGetValue(key.Namespace, out var budgets))
        {
            _budgets.Add(key.Namespace, budgets = []);
        }

        if (budgets.TryGetValue(key, out var guarded) && guarded.Budget.Spec.Selector == budget.Spec.Selector)
        {
            guarded.Budget = budget;
        }
        else
        {
            budgets[key] = new GuardedPods(budget, _pods.TryGetValue(key.Namespace, out var all) ? all.Values : []);
        }

        _toCount.Add(key);
    }

    private void Count(EntityKey key, GuardedPods guarded, ProjectionContext context)
    {
        var budget = guarded.Budget;
        var disrupted = guarded.Disrupted(context.Now - DisruptionMax);
        var needsScale = NeedsScale(budget.Spec);
        var (wanted, problem) = needsScale ? _scales.Expected(key.Namespace, guarded.Pods) : (0, null);
        var count = new BudgetCount
        {
            Pods = guarded.Pods.Count,
            Healthy = guarded.Healthy(disrupted),
            Wanted = wanted,
            Disrupted = disrupted,
            Unmanaged = needsScale ? guarded.Pods.Count(pod => ObjectLifecycle.ControllerOf(pod) is null) : 0,
            Problem = problem,
        };
        Note(guarded, count, context);
        var status = BudgetStatus.Of(budget, count, context.Now);
        if (status != budget.Status)
        {
            context.Tell(key, new BudgetCounted(
                budget.Metadata.Uid!, budget.Metadata.ResourceVersion ?? "", status));
            CountAgain(key, guarded, context.Now + TellAgain, context.Now);
        }

        if (disrupted.Count > 0)
        {
            CountAgain(key, guarded, disrupted.Values.Min() + DisruptionMax, context.Now);
        }
    }

    /// <summary>What has not been said since it last held.</summary>
    private static void Note(GuardedPods guarded, BudgetCount count, ProjectionContext context)
    {
        List<BudgetNote> notes = [.. BudgetNotes.Of(guarded.Budget, count)];
        foreach (var note in notes.Except(guarded.Notes))
        {
            context.RecordEvent(guarded.Budget, note.Type, note.Reason, note.Message, BudgetNotes.Component);
        }

        guarded.Notes = notes;
    }

    private void CountAgain(EntityKey key, GuardedPods guarded, DateTimeOffset due, DateTimeOffset now)
    {
        if (guarded.NextCount <= now || due < guarded.NextCount)
        {
            guarded.NextCount = due;
            _later.Enqueue(key, due);
        }
    }

    /// <summary>An integer minAvailable is measured against the pods that are there, whoever made them.</summary>
    private static bool NeedsScale(PodDisruptionBudgetSpec spec) =>
        spec.MaxUnavailable is not null || spec.MinAvailable is { IsString: true };

    /// <summary>A budget and the pods that its selector matches.</summary>
    private sealed class GuardedPods
    {
        private readonly SortedDictionary<string, Pod> _pods = new(StringComparer.Ordinal);

        public GuardedPods(PodDisruptionBudget budget, IEnumerable<Pod> all)
        {
            Budget = budget;
            foreach (var pod in all)
            {
                Observe(pod.Metadata.Name!, pod);
            }
        }

        public PodDisruptionBudget Budget { get; set; }

        /// <summary>What was to be said of it when it was last counted.</summary>
        public IReadOnlyList<BudgetNote> Notes { get; set; } = [];

        /// <summary>When it is counted again whatever happens; not after now: never.</summary>
        public DateTimeOffset NextCount { get; set; }

        public IReadOnlyCollection<Pod> Pods => _pods.Values;

        /// <summary>Takes in a pod as it is now; true when that may change the count.</summary>
        public bool Observe(string name, Pod? pod)
        {
            if (pod is null || !Budget.Spec.Selector.Selects(pod.Metadata.Labels))
            {
                return _pods.Remove(name);
            }

            var before = _pods.GetValueOrDefault(name);
            _pods[name] = pod;
            return before is null || before.Metadata.Uid != pod.Metadata.Uid
                || before.Metadata.DeletionTimestamp is null != pod.Metadata.DeletionTimestamp is null
                || PodConditions.IsReady(before.Status) != PodConditions.IsReady(pod.Status)
                || ObjectLifecycle.ControllerOf(before) != ObjectLifecycle.ControllerOf(pod);
        }

        /// <summary>The noted pods that are still to go, without those noted before <paramref name="oldest"/>. A pod
        /// made after the note is another one of the name.</summary>
        public ValueMap<DateTimeOffset> Disrupted(DateTimeOffset oldest) => ValueMap<DateTimeOffset>.From(
            Budget.Status.DisruptedPods.Where(noted => noted.Value > oldest
                && _pods.TryGetValue(noted.Key, out var pod) && pod.Metadata.DeletionTimestamp is null
                && (pod.Metadata.CreationTimestamp ?? noted.Value) <= noted.Value));

        public int Healthy(ValueMap<DateTimeOffset> disrupted) => _pods.Count(entry =>
            entry.Value.Metadata.DeletionTimestamp is null && PodConditions.IsReady(entry.Value.Status)
            && !disrupted.ContainsKey(entry.Key));
    }
}
