namespace ActorOrchestrator.Api.Authorization;

[Doc("Asks whether the caller may do something.")]
public sealed record SelfSubjectAccessReview() : KubeObject("authorization.k8s.io/v1", "SelfSubjectAccessReview")
{
    [Doc("What is wanted."), Required]
    public SelfSubjectAccessReviewSpec Spec { get; init; } = SelfSubjectAccessReviewSpec.Empty;

    [Doc("What was observed last; written by the system.")]
    public SubjectAccessReviewStatus Status { get; init; } = SubjectAccessReviewStatus.Empty;
}

[Doc("What is wanted of a SelfSubjectAccessReview.")]
public sealed record SelfSubjectAccessReviewSpec
{
    public static readonly SelfSubjectAccessReviewSpec Empty = new();

    [Doc("Access to an object.")]
    public ResourceAttributes? ResourceAttributes { get; init; }

    [Doc("Access to a path.")]
    public NonResourceAttributes? NonResourceAttributes { get; init; }
}

[Doc("Asks whether a user may do something.")]
public sealed record SubjectAccessReview() : KubeObject("authorization.k8s.io/v1", "SubjectAccessReview")
{
    [Doc("What is wanted."), Required]
    public SubjectAccessReviewSpec Spec { get; init; } = SubjectAccessReviewSpec.Empty;

    [Doc("What was observed last; written by the system.")]
    public SubjectAccessReviewStatus Status { get; init; } = SubjectAccessReviewStatus.Empty;
}

[Doc("What is wanted of a SubjectAccessReview.")]
public sealed record SubjectAccessReviewSpec
{
    public static readonly SubjectAccessReviewSpec Empty = new();

    [Doc("Access to an object.")]
    public ResourceAttributes? ResourceAttributes { get; init; }

    [Doc("Access to a path.")]
    public NonResourceAttributes? NonResourceAttributes { get; init; }

    [Doc("User to act as.")]
    public string? User { get; init; }

    [Doc("Groups of the user.")]
    public ValueList<string> Groups { get; init; } = [];

    [Doc("Further facts about the user.")]
    public ValueMap<ValueList<string>> Extra { get; init; } = ValueMap<ValueList<string>>.Empty;

    [Doc("Unique id of the object that is meant.")]
    public string? Uid { get; init; }
}

[Doc("Asks whether a user may do something in a namespace.")]
public sealed record LocalSubjectAccessReview() : KubeObject("authorization.k8s.io/v1", "LocalSubjectAccessReview")
{
    [Doc("What is wanted."), Required]
    public SubjectAccessReviewSpec Spec { get; init; } = SubjectAccessReviewSpec.Empty;

    [Doc("What was observed last; written by the system.")]
    public SubjectAccessReviewStatus Status { get; init; } = SubjectAccessReviewStatus.Empty;
}

[Doc("What a SubjectAccessReview was last seen to be.")]
public sealed record SubjectAccessReviewStatus
{
    public static readonly SubjectAccessReviewStatus Empty = new();

    [Doc("Whether the access is allowed."), Required]
    public bool Allowed { get; init; }

    [Doc("Whether the access is denied whatever else is asked.")]
    public bool Denied { get; init; }

    [Doc("Why, as one word for programs.")]
    public string? Reason { get; init; }

    [Doc("What could not be worked out.")]
    public string? EvaluationError { get; init; }
}

public sealed record ResourceAttributes
{
    [Doc("Namespace of the object that is meant.")]
    public string? Namespace { get; init; }

    [Doc("Verb that is asked about.")]
    public string? Verb { get; init; }

    [Doc("Group to act as, or API group.")]
    public string? Group { get; init; }

    [Doc("API version.")]
    public string? Version { get; init; }

    [Doc("Name of the resource.")]
    public string? Resource { get; init; }

    [Doc("Subresource, such as status.")]
    public string? Subresource { get; init; }

    [Doc("Name of the object that is meant.")]
    public string? Name { get; init; }

    [Doc("Fields of the objects that are meant.")]
    public FieldSelectorAttributes? FieldSelector { get; init; }

    [Doc("Labels of the objects that are meant.")]
    public LabelSelectorAttributes? LabelSelector { get; init; }
}

public sealed record NonResourceAttributes
{
    [Doc("Path of the file or directory.")]
    public string? Path { get; init; }

    [Doc("Verb that is asked about.")]
    public string? Verb { get; init; }
}

public sealed record FieldSelectorAttributes
{
    [Doc("Selector as text.")]
    public string? RawSelector { get; init; }

    [Doc("Selector as requirements.")]
    public ValueList<FieldSelectorRequirement> Requirements { get; init; } = [];
}

public sealed record LabelSelectorAttributes
{
    [Doc("Selector as text.")]
    public string? RawSelector { get; init; }

    [Doc("Selector as requirements.")]
    public ValueList<LabelSelectorRequirement> Requirements { get; init; } = [];
}

[Doc("Asks what the caller may do in a namespace.")]
public sealed record SelfSubjectRulesReview() : KubeObject("authorization.k8s.io/v1", "SelfSubjectRulesReview")
{
    [Doc("What is wanted."), Required]
    public SelfSubjectRulesReviewSpec Spec { get; init; } = SelfSubjectRulesReviewSpec.Empty;

    [Doc("What was observed last; written by the system.")]
    public SubjectRulesReviewStatus Status { get; init; } = SubjectRulesReviewStatus.Empty;
}

[Doc("What is wanted of a SelfSubjectRulesReview.")]
public sealed record SelfSubjectRulesReviewSpec
{
    public static readonly SelfSubjectRulesReviewSpec Empty = new();

    [Doc("Namespace of the object that is meant.")]
    public string? Namespace { get; init; }
}

[Doc("What a SubjectRulesReview was last seen to be.")]
public sealed record SubjectRulesReviewStatus
{
    public static readonly SubjectRulesReviewStatus Empty = new();

    [Doc("What is allowed on objects."), Required]
    public ValueList<ResourceRule> ResourceRules { get; init; } = [];

    [Doc("What is allowed on paths."), Required]
    public ValueList<NonResourceRule> NonResourceRules { get; init; } = [];

    [Doc("Whether there may be more."), Required]
    public bool Incomplete { get; init; }

    [Doc("What could not be worked out.")]
    public string? EvaluationError { get; init; }
}

public sealed record ResourceRule
{
    [Doc("Verbs that are allowed; * for all."), Required]
    public ValueList<string> Verbs { get; init; } = [];

    [Doc("API groups that are meant; * for all.")]
    public ValueList<string> ApiGroups { get; init; } = [];

    [Doc("Resources that are asked for.")]
    public ValueList<string> Resources { get; init; } = [];

    [Doc("Names that are meant; none for all.")]
    public ValueList<string> ResourceNames { get; init; } = [];
}

public sealed record NonResourceRule
{
    [Doc("Verbs that are allowed; * for all."), Required]
    public ValueList<string> Verbs { get; init; } = [];

    [Doc("Paths that are meant; * for all.")]
    public ValueList<string> NonResourceURLs { get; init; } = [];
}
