namespace ActorOrchestrator.Api.Authorization;

public sealed record SelfSubjectAccessReview() : KubeObject("authorization.k8s.io/v1", "SelfSubjectAccessReview")
{
    [Required] public SelfSubjectAccessReviewSpec Spec { get; init; } = SelfSubjectAccessReviewSpec.Empty;
    public SubjectAccessReviewStatus Status { get; init; } = SubjectAccessReviewStatus.Empty;
}

public sealed record SelfSubjectAccessReviewSpec
{
    public static readonly SelfSubjectAccessReviewSpec Empty = new();
    public ResourceAttributes? ResourceAttributes { get; init; }
    public NonResourceAttributes? NonResourceAttributes { get; init; }
}

public sealed record SubjectAccessReview() : KubeObject("authorization.k8s.io/v1", "SubjectAccessReview")
{
    [Required] public SubjectAccessReviewSpec Spec { get; init; } = SubjectAccessReviewSpec.Empty;
    public SubjectAccessReviewStatus Status { get; init; } = SubjectAccessReviewStatus.Empty;
}

public sealed record SubjectAccessReviewSpec
{
    public static readonly SubjectAccessReviewSpec Empty = new();
    public ResourceAttributes? ResourceAttributes { get; init; }
    public NonResourceAttributes? NonResourceAttributes { get; init; }
    public string? User { get; init; }
    public ValueList<string> Groups { get; init; } = [];
    public ValueMap<ValueList<string>> Extra { get; init; } = ValueMap<ValueList<string>>.Empty;
    public string? Uid { get; init; }
}

public sealed record LocalSubjectAccessReview() : KubeObject("authorization.k8s.io/v1", "LocalSubjectAccessReview")
{
    [Required] public SubjectAccessReviewSpec Spec { get; init; } = SubjectAccessReviewSpec.Empty;
    public SubjectAccessReviewStatus Status { get; init; } = SubjectAccessReviewStatus.Empty;
}

public sealed record SubjectAccessReviewStatus
{
    public static readonly SubjectAccessReviewStatus Empty = new();
    [Required] public bool Allowed { get; init; }
    public bool Denied { get; init; }
    public string? Reason { get; init; }
    public string? EvaluationError { get; init; }
}

public sealed record ResourceAttributes
{
    public string? Namespace { get; init; }
    public string? Verb { get; init; }
    public string? Group { get; init; }
    public string? Version { get; init; }
    public string? Resource { get; init; }
    public string? Subresource { get; init; }
    public string? Name { get; init; }
    public FieldSelectorAttributes? FieldSelector { get; init; }
    public LabelSelectorAttributes? LabelSelector { get; init; }
}

public sealed record NonResourceAttributes
{
    public string? Path { get; init; }
    public string? Verb { get; init; }
}

public sealed record FieldSelectorAttributes
{
    public string? RawSelector { get; init; }
    public ValueList<FieldSelectorRequirement> Requirements { get; init; } = [];
}

public sealed record LabelSelectorAttributes
{
    public string? RawSelector { get; init; }
    public ValueList<LabelSelectorRequirement> Requirements { get; init; } = [];
}

public sealed record SelfSubjectRulesReview() : KubeObject("authorization.k8s.io/v1", "SelfSubjectRulesReview")
{
    [Required] public SelfSubjectRulesReviewSpec Spec { get; init; } = SelfSubjectRulesReviewSpec.Empty;
    public SubjectRulesReviewStatus Status { get; init; } = SubjectRulesReviewStatus.Empty;
}

public sealed record SelfSubjectRulesReviewSpec
{
    public static readonly SelfSubjectRulesReviewSpec Empty = new();
    public string? Namespace { get; init; }
}

public sealed record SubjectRulesReviewStatus
{
    public static readonly SubjectRulesReviewStatus Empty = new();
    [Required] public ValueList<ResourceRule> ResourceRules { get; init; } = [];
    [Required] public ValueList<NonResourceRule> NonResourceRules { get; init; } = [];
    [Required] public bool Incomplete { get; init; }
    public string? EvaluationError { get; init; }
}

public sealed record ResourceRule
{
    [Required] public ValueList<string> Verbs { get; init; } = [];
    public ValueList<string> ApiGroups { get; init; } = [];
    public ValueList<string> Resources { get; init; } = [];
    public ValueList<string> ResourceNames { get; init; } = [];
}

public sealed record NonResourceRule
{
    [Required] public ValueList<string> Verbs { get; init; } = [];
    public ValueList<string> NonResourceURLs { get; init; } = [];
}
