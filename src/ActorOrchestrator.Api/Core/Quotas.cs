namespace ActorOrchestrator.Api.Core;

[Doc("Limits and defaults of resources in a namespace.")]
public sealed record LimitRange() : KubeObject("v1", "LimitRange")
{
    [Doc("What is wanted.")]
    public LimitRangeSpec Spec { get; init; } = LimitRangeSpec.Empty;
}

[Doc("What is wanted of a LimitRange.")]
public sealed record LimitRangeSpec
{
    public static readonly LimitRangeSpec Empty = new();

    [Doc("The most that may be used."), Required]
    public ValueList<LimitRangeItem> Limits { get; init; } = [];
}

public sealed record LimitRangeItem
{
    [Doc("Which of the possible kinds this is."), Required]
    public string Type { get; init; } = "";

    [Doc("The most, by resource.")]
    public ValueMap<Quantity> Max { get; init; } = ValueMap<Quantity>.Empty;

    [Doc("The least, by resource.")]
    public ValueMap<Quantity> Min { get; init; } = ValueMap<Quantity>.Empty;

    [Doc("Limits of containers that set none.")]
    public ValueMap<Quantity> Default { get; init; } = ValueMap<Quantity>.Empty;

    [Doc("Requests of containers that set none.")]
    public ValueMap<Quantity> DefaultRequest { get; init; } = ValueMap<Quantity>.Empty;

    [Doc("The most that a limit may be of a request.")]
    public ValueMap<Quantity> MaxLimitRequestRatio { get; init; } = ValueMap<Quantity>.Empty;
}

[Doc("The most that a namespace may use.")]
public sealed record ResourceQuota() : KubeObject("v1", "ResourceQuota")
{
    [Doc("What is wanted.")]
    public ResourceQuotaSpec Spec { get; init; } = ResourceQuotaSpec.Empty;

    [Doc("What was observed last; written by the system.")]
    public ResourceQuotaStatus Status { get; init; } = ResourceQuotaStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (ResourceQuotaStatus?)status ?? ResourceQuotaStatus.Empty };
}

[Doc("What is wanted of a ResourceQuota.")]
public sealed record ResourceQuotaSpec
{
    public static readonly ResourceQuotaSpec Empty = new();

    [Doc("Limits by resource.")]
    public ValueMap<Quantity> Hard { get; init; } = ValueMap<Quantity>.Empty;

    [Doc("Which objects count.")]
    [Values("Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass",
        "CrossNamespacePodAffinity", "VolumeAttributesClass")]
    public ValueList<string> Scopes { get; init; } = [];

    [Doc("Which objects count, by expressions.")]
    public ScopeSelector? ScopeSelector { get; init; }
}

[Doc("What a ResourceQuota was last seen to be.")]
public sealed record ResourceQuotaStatus
{
    public static readonly ResourceQuotaStatus Empty = new();

    [Doc("Limits by resource.")]
    public ValueMap<Quantity> Hard { get; init; } = ValueMap<Quantity>.Empty;

    [Doc("What is used, by resource.")]
    public ValueMap<Quantity> Used { get; init; } = ValueMap<Quantity>.Empty;
}

[Atomic]
public sealed record ScopeSelector
{
    [Doc("Requirements on labels; all must hold.")]
    public ValueList<ScopedResourceSelectorRequirement> MatchExpressions { get; init; } = [];
}

public sealed record ScopedResourceSelectorRequirement
{
    [Doc("Name of the scope."), Required]
    [Values("Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass",
        "CrossNamespacePodAffinity", "VolumeAttributesClass")]
    public string ScopeName { get; init; } = "";

    [Doc("How key and values are compared."), Required, Values("In", "NotIn", "Exists", "DoesNotExist")]
    public string Operator { get; init; } = "";

    [Doc("Values to compare with.")]
    public ValueList<string> Values { get; init; } = [];
}
