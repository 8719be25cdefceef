namespace ActorOrchestrator.Api.Autoscaling;

[Doc("Keeps the number of pods in step with their load.")]
public sealed record HorizontalPodAutoscaler() : KubeObject("autoscaling/v2", "HorizontalPodAutoscaler")
{
    [Doc("What is wanted.")]
    public HorizontalPodAutoscalerSpec Spec { get; init; } = HorizontalPodAutoscalerSpec.Empty;

    [Doc("What was observed last; written by the system.")]
    public HorizontalPodAutoscalerStatus Status { get; init; } = HorizontalPodAutoscalerStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (HorizontalPodAutoscalerStatus?)status ?? HorizontalPodAutoscalerStatus.Empty };
}

[Doc("What is wanted of a HorizontalPodAutoscaler.")]
public sealed record HorizontalPodAutoscalerSpec
{
    public static readonly HorizontalPodAutoscalerSpec Empty = new();

    [Doc("Object that is scaled."), Required]
    public CrossVersionObjectReference ScaleTargetRef { get; init; } = CrossVersionObjectReference.Empty;

    [Doc("Fewest pods to scale to.")]
    public int? MinReplicas { get; init; }

    [Doc("Most pods to scale to."), Required]
    public int MaxReplicas { get; init; }

    [Doc("Metrics to scale by; the one that asks for most counts.")]
    public ValueList<MetricSpec> Metrics { get; init; } = [];

    [Doc("How fast to scale.")]
    public HorizontalPodAutoscalerBehavior? Behavior { get; init; }
}

public sealed record CrossVersionObjectReference
{
    public static readonly CrossVersionObjectReference Empty = new();

    [Doc("Kind of the object that is meant."), Required]
    public string Kind { get; init; } = "";

    [Doc("Name of the object that is meant."), Required]
    public string Name { get; init; } = "";

    [Doc("Group and version of the object that is meant.")]
    public string? ApiVersion { get; init; }
}

public sealed record HorizontalPodAutoscalerBehavior
{
    [Doc("How fast to scale up.")]
    public HPAScalingRules? ScaleUp { get; init; }

    [Doc("How fast to scale down.")]
    public HPAScalingRules? ScaleDown { get; init; }
}

public sealed record HPAScalingRules
{
    [Doc("Seconds to look back for a calmer recommendation.")]
    public int? StabilizationWindowSeconds { get; init; }

    [Doc("Which policy counts: Max, Min or Disabled."), Pointer]
    public string? SelectPolicy { get; init; }

    [Doc("Limits of one step.")]
    public ValueList<HPAScalingPolicy> Policies { get; init; } = [];

    [Doc("Deviation that is ignored.")]
    public Quantity? Tolerance { get; init; }
}

public sealed record HPAScalingPolicy
{
    [Doc("Which of the possible kinds this is."), Required]
    public string Type { get; init; } = "";

    [Doc("The value."), Required]
    public int Value { get; init; }

    [Doc("Seconds from one to the next."), Required]
    public int PeriodSeconds { get; init; }
}

[Doc("What a HorizontalPodAutoscaler was last seen to be.")]
public sealed record HorizontalPodAutoscalerStatus
{
    public static readonly HorizontalPodAutoscalerStatus Empty = new();

    [Doc("Generation of the spec that this status is about.")]
    public long? ObservedGeneration { get; init; }

    [Doc("When it was last scaled.")]
    public DateTimeOffset? LastScaleTime { get; init; }

    [Doc("How many pods there are now.")]
    public int CurrentReplicas { get; init; }

    [Doc("How many pods there should be."), Required]
    public int DesiredReplicas { get; init; }

    [Doc("Metrics as last read."), AlwaysWritten]
    public ValueList<MetricStatus> CurrentMetrics { get; init; } = [];

    [Doc("What holds of the object, and since when."), MergeKey("type"), PatchStrategy("merge"), ListMap("type")]
    public ValueList<HorizontalPodAutoscalerCondition> Conditions { get; init; } = [];
}

[Doc("One thing that holds, or not, of a HorizontalPodAutoscaler.")]
public sealed record HorizontalPodAutoscalerCondition
{
    [Doc("Which of the possible kinds this is."), Required]
    public string Type { get; init; } = "";

    [Doc("What was observed last; written by the system."), Required]
    public string Status { get; init; } = "";

    [Doc("When the status last changed.")]
    public DateTimeOffset? LastTransitionTime { get; init; }

    [Doc("Why, as one word for programs.")]
    public string? Reason { get; init; }

    [Doc("Why, as a sentence for people.")]
    public string? Message { get; init; }

    [Doc("Generation of the object that the condition was found for.")]
    public long? ObservedGeneration { get; init; }
}
