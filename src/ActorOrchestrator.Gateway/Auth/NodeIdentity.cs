namespace ActorOrchestrator.Gateway.Auth;

/// <summary>Machines that only run pods ask as <c>system:node:NAME</c> of the group <c>system:nodes</c>, as kubelets
/// do.</summary>
public static class NodeIdentity
{
    public const string Group = "system:nodes";

    private const string UserPrefix = "system:node:";

    public static string UserOf(string node) => UserPrefix + node;

    /// <summary>Which node asks; empty for one that does not say its name, null for somebody else.</summary>
    public static string? NameOf(Identity who)
    {
        if (!who.Groups.Contains(Group, StringComparer.Ordinal))
        {
            return null;
        }

        return who.User.StartsWith(UserPrefix, StringComparison.Ordinal) ? who.User[UserPrefix.Length..] : "";
    }
}
