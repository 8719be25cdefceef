namespace ActorOrchestrator.Api.Core;

[Doc("Rules about which nodes and neighbours suit a pod.")]
public sealed record Affinity
{
    [Doc("Nodes that are suitable.")]
    public NodeAffinity? NodeAffinity { get; init; }

    [Doc("Pods to be near to.")]
    public PodAffinity? PodAffinity { get; init; }

    [Doc("Pods to stay away from.")]
    public PodAntiAffinity? PodAntiAffinity { get; init; }
}

public sealed record NodeAffinity
{
    [Doc("What must hold when a pod is placed.")]
    public NodeSelector? RequiredDuringSchedulingIgnoredDuringExecution { get; init; }

    [Doc("What should hold when a pod is placed, by weight.")]
    public ValueList<PreferredSchedulingTerm> PreferredDuringSchedulingIgnoredDuringExecution { get; init; } = [];
}

[Atomic]
public sealed record NodeSelector
{
    [Doc("Descriptions of nodes; one must fit."), Required]
    public ValueList<NodeSelectorTerm> NodeSelectorTerms { get; init; } = [];
}

[Atomic]
public sealed record NodeSelectorTerm
{
    public static readonly NodeSelectorTerm Empty = new();

    [Doc("Requirements on labels; all must hold.")]
    public ValueList<NodeSelectorRequirement> MatchExpressions { get; init; } = [];

    [Doc("Requirements on a node's fields; all must hold.")]
    public ValueList<NodeSelectorRequirement> MatchFields { get; init; } = [];
}

public sealed record NodeSelectorRequirement
{
    [Doc("Key to look up."), Required]
    public string Key { get; init; } = "";

    [Doc("How key and values are compared."), Required, Values("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")]
    public string Operator { get; init; } = "";

    [Doc("Values to compare with.")]
    public ValueList<string> Values { get; init; } = [];
}

public sealed record PreferredSchedulingTerm
{
    [Doc("Weight of the preference, 1 to 100."), Required]
    public int Weight { get; init; }

    [Doc("Description of the nodes preferred."), Required]
    public NodeSelectorTerm Preference { get; init; } = NodeSelectorTerm.Empty;
}

public sealed record PodAffinity
{
    [Doc("What must hold when a pod is placed.")]
    public ValueList<PodAffinityTerm> RequiredDuringSchedulingIgnoredDuringExecution { get; init; } = [];

    [Doc("What should hold when a pod is placed, by weight.")]
    public ValueList<WeightedPodAffinityTerm> PreferredDuringSchedulingIgnoredDuringExecution { get; init; } = [];
}

public sealed record PodAntiAffinity
{
    [Doc("What must hold when a pod is placed.")]
    public ValueList<PodAffinityTerm> RequiredDuringSchedulingIgnoredDuringExecution { get; init; } = [];

    [Doc("What should hold when a pod is placed, by weight.")]
    public ValueList<WeightedPodAffinityTerm> PreferredDuringSchedulingIgnoredDuringExecution { get; init; } = [];
}

public sealed record PodAffinityTerm
{
    public static readonly PodAffinityTerm Empty = new();

    [Doc("Labels of the objects that are meant.")]
    public LabelSelector? LabelSelector { get; init; }

    [Doc("Namespaces of the pods that are meant.")]
    public ValueList<string> Namespaces { get; init; } = [];

    [Doc("Label of nodes whose value names the domain."), Required]
    public string TopologyKey { get; init; } = "";

    [Doc("Labels of the namespaces that are meant.")]
    public LabelSelector? NamespaceSelector { get; init; }

    [Doc("Keys of pod labels whose values join the selector.")]
    public ValueList<string> MatchLabelKeys { get; init; } = [];

    [Doc("Keys of pod labels whose values are excluded.")]
    public ValueList<string> MismatchLabelKeys { get; init; } = [];
}

public sealed record WeightedPodAffinityTerm
{
    [Doc("Weight of the preference, 1 to 100."), Required]
    public int Weight { get; init; }

    [Doc("Description of the pods that are meant."), Required]
    public PodAffinityTerm PodAffinityTerm { get; init; } = PodAffinityTerm.Empty;
}
