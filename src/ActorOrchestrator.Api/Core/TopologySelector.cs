namespace ActorOrchestrator.Api.Core;

[Atomic]
public sealed record TopologySelectorTerm
{
    [Doc("Labels of the topology.")]
    public ValueList<TopologySelectorLabelRequirement> MatchLabelExpressions { get; init; } = [];
}

public sealed record TopologySelectorLabelRequirement
{
    [Doc("Key to look up."), Required]
    public string Key { get; init; } = "";

    [Doc("Values to compare with."), Required]
    public ValueList<string> Values { get; init; } = [];
}
