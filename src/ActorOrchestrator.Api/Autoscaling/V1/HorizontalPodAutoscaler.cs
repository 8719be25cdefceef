namespace ActorOrchestrator.Api.Autoscaling.V1;

[Doc("Keeps the number of pods in step with their use of the CPU, as older clients write it: the same autoscalers as "
    + "those of v2. What v1 has no fields for stands in annotations.")]
[DefinedIn("io.k8s.api.autoscaling.v1")]
public sealed record HorizontalPodAutoscaler() : KubeObject("autoscaling/v1", "HorizontalPodAutoscaler")
{
    [Doc("What is wanted.")]
    public HorizontalPodAutoscalerSpec Spec { get; init; } = HorizontalPodAutoscalerSpec.Empty;

    [Doc("What was observed last; written by the system.")]
    public HorizontalPodAutoscalerStatus Status { get; init; } = HorizontalPodAutoscalerStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (HorizontalPodAutoscalerStatus?)status ?? HorizontalPodAutoscalerStatus.Empty };

    public static HorizontalPodAutoscaler Of(Autoscaling.HorizontalPodAutoscaler stored)
    {
        var (spec, status) = (stored.Spec, stored.Status);
        return new()
        {
            Metadata = stored.Metadata with { Annotations = RoundTrip.Written(stored) },
            Spec = new()
            {
                ScaleTargetRef = spec.ScaleTargetRef,
                MinReplicas = spec.MinReplicas,
                MaxReplicas = spec.MaxReplicas,
                TargetCPUUtilizationPercentage =
                    spec.Metrics.FirstOrDefault(RoundTrip.IsOfCpu)?.Resource?.Target.AverageUtilization,
            },
            Status = new()
            {
                ObservedGeneration = status.ObservedGeneration,
                LastScaleTime = status.LastScaleTime,
                CurrentReplicas = status.CurrentReplicas,
                DesiredReplicas = status.DesiredReplicas,
                CurrentCPUUtilizationPercentage = status.CurrentMetrics
                    .FirstOrDefault(metric => metric is { Type: "Resource", Resource.Name: "cpu" })
                    ?.Resource?.Current.AverageUtilization,
            },
        };
    }

    public Autoscaling.HorizontalPodAutoscaler ToStored()
    {
        var stored = new Autoscaling.HorizontalPodAutoscaler
        {
            Metadata = Metadata,
            Spec = new()
            {
                ScaleTargetRef = Spec.ScaleTargetRef,
                MinReplicas = Spec.MinReplicas,
                MaxReplicas = Spec.MaxReplicas,
                Metrics = Spec.TargetCPUUtilizationPercentage is { } percent
                    ?
                    [
                        new()
                        {
                            Type = "Resource",
                            Resource = new()
                            {
                                Name = "cpu", Target = new() { Type = "Utilization", AverageUtilization = percent },
                            },
                        },
                    ]
                    : [],
            },
            Status = new()
            {
                ObservedGeneration = Status.ObservedGeneration,
                LastScaleTime = Status.LastScaleTime,
                CurrentReplicas = Status.CurrentReplicas,
                DesiredReplicas = Status.DesiredReplicas,
                CurrentMetrics = Status.CurrentCPUUtilizationPercentage is { } current
                    ?
                    [
                        new()
                        {
                            Type = "Resource",
                            Resource = new() { Name = "cpu", Current = new() { AverageUtilization = current } },
                        },
                    ]
                    : [],
            },
        };
        return RoundTrip.Read(stored);
    }
}

[Doc("What is wanted of a HorizontalPodAutoscaler of v1.")]
[DefinedIn("io.k8s.api.autoscaling.v1")]
public sealed record HorizontalPodAutoscalerSpec
{
    public static readonly HorizontalPodAutoscalerSpec Empty = new();

    [Doc("Object that is scaled."), Required]
    public CrossVersionObjectReference ScaleTargetRef { get; init; } = CrossVersionObjectReference.Empty;

    [Doc("Fewest pods to scale to.")]
    public int? MinReplicas { get; init; }

    [Doc("Most pods to scale to."), Required]
    public int MaxReplicas { get; init; }

    [Doc("Average use of the CPU to aim at, in percent of what the pods request.")]
    public int? TargetCPUUtilizationPercentage { get; init; }
}

[Doc("What a HorizontalPodAutoscaler of v1 was last seen to be.")]
[DefinedIn("io.k8s.api.autoscaling.v1")]
public sealed record HorizontalPodAutoscalerStatus
{
    public static readonly HorizontalPodAutoscalerStatus Empty = new();

    [Doc("Generation of the spec that this status is about.")]
    public long? ObservedGeneration { get; init; }

    [Doc("When it was last scaled.")]
    public DateTimeOffset? LastScaleTime { get; init; }

    [Doc("How many pods there are now."), Required]
    public int CurrentReplicas { get; init; }

    [Doc("How many pods there should be."), Required]
    public int DesiredReplicas { get; init; }

    [Doc("Average use of the CPU, in percent of what the pods request.")]
    public int? CurrentCPUUtilizationPercentage { get; init; }
}
