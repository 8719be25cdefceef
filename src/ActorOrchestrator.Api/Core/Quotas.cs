namespace ActorOrchestrator.Api.Core;

public sealed record LimitRange() : KubeObject("v1", "LimitRange")
{
    public LimitRangeSpec Spec { get; init; } = LimitRangeSpec.Empty;
}

public sealed record LimitRangeSpec
{
    public static readonly LimitRangeSpec Empty = new();
    [Required] public ValueList<LimitRangeItem> Limits { get; init; } = [];
}

public sealed record LimitRangeItem
{
    [Required] public string Type { get; init; } = "";
    public ValueMap<Quantity> Max { get; init; } = ValueMap<Quantity>.Empty;
    public ValueMap<Quantity> Min { get; init; } = ValueMap<Quantity>.Empty;
    public ValueMap<Quantity> Default { get; init; } = ValueMap<Quantity>.Empty;
    public ValueMap<Quantity> DefaultRequest { get; init; } = ValueMap<Quantity>.Empty;
    public ValueMap<Quantity> MaxLimitRequestRatio { get; init; } = ValueMap<Quantity>.Empty;
}

public sealed record ResourceQuota() : KubeObject("v1", "ResourceQuota")
{
    public ResourceQuotaSpec Spec { get; init; } = ResourceQuotaSpec.Empty;
    public ResourceQuotaStatus Status { get; init; } = ResourceQuotaStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (ResourceQuotaStatus?)status ?? ResourceQuotaStatus.Empty };
}

public sealed record ResourceQuotaSpec
{
    public static readonly ResourceQuotaSpec Empty = new();
    public ValueMap<Quantity> Hard { get; init; } = ValueMap<Quantity>.Empty;
    [Values("Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass",
        "CrossNamespacePodAffinity", "VolumeAttributesClass")]
    public ValueList<string> Scopes { get; init; } = [];
    public ScopeSelector? ScopeSelector { get; init; }
}

public sealed record ResourceQuotaStatus
{
    public static readonly ResourceQuotaStatus Empty = new();
    public ValueMap<Quantity> Hard { get; init; } = ValueMap<Quantity>.Empty;
    public ValueMap<Quantity> Used { get; init; } = ValueMap<Quantity>.Empty;
}

[Atomic]
public sealed record ScopeSelector
{
    public ValueList<ScopedResourceSelectorRequirement> MatchExpressions { get; init; } = [];
}

public sealed record ScopedResourceSelectorRequirement
{
    [Required]
    [Values("Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass",
        "CrossNamespacePodAffinity", "VolumeAttributesClass")]
    public string ScopeName { get; init; } = "";
    [Required, Values("In", "NotIn", "Exists", "DoesNotExist")] public string Operator { get; init; } = "";
    public ValueList<string> Values { get; init; } = [];
}
