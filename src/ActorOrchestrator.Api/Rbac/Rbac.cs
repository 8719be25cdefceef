namespace ActorOrchestrator.Api.Rbac;

[Doc("Permissions in a namespace.")]
public sealed record Role() : KubeObject("rbac.authorization.k8s.io/v1", "Role")
{
    [Doc("The rules."), AlwaysWritten]
    public ValueList<PolicyRule> Rules { get; init; } = [];
}

[Doc("Gives a role to users in a namespace.")]
public sealed record RoleBinding() : KubeObject("rbac.authorization.k8s.io/v1", "RoleBinding")
{
    [Doc("Who the role is given to.")]
    public ValueList<Subject> Subjects { get; init; } = [];

    [Doc("Role that is given."), Required]
    public RoleRef RoleRef { get; init; } = RoleRef.Empty;
}

[Doc("Permissions in the whole cluster.")]
public sealed record ClusterRole() : KubeObject("rbac.authorization.k8s.io/v1", "ClusterRole")
{
    [Doc("The rules."), AlwaysWritten]
    public ValueList<PolicyRule> Rules { get; init; } = [];

    [Doc("Which roles this one is made up of.")]
    public AggregationRule? AggregationRule { get; init; }
}

[Doc("Gives a role to users in the whole cluster.")]
public sealed record ClusterRoleBinding() : KubeObject("rbac.authorization.k8s.io/v1", "ClusterRoleBinding")
{
    [Doc("Who the role is given to.")]
    public ValueList<Subject> Subjects { get; init; } = [];

    [Doc("Role that is given."), Required]
    public RoleRef RoleRef { get; init; } = RoleRef.Empty;
}

public sealed record AggregationRule
{
    [Doc("Labels of the roles to include.")]
    public ValueList<LabelSelector> ClusterRoleSelectors { get; init; } = [];
}

[Doc("What is allowed.")]
public sealed record PolicyRule
{
    [Doc("Verbs that are allowed; * for all."), Required]
    public ValueList<string> Verbs { get; init; } = [];

    [Doc("API groups that are meant; * for all.")]
    public ValueList<string> ApiGroups { get; init; } = [];

    [Doc("Resources that are asked for.")]
    public ValueList<string> Resources { get; init; } = [];

    [Doc("Names that are meant; none for all.")]
    public ValueList<string> ResourceNames { get; init; } = [];

    [Doc("Paths that are meant; * for all.")]
    public ValueList<string> NonResourceURLs { get; init; } = [];
}

[Atomic]
public sealed record Subject
{
    [Doc("User, Group or ServiceAccount."), Required]
    public string Kind { get; init; } = "";

    [Doc("API group of the object that is meant.")]
    public string? ApiGroup { get; init; }

    [Doc("Name of the object that is meant."), Required]
    public string Name { get; init; } = "";

    [Doc("Namespace of the object that is meant.")]
    public string? Namespace { get; init; }
}

[Atomic]
public sealed record RoleRef
{
    public static readonly RoleRef Empty = new();

    [Doc("API group of the object that is meant."), Required]
    public string ApiGroup { get; init; } = "";

    [Doc("Kind of the object that is meant."), Required]
    public string Kind { get; init; } = "";

    [Doc("Name of the object that is meant."), Required]
    public string Name { get; init; } = "";
}
