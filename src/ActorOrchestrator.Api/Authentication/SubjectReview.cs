namespace ActorOrchestrator.Api.Authentication;

public sealed record SelfSubjectReview() : KubeObject("authentication.k8s.io/v1", "SelfSubjectReview")
{
    public SelfSubjectReviewStatus Status { get; init; } = SelfSubjectReviewStatus.Empty;
}

public sealed record SelfSubjectReviewStatus
{
    public static readonly SelfSubjectReviewStatus Empty = new();
    public UserInfo UserInfo { get; init; } = UserInfo.Empty;
}

public sealed record UserInfo
{
    public static readonly UserInfo Empty = new();
    public string? Username { get; init; }
    public string? Uid { get; init; }
    public ValueList<string> Groups { get; init; } = [];
    public ValueMap<ValueList<string>> Extra { get; init; } = ValueMap<ValueList<string>>.Empty;
}

public sealed record TokenReview() : KubeObject("authentication.k8s.io/v1", "TokenReview")
{
    [Required] public TokenReviewSpec Spec { get; init; } = TokenReviewSpec.Empty;
    public TokenReviewStatus Status { get; init; } = TokenReviewStatus.Empty;
}

public sealed record TokenReviewSpec
{
    public static readonly TokenReviewSpec Empty = new();
    public string? Token { get; init; }
    public ValueList<string> Audiences { get; init; } = [];
}

public sealed record TokenReviewStatus
{
    public static readonly TokenReviewStatus Empty = new();
    public bool Authenticated { get; init; }
    public UserInfo User { get; init; } = UserInfo.Empty;
    public ValueList<string> Audiences { get; init; } = [];
    public string? Error { get; init; }
}
