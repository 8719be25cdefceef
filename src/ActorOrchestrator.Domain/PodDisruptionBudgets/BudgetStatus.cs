using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Policy;

namespace ActorOrchestrator.Domain.PodDisruptionBudgets;

/// <summary>
/// The arithmetic of a budget (policy/v1 PodDisruptionBudgetStatus). Percentages are of the replicas that the pods'
/// owners want, and are rounded up; the number of pods that are there counts only for an integer minAvailable.
/// <code>
///   minAvailable 2,     3 healthy of 3 pods      ->  desired 2, 1 disruption allowed
///   minAvailable 50%,   3 healthy, 3 wanted      ->  desired 2 (1.5 up), 1 allowed
///   maxUnavailable 1,   3 healthy, 4 wanted      ->  desired 3, none allowed: one is missing already
///   maxUnavailable 25%, 3 healthy, 3 wanted      ->  desired 2 (0.75 up to 1), 1 allowed
/// </code>
/// </summary>
internal static class BudgetStatus
{
    private const string DisruptionAllowed = "DisruptionAllowed";
    private const string InsufficientPods = "InsufficientPods";
    private const string SufficientPods = "SufficientPods";
    private const string SyncFailed = "SyncFailed";

    /// <summary>The status after a count.</summary>
    public static PodDisruptionBudgetStatus Of(PodDisruptionBudget budget, BudgetCount count, DateTimeOffset now)
    {
        if (count.Problem is { } problem)
        {
            return Failed(budget.Status, problem, now);
        }

        var (expected, desired) = Wanted(budget.Spec, count);
        return WithCondition(
            budget.Status with
            {
                ObservedGeneration = budget.Metadata.Generation ?? 1,
                CurrentHealthy = count.Healthy,
                DesiredHealthy = desired,
                ExpectedPods = expected,
                DisruptedPods = count.Disrupted,
                DisruptionsAllowed = expected <= 0 ? 0 : Math.Max(0, count.Healthy - desired),
            },
            now);
    }

    /// <summary>The status after one more disruption was allowed.</summary>
    public static PodDisruptionBudgetStatus Disrupt(PodDisruptionBudgetStatus status, string pod, DateTimeOffset now) =>
        WithCondition(
            status with
            {
                DisruptionsAllowed = status.DisruptionsAllowed - 1,
                DisruptedPods = status.DisruptedPods.With(pod, ObjectLifecycle.Truncate(now)),
            },
            now);

    /// <summary>Why the last count failed; null when it did not.</summary>
    public static string? ProblemOf(PodDisruptionBudgetStatus status) =>
        Find(status) is { Status: "False", Reason: SyncFailed } condition ? condition.Message : null;

    private static (int Expected, int Desired) Wanted(PodDisruptionBudgetSpec spec, BudgetCount count) => spec switch
    {
        { MaxUnavailable: { } unavailable } => (
            count.Wanted, Math.Max(0, count.Wanted - (unavailable.Scaled(count.Wanted, roundUp: true) ?? 0))),
        { MinAvailable: { IsString: false } least } => (count.Pods, least.Number),
        { MinAvailable: { } percent } => (count.Wanted, percent.Scaled(count.Wanted, roundUp: true) ?? 0),
        _ => (0, 0),
    };

    /// <summary>Nobody may be evicted while nobody can say how many pods there should be.</summary>
    private static PodDisruptionBudgetStatus Failed(
        PodDisruptionBudgetStatus status, string problem, DateTimeOffset now) =>
        With(status with { DisruptionsAllowed = 0 }, isTrue: false, SyncFailed, problem, now);

    private static PodDisruptionBudgetStatus WithCondition(PodDisruptionBudgetStatus status, DateTimeOffset now) =>
        status.DisruptionsAllowed > 0
            ? With(status, isTrue: true, SufficientPods, "", now)
            : With(status, isTrue: false, InsufficientPods, "", now);

    private static PodDisruptionBudgetStatus With(
        PodDisruptionBudgetStatus status, bool isTrue, string reason, string message, DateTimeOffset now)
    {
        var (before, value) = (Find(status), isTrue ? "True" : "False");
        var condition = new Condition
        {
            Type = DisruptionAllowed,
            Status = value,
            ObservedGeneration = status.ObservedGeneration,
            LastTransitionTime = before?.Status == value ? before.LastTransitionTime : ObjectLifecycle.Truncate(now),
            Reason = reason,
            Message = message,
        };
        var others = status.Conditions.Where(other => other.Type != DisruptionAllowed);
        return status with { Conditions = others.Append(condition).ToValueList() };
    }

    private static Condition? Find(PodDisruptionBudgetStatus status) =>
        status.Conditions.FirstOrDefault(condition => condition.Type == DisruptionAllowed);
}

/// <summary>What is to be known of a budget's pods.</summary>
internal sealed record BudgetCount
{
    /// <summary>Pods that the selector matches.</summary>
    public int Pods { get; init; }

    /// <summary>Of these, the ones that are ready and neither on their way out nor disrupted.</summary>
    public int Healthy { get; init; }

    /// <summary>Replicas that the pods' owners want.</summary>
    public int Wanted { get; init; }

    /// <summary>Pods that were allowed to be evicted and are not seen going yet, and since when.</summary>
    public ValueMap<DateTimeOffset> Disrupted { get; init; } = ValueMap<DateTimeOffset>.Empty;

    /// <summary>Pods that nobody controls, where it matters: nobody says how many of them there should be.</summary>
    public int Unmanaged { get; init; }

    /// <summary>Why <see cref="Wanted"/>, which the budget needs, is not known.</summary>
    public string? Problem { get; init; }
}
