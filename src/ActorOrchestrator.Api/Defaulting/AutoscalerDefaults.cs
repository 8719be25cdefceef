using ActorOrchestrator.Api.Autoscaling;

namespace ActorOrchestrator.Api.Defaulting;

/// <summary>Defaults of autoscaling/v2.</summary>
internal static class AutoscalerDefaults
{
    private const int CpuUtilizationPercent = 80;

    public static HorizontalPodAutoscaler Fill(HorizontalPodAutoscaler autoscaler)
    {
        var spec = autoscaler.Spec;
        return autoscaler with
        {
            Spec = spec with
            {
                MinReplicas = spec.MinReplicas ?? 1,
                Metrics = spec.Metrics.Count > 0 ? spec.Metrics : [CpuUtilization()],
                Behavior = spec.Behavior is { } behavior
                    ? behavior with { ScaleUp = Up(behavior.ScaleUp), ScaleDown = Down(behavior.ScaleDown) }
                    : null,
            },
        };
    }

    private static MetricSpec CpuUtilization() => new()
    {
        Type = "Resource",
        Resource = new()
        {
            Name = "cpu",
            Target = new() { Type = "Utilization", AverageUtilization = CpuUtilizationPercent },
        },
    };

    /// <summary>Up at once, by 4 pods or by as many as there are, whichever is more, each 15 seconds.</summary>
    private static HPAScalingRules Up(HPAScalingRules? rules) => (rules ?? new()) with
    {
        StabilizationWindowSeconds = rules?.StabilizationWindowSeconds ?? 0,
        SelectPolicy = rules?.SelectPolicy ?? "Max",
        Policies = rules?.Policies is { Count: > 0 } own
            ? own
            :
            [
                new() { Type = "Pods", Value = 4, PeriodSeconds = 15 },
                new() { Type = "Percent", Value = 100, PeriodSeconds = 15 },
            ],
    };

    /// <summary>Down to the least at once, after the window that the cluster is configured with.</summary>
    private static HPAScalingRules Down(HPAScalingRules? rules) => (rules ?? new()) with
    {
        SelectPolicy = rules?.SelectPolicy ?? "Max",
        Policies = rules?.Policies is { Count: > 0 } own
            ? own
            : [new() { Type = "Percent", Value = 100, PeriodSeconds = 15 }],
    };
}
