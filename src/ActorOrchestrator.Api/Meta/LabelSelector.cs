namespace ActorOrchestrator.Api;

[Doc("Which objects are meant, by their labels; empty means all.")]
[Atomic]
public sealed record LabelSelector
{
    public static readonly LabelSelector Empty = new();

    [Doc("Labels that must be there with these values.")]
    public ValueMap<string> MatchLabels { get; init; } = ValueMap<string>.Empty;

    [Doc("Requirements on labels; all must hold.")]
    public ValueList<LabelSelectorRequirement> MatchExpressions { get; init; } = [];
}

public sealed record LabelSelectorRequirement
{
    [Doc("Key to look up."), Required]
    public string Key { get; init; } = "";

    [Doc("How key and values are compared."), Required]
    public string Operator { get; init; } = "";

    [Doc("Values to compare with.")]
    public ValueList<string> Values { get; init; } = [];
}

public sealed record FieldSelectorRequirement
{
    [Doc("Key to look up."), Required]
    public string Key { get; init; } = "";

    [Doc("How key and values are compared."), Required]
    public string Operator { get; init; } = "";

    [Doc("Values to compare with.")]
    public ValueList<string> Values { get; init; } = [];
}
