namespace ActorOrchestrator.Api.Autoscaling;

public sealed record HorizontalPodAutoscaler() : KubeObject("autoscaling/v2", "HorizontalPodAutoscaler")
{
    public HorizontalPodAutoscalerSpec Spec { get; init; } = HorizontalPodAutoscalerSpec.Empty;
    public HorizontalPodAutoscalerStatus Status { get; init; } = HorizontalPodAutoscalerStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (HorizontalPodAutoscalerStatus?)status ?? HorizontalPodAutoscalerStatus.Empty };
}

public sealed record HorizontalPodAutoscalerSpec
{
    public static readonly HorizontalPodAutoscalerSpec Empty = new();
    [Required] public CrossVersionObjectReference ScaleTargetRef { get; init; } = CrossVersionObjectReference.Empty;
    public int? MinReplicas { get; init; }
    [Required] public int MaxReplicas { get; init; }
    public ValueList<MetricSpec> Metrics { get; init; } = [];
    public HorizontalPodAutoscalerBehavior? Behavior { get; init; }
}

public sealed record CrossVersionObjectReference
{
    public static readonly CrossVersionObjectReference Empty = new();
    [Required] public string Kind { get; init; } = "";
    [Required] public string Name { get; init; } = "";
    public string? ApiVersion { get; init; }
}

public sealed record HorizontalPodAutoscalerBehavior
{
    public HPAScalingRules? ScaleUp { get; init; }
    public HPAScalingRules? ScaleDown { get; init; }
}

public sealed record HPAScalingRules
{
    public int? StabilizationWindowSeconds { get; init; }
    [Pointer] public string? SelectPolicy { get; init; }
    public ValueList<HPAScalingPolicy> Policies { get; init; } = [];
    public Quantity? Tolerance { get; init; }
}

public sealed record HPAScalingPolicy
{
    [Required] public string Type { get; init; } = "";
    [Required] public int Value { get; init; }
    [Required] public int PeriodSeconds { get; init; }
}

public sealed record HorizontalPodAutoscalerStatus
{
    public static readonly HorizontalPodAutoscalerStatus Empty = new();
    public long? ObservedGeneration { get; init; }
    public DateTimeOffset? LastScaleTime { get; init; }
    public int CurrentReplicas { get; init; }
    [Required] public int DesiredReplicas { get; init; }
    [AlwaysWritten] public ValueList<MetricStatus> CurrentMetrics { get; init; } = [];
    [MergeKey("type"), PatchStrategy("merge"), ListMap("type")]
    public ValueList<HorizontalPodAutoscalerCondition> Conditions { get; init; } = [];
}

public sealed record HorizontalPodAutoscalerCondition
{
    [Required] public string Type { get; init; } = "";
    [Required] public string Status { get; init; } = "";
    public DateTimeOffset? LastTransitionTime { get; init; }
    public string? Reason { get; init; }
    public string? Message { get; init; }
}
