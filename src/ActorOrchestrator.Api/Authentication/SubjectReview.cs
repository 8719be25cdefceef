namespace ActorOrchestrator.Api.Authentication;

[Doc("Asks who the caller is.")]
public sealed record SelfSubjectReview() : KubeObject("authentication.k8s.io/v1", "SelfSubjectReview")
{
    [Doc("What was observed last; written by the system.")]
    public SelfSubjectReviewStatus Status { get; init; } = SelfSubjectReviewStatus.Empty;
}

[Doc("What a SelfSubjectReview was last seen to be.")]
public sealed record SelfSubjectReviewStatus
{
    public static readonly SelfSubjectReviewStatus Empty = new();

    [Doc("Who the user is.")]
    public UserInfo UserInfo { get; init; } = UserInfo.Empty;
}

public sealed record UserInfo
{
    public static readonly UserInfo Empty = new();

    [Doc("Name of the user.")]
    public string? Username { get; init; }

    [Doc("Unique id of the object that is meant.")]
    public string? Uid { get; init; }

    [Doc("Groups of the user.")]
    public ValueList<string> Groups { get; init; } = [];

    [Doc("Further facts about the user.")]
    public ValueMap<ValueList<string>> Extra { get; init; } = ValueMap<ValueList<string>>.Empty;
}

[Doc("Asks whose a token is.")]
public sealed record TokenReview() : KubeObject("authentication.k8s.io/v1", "TokenReview")
{
    [Doc("What is wanted."), Required]
    public TokenReviewSpec Spec { get; init; } = TokenReviewSpec.Empty;

    [Doc("What was observed last; written by the system.")]
    public TokenReviewStatus Status { get; init; } = TokenReviewStatus.Empty;
}

[Doc("What is wanted of a TokenReview.")]
public sealed record TokenReviewSpec
{
    public static readonly TokenReviewSpec Empty = new();

    [Doc("The token.")]
    public string? Token { get; init; }

    [Doc("Audiences of the token.")]
    public ValueList<string> Audiences { get; init; } = [];
}

[Doc("What a TokenReview was last seen to be.")]
public sealed record TokenReviewStatus
{
    public static readonly TokenReviewStatus Empty = new();

    [Doc("Whether the token is good.")]
    public bool Authenticated { get; init; }

    [Doc("User to act as.")]
    public UserInfo User { get; init; } = UserInfo.Empty;

    [Doc("Audiences of the token.")]
    public ValueList<string> Audiences { get; init; } = [];

    [Doc("What went wrong.")]
    public string? Error { get; init; }
}
