namespace ActorOrchestrator.Api.Autoscaling;

[Doc("What is wanted of a Metric.")]
public sealed record MetricSpec
{
    [Doc("Resource, ContainerResource, Pods, Object or External."), Required]
    public string Type { get; init; } = "";

    [Doc("A metric of one object.")]
    public ObjectMetricSource? Object { get; init; }

    [Doc("A metric of each pod, averaged.")]
    public PodsMetricSource? Pods { get; init; }

    [Doc("A resource of each pod, averaged.")]
    public ResourceMetricSource? Resource { get; init; }

    [Doc("A resource of one container in each pod.")]
    public ContainerResourceMetricSource? ContainerResource { get; init; }

    [Doc("A metric of something outside the cluster.")]
    public ExternalMetricSource? External { get; init; }
}

public sealed record MetricTarget
{
    public static readonly MetricTarget Empty = new();

    [Doc("Utilization, Value or AverageValue."), Required]
    public string Type { get; init; } = "";

    [Doc("The value.")]
    public Quantity? Value { get; init; }

    [Doc("Average over the pods.")]
    public Quantity? AverageValue { get; init; }

    [Doc("Average percentage of what the pods request.")]
    public int? AverageUtilization { get; init; }
}

public sealed record MetricIdentifier
{
    public static readonly MetricIdentifier Empty = new();

    [Doc("Name of the object that is meant."), Required]
    public string Name { get; init; } = "";

    [Doc("Labels by which the object finds its pods.")]
    public LabelSelector? Selector { get; init; }
}

public sealed record ObjectMetricSource
{
    [Doc("Object that the metric is of."), Required]
    public CrossVersionObjectReference DescribedObject { get; init; } = CrossVersionObjectReference.Empty;

    [Doc("Value to reach."), Required]
    public MetricTarget Target { get; init; } = MetricTarget.Empty;

    [Doc("Which metric is meant."), Required]
    public MetricIdentifier Metric { get; init; } = MetricIdentifier.Empty;
}

public sealed record PodsMetricSource
{
    [Doc("Which metric is meant."), Required]
    public MetricIdentifier Metric { get; init; } = MetricIdentifier.Empty;

    [Doc("Value to reach."), Required]
    public MetricTarget Target { get; init; } = MetricTarget.Empty;
}

public sealed record ResourceMetricSource
{
    [Doc("Name of the object that is meant."), Required]
    public string Name { get; init; } = "";

    [Doc("Value to reach."), Required]
    public MetricTarget Target { get; init; } = MetricTarget.Empty;
}

public sealed record ContainerResourceMetricSource
{
    [Doc("Name of the object that is meant."), Required]
    public string Name { get; init; } = "";

    [Doc("Value to reach."), Required]
    public MetricTarget Target { get; init; } = MetricTarget.Empty;

    [Doc("Name of the container."), Required]
    public string Container { get; init; } = "";
}

public sealed record ExternalMetricSource
{
    [Doc("Which metric is meant."), Required]
    public MetricIdentifier Metric { get; init; } = MetricIdentifier.Empty;

    [Doc("Value to reach."), Required]
    public MetricTarget Target { get; init; } = MetricTarget.Empty;
}

[Doc("What a Metric was last seen to be.")]
public sealed record MetricStatus
{
    [Doc("Which of the possible kinds this is."), Required]
    public string Type { get; init; } = "";

    [Doc("A metric of one object.")]
    public ObjectMetricStatus? Object { get; init; }

    [Doc("A metric of each pod, averaged.")]
    public PodsMetricStatus? Pods { get; init; }

    [Doc("Name of the resource.")]
    public ResourceMetricStatus? Resource { get; init; }

    [Doc("A resource of one container in each pod.")]
    public ContainerResourceMetricStatus? ContainerResource { get; init; }

    [Doc("A metric of something outside the cluster.")]
    public ExternalMetricStatus? External { get; init; }
}

[Doc("What a MetricValue was last seen to be.")]
public sealed record MetricValueStatus
{
    public static readonly MetricValueStatus Empty = new();

    [Doc("The value.")]
    public Quantity? Value { get; init; }

    [Doc("Average over the pods.")]
    public Quantity? AverageValue { get; init; }

    [Doc("Average percentage of what the pods request.")]
    public int? AverageUtilization { get; init; }
}

[Doc("What a ObjectMetric was last seen to be.")]
public sealed record ObjectMetricStatus
{
    [Doc("Which metric is meant."), Required]
    public MetricIdentifier Metric { get; init; } = MetricIdentifier.Empty;

    [Doc("Value measured last."), Required]
    public MetricValueStatus Current { get; init; } = MetricValueStatus.Empty;

    [Doc("Object that the metric is of."), Required]
    public CrossVersionObjectReference DescribedObject { get; init; } = CrossVersionObjectReference.Empty;
}

[Doc("What a PodsMetric was last seen to be.")]
public sealed record PodsMetricStatus
{
    [Doc("Which metric is meant."), Required]
    public MetricIdentifier Metric { get; init; } = MetricIdentifier.Empty;

    [Doc("Value measured last."), Required]
    public MetricValueStatus Current { get; init; } = MetricValueStatus.Empty;
}

[Doc("What a ResourceMetric was last seen to be.")]
public sealed record ResourceMetricStatus
{
    [Doc("Name of the object that is meant."), Required]
    public string Name { get; init; } = "";

    [Doc("Value measured last."), Required]
    public MetricValueStatus Current { get; init; } = MetricValueStatus.Empty;
}

[Doc("What a ContainerResourceMetric was last seen to be.")]
public sealed record ContainerResourceMetricStatus
{
    [Doc("Name of the object that is meant."), Required]
    public string Name { get; init; } = "";

    [Doc("Value measured last."), Required]
    public MetricValueStatus Current { get; init; } = MetricValueStatus.Empty;

    [Doc("Name of the container."), Required]
    public string Container { get; init; } = "";
}

[Doc("What a ExternalMetric was last seen to be.")]
public sealed record ExternalMetricStatus
{
    [Doc("Which metric is meant."), Required]
    public MetricIdentifier Metric { get; init; } = MetricIdentifier.Empty;

    [Doc("Value measured last."), Required]
    public MetricValueStatus Current { get; init; } = MetricValueStatus.Empty;
}
