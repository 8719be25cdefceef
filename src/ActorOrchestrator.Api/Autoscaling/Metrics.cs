namespace ActorOrchestrator.Api.Autoscaling;

public sealed record MetricSpec
{
    [Required] public string Type { get; init; } = "";
    public ObjectMetricSource? Object { get; init; }
    public PodsMetricSource? Pods { get; init; }
    public ResourceMetricSource? Resource { get; init; }
    public ContainerResourceMetricSource? ContainerResource { get; init; }
    public ExternalMetricSource? External { get; init; }
}

public sealed record MetricTarget
{
    public static readonly MetricTarget Empty = new();
    [Required] public string Type { get; init; } = "";
    public Quantity? Value { get; init; }
    public Quantity? AverageValue { get; init; }
    public int? AverageUtilization { get; init; }
}

public sealed record MetricIdentifier
{
    public static readonly MetricIdentifier Empty = new();
    [Required] public string Name { get; init; } = "";
    public LabelSelector? Selector { get; init; }
}

public sealed record ObjectMetricSource
{
    [Required] public CrossVersionObjectReference DescribedObject { get; init; } = CrossVersionObjectReference.Empty;
    [Required] public MetricTarget Target { get; init; } = MetricTarget.Empty;
    [Required] public MetricIdentifier Metric { get; init; } = MetricIdentifier.Empty;
}

public sealed record PodsMetricSource
{
    [Required] public MetricIdentifier Metric { get; init; } = MetricIdentifier.Empty;
    [Required] public MetricTarget Target { get; init; } = MetricTarget.Empty;
}

public sealed record ResourceMetricSource
{
    [Required] public string Name { get; init; } = "";
    [Required] public MetricTarget Target { get; init; } = MetricTarget.Empty;
}

public sealed record ContainerResourceMetricSource
{
    [Required] public string Name { get; init; } = "";
    [Required] public MetricTarget Target { get; init; } = MetricTarget.Empty;
    [Required] public string Container { get; init; } = "";
}

public sealed record ExternalMetricSource
{
    [Required] public MetricIdentifier Metric { get; init; } = MetricIdentifier.Empty;
    [Required] public MetricTarget Target { get; init; } = MetricTarget.Empty;
}

public sealed record MetricStatus
{
    [Required] public string Type { get; init; } = "";
    public ObjectMetricStatus? Object { get; init; }
    public PodsMetricStatus? Pods { get; init; }
    public ResourceMetricStatus? Resource { get; init; }
    public ContainerResourceMetricStatus? ContainerResource { get; init; }
    public ExternalMetricStatus? External { get; init; }
}

public sealed record MetricValueStatus
{
    public static readonly MetricValueStatus Empty = new();
    public Quantity? Value { get; init; }
    public Quantity? AverageValue { get; init; }
    public int? AverageUtilization { get; init; }
}

public sealed record ObjectMetricStatus
{
    [Required] public MetricIdentifier Metric { get; init; } = MetricIdentifier.Empty;
    [Required] public MetricValueStatus Current { get; init; } = MetricValueStatus.Empty;
    [Required] public CrossVersionObjectReference DescribedObject { get; init; } = CrossVersionObjectReference.Empty;
}

public sealed record PodsMetricStatus
{
    [Required] public MetricIdentifier Metric { get; init; } = MetricIdentifier.Empty;
    [Required] public MetricValueStatus Current { get; init; } = MetricValueStatus.Empty;
}

public sealed record ResourceMetricStatus
{
    [Required] public string Name { get; init; } = "";
    [Required] public MetricValueStatus Current { get; init; } = MetricValueStatus.Empty;
}

public sealed record ContainerResourceMetricStatus
{
    [Required] public string Name { get; init; } = "";
    [Required] public MetricValueStatus Current { get; init; } = MetricValueStatus.Empty;
    [Required] public string Container { get; init; } = "";
}

public sealed record ExternalMetricStatus
{
    [Required] public MetricIdentifier Metric { get; init; } = MetricIdentifier.Empty;
    [Required] public MetricValueStatus Current { get; init; } = MetricValueStatus.Empty;
}
