namespace ActorOrchestrator.Gateway.Auth;

/// <summary>Who asks (authentication/v1 UserInfo).</summary>
public sealed record Identity(string User, IReadOnlyList<string> Groups, string? Uid = null)
{
    public const string Masters = "system:masters";
    public const string Authenticated = "system:authenticated";

    /// <summary>One who showed nothing. Only health and version are open to it.</summary>
    public static readonly Identity Anonymous = new("system:anonymous", ["system:unauthenticated"]);

    public bool IsAnonymous => ReferenceEquals(this, Anonymous);

    public static Identity Of(string user, IEnumerable<string> groups, string? uid = null) =>
        new(user, [.. groups.Append(Authenticated).Distinct(StringComparer.Ordinal)], uid);
}
