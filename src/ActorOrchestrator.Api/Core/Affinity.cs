namespace ActorOrchestrator.Api.Core;

public sealed record Affinity
{
    public NodeAffinity? NodeAffinity { get; init; }
    public PodAffinity? PodAffinity { get; init; }
    public PodAntiAffinity? PodAntiAffinity { get; init; }
}

public sealed record NodeAffinity
{
    public NodeSelector? RequiredDuringSchedulingIgnoredDuringExecution { get; init; }
    public ValueList<PreferredSchedulingTerm> PreferredDuringSchedulingIgnoredDuringExecution { get; init; } = [];
}

[Atomic]
public sealed record NodeSelector
{
    [Required] public ValueList<NodeSelectorTerm> NodeSelectorTerms { get; init; } = [];
}

[Atomic]
public sealed record NodeSelectorTerm
{
    public static readonly NodeSelectorTerm Empty = new();
    public ValueList<NodeSelectorRequirement> MatchExpressions { get; init; } = [];
    public ValueList<NodeSelectorRequirement> MatchFields { get; init; } = [];
}

public sealed record NodeSelectorRequirement
{
    [Required] public string Key { get; init; } = "";
    [Required, Values("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")] public string Operator { get; init; } = "";
    public ValueList<string> Values { get; init; } = [];
}

public sealed record PreferredSchedulingTerm
{
    [Required] public int Weight { get; init; }
    [Required] public NodeSelectorTerm Preference { get; init; } = NodeSelectorTerm.Empty;
}

public sealed record PodAffinity
{
    public ValueList<PodAffinityTerm> RequiredDuringSchedulingIgnoredDuringExecution { get; init; } = [];
    public ValueList<WeightedPodAffinityTerm> PreferredDuringSchedulingIgnoredDuringExecution { get; init; } = [];
}

public sealed record PodAntiAffinity
{
    public ValueList<PodAffinityTerm> RequiredDuringSchedulingIgnoredDuringExecution { get; init; } = [];
    public ValueList<WeightedPodAffinityTerm> PreferredDuringSchedulingIgnoredDuringExecution { get; init; } = [];
}

public sealed record PodAffinityTerm
{
    public static readonly PodAffinityTerm Empty = new();
    public LabelSelector? LabelSelector { get; init; }
    public ValueList<string> Namespaces { get; init; } = [];
    [Required] public string TopologyKey { get; init; } = "";
    public LabelSelector? NamespaceSelector { get; init; }
    public ValueList<string> MatchLabelKeys { get; init; } = [];
    public ValueList<string> MismatchLabelKeys { get; init; } = [];
}

public sealed record WeightedPodAffinityTerm
{
    [Required] public int Weight { get; init; }
    [Required] public PodAffinityTerm PodAffinityTerm { get; init; } = PodAffinityTerm.Empty;
}
