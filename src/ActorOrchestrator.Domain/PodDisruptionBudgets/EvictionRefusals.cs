using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Policy;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Domain.PodDisruptionBudgets;

/// <summary>Why an eviction is not allowed, in the words of kube-apiserver.</summary>
public static class EvictionRefusals
{
    /// <summary>policy/v1 DisruptionBudgetCause.</summary>
    private const string Cause = "DisruptionBudget";

    /// <summary>What kube-apiserver suggests while a budget is not counted yet.</summary>
    private const int RetryAfterSeconds = 10;

    /// <summary>The budget changed, and its pods have not been counted since.</summary>
    public static Status NotCounted(string budget) => TooManyRequests(
        $"The disruption budget {budget} is still being processed by the server.", RetryAfterSeconds);

    /// <summary>No disruption is left. When one will be depends on the pods, so no time is suggested.</summary>
    public static Status UsedUp(string budget, PodDisruptionBudgetStatus status) => TooManyRequests(
        BudgetStatus.ProblemOf(status) is { } problem
            ? $"The disruption budget {budget} does not allow evicting pods currently because it failed sync: {problem}"
            : $"The disruption budget {budget} needs {status.DesiredHealthy} healthy pods and has "
                + $"{status.CurrentHealthy} currently",
        retryAfterSeconds: 0);

    /// <summary>Another pod is started first; the one that is evicted goes when that is available.</summary>
    public static Status NotReplaced() => Statuses.TooManyRequests(
        "Cannot evict pod before the one that replaces it is available, as its annotation "
        + $"{Replacement.Asks} asks; that is started now, and this pod goes by itself then.", retryAfterSeconds: 0);

    public static Status SeveralBudgets() => new()
    {
        Result = "Failure",
        Message = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
        Code = HttpCode.InternalServerError,
    };

    private static Status TooManyRequests(string cause, int retryAfterSeconds)
    {
        var status = Statuses.TooManyRequests(
            "Cannot evict pod as it would violate the pod's disruption budget.", retryAfterSeconds);
        return status with
        {
            Details = status.Details! with { Causes = [new StatusCause { Reason = Cause, Message = cause }] },
        };
    }
}
