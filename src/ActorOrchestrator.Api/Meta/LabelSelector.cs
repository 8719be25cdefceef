namespace ActorOrchestrator.Api;

[Atomic]
public sealed record LabelSelector
{
    public static readonly LabelSelector Empty = new();
    public ValueMap<string> MatchLabels { get; init; } = ValueMap<string>.Empty;
    public ValueList<LabelSelectorRequirement> MatchExpressions { get; init; } = [];
}

public sealed record LabelSelectorRequirement
{
    [Required] public string Key { get; init; } = "";
    [Required] public string Operator { get; init; } = "";
    public ValueList<string> Values { get; init; } = [];
}

public sealed record FieldSelectorRequirement
{
    [Required] public string Key { get; init; } = "";
    [Required] public string Operator { get; init; } = "";
    public ValueList<string> Values { get; init; } = [];
}
