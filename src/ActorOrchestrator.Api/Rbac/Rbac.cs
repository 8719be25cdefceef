namespace ActorOrchestrator.Api.Rbac;

public sealed record Role() : KubeObject("rbac.authorization.k8s.io/v1", "Role")
{
    [AlwaysWritten] public ValueList<PolicyRule> Rules { get; init; } = [];
}

public sealed record RoleBinding() : KubeObject("rbac.authorization.k8s.io/v1", "RoleBinding")
{
    public ValueList<Subject> Subjects { get; init; } = [];
    [Required] public RoleRef RoleRef { get; init; } = RoleRef.Empty;
}

public sealed record ClusterRole() : KubeObject("rbac.authorization.k8s.io/v1", "ClusterRole")
{
    [AlwaysWritten] public ValueList<PolicyRule> Rules { get; init; } = [];
    public AggregationRule? AggregationRule { get; init; }
}

public sealed record ClusterRoleBinding() : KubeObject("rbac.authorization.k8s.io/v1", "ClusterRoleBinding")
{
    public ValueList<Subject> Subjects { get; init; } = [];
    [Required] public RoleRef RoleRef { get; init; } = RoleRef.Empty;
}

public sealed record AggregationRule
{
    public ValueList<LabelSelector> ClusterRoleSelectors { get; init; } = [];
}

public sealed record PolicyRule
{
    [Required] public ValueList<string> Verbs { get; init; } = [];
    public ValueList<string> ApiGroups { get; init; } = [];
    public ValueList<string> Resources { get; init; } = [];
    public ValueList<string> ResourceNames { get; init; } = [];
    public ValueList<string> NonResourceURLs { get; init; } = [];
}

[Atomic]
public sealed record Subject
{
    [Required] public string Kind { get; init; } = "";
    public string? ApiGroup { get; init; }
    [Required] public string Name { get; init; } = "";
    public string? Namespace { get; init; }
}

[Atomic]
public sealed record RoleRef
{
    public static readonly RoleRef Empty = new();
    [Required] public string ApiGroup { get; init; } = "";
    [Required] public string Kind { get; init; } = "";
    [Required] public string Name { get; init; } = "";
}
