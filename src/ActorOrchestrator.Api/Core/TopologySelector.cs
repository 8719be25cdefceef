namespace ActorOrchestrator.Api.Core;

[Atomic]
public sealed record TopologySelectorTerm
{
    public ValueList<TopologySelectorLabelRequirement> MatchLabelExpressions { get; init; } = [];
}

public sealed record TopologySelectorLabelRequirement
{
    [Required] public string Key { get; init; } = "";
    [Required] public ValueList<string> Values { get; init; } = [];
}
