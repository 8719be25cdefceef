namespace ActorOrchestrator.Gateway.Auth;

/// <summary>What someone wants to do. <paramref name="Path"/> is set, and the rest empty, for what is no resource.</summary>
public sealed record AccessRequest(
    string Verb, string Group, string Resource, string Subresource, string? Namespace, string? Name, string? Path);

public readonly record struct AccessDecision(bool Allowed, string Reason);

/// <summary>Decides who may do what. Rules by RBAC objects can stand here later.</summary>
public interface IAuthorizer
{
    AccessDecision Decide(Identity who, AccessRequest what);
}

/// <summary>Members of <c>system:masters</c> may everything; authenticated users may discover the API and ask about
/// themselves (Kubernetes' system:discovery and system:basic-user); others may nothing.</summary>
public sealed class MastersAuthorizer : IAuthorizer
{
    public AccessDecision Decide(Identity who, AccessRequest what)
    {
        if (who.Groups.Contains(Identity.Masters, StringComparer.Ordinal))
        {
            return new(true, "");
        }

        if (what.Path is { } path)
        {
            return new(what.Verb is "get" or "head" && OpenPaths.ToAuthenticated(path), "");
        }

        return new(
            what is { Verb: "create", Group: "authorization.k8s.io", Resource: "selfsubjectaccessreviews" }
                or { Verb: "create", Group: "authorization.k8s.io", Resource: "selfsubjectrulesreviews" }
                or { Verb: "create", Group: "authentication.k8s.io", Resource: "selfsubjectreviews" },
            "");
    }
}

/// <summary>Paths that need no membership.</summary>
internal static class OpenPaths
{
    /// <summary>Health and version tell nothing of the cluster's content; probes and load balancers carry no credentials.</summary>
    public static bool ToAnonymous(string path) =>
        path is "/version" or "/version/" || Under(path, "/healthz") || Under(path, "/livez") || Under(path, "/readyz");

    public static bool ToAuthenticated(string path) =>
        ToAnonymous(path) || Under(path, "/api") || Under(path, "/apis") || Under(path, "/openapi");

    private static bool Under(string path, string root) =>
        path.StartsWith(root, StringComparison.Ordinal) && (path.Length == root.Length || path[root.Length] == '/');
}
