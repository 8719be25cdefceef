using ActorOrchestrator.Api;

namespace ActorOrchestrator.Gateway.Auth;

/// <summary>Who asks (authentication/v1 UserInfo).</summary>
public sealed record Identity(string User, IReadOnlyList<string> Groups, string? Uid = null)
{
    public const string Masters = "system:masters";

    /// <summary>The organization in the certificates of the control plane's members: no user's certificate has
    /// it.</summary>
    public const string Members = "system:orchestrator-members";

    public const string Authenticated = "system:authenticated";
    public const string Unauthenticated = "system:unauthenticated";
    public const string AnonymousUser = "system:anonymous";

    /// <summary>One who showed nothing. Only health and version are open to it.</summary>
    public static readonly Identity Anonymous = new(AnonymousUser, [Unauthenticated]);

    /// <summary>Further facts, by lower-case keys.</summary>
    public ValueMap<ValueList<string>> Extra { get; init; } = ValueMap<ValueList<string>>.Empty;

    /// <summary>The user that shows its own credentials and asks as this one; null when they are this one's.</summary>
    public string? Impersonator { get; init; }

    /// <summary>Whether the client showed nothing: an impersonated system:anonymous is somebody's request.</summary>
    public bool ShowedNothing => ReferenceEquals(this, Anonymous);

    /// <summary>As a log line names it: an impersonated user never without the one who answers for it.</summary>
    public string LogName => Impersonator is null ? User : $"{User} (impersonated by {Impersonator})";

    public static Identity Of(string user, IEnumerable<string> groups, string? uid = null) =>
        new(user, [.. groups.Append(Authenticated).Distinct(StringComparer.Ordinal)], uid);
}
