using System.Globalization;

namespace ActorOrchestrator.Api.OpenApi;

/// <summary>A query parameter.</summary>
internal sealed record QueryParameter(string Name, string Type, string Description);

/// <summary>What can be done to objects, and how it is asked for.</summary>
internal sealed record Verb(string Method, string Action, string IdWord, bool HasBody, QueryParameter[] Parameters)
{
    private static readonly QueryParameter DryRun =
        new("dryRun", "string", "With the value All nothing is changed: only what would happen is answered.");

    private static readonly QueryParameter[] Writes =
    [
        DryRun,
        new("fieldManager", "string", "Name of the actor that makes the change."),
        new("fieldValidation", "string", "What to do about unknown and repeated fields: Ignore, Warn or Strict."),
    ];

    private static readonly QueryParameter[] Deletes =
    [
        DryRun,
        new("gracePeriodSeconds", "integer", "Seconds that the object has to end gracefully."),
        new("orphanDependents", "boolean", "Old form of propagationPolicy=Orphan."),
        new("propagationPolicy", "string", "What becomes of dependents: Orphan, Background or Foreground."),
    ];

    private static readonly QueryParameter[] Selections =
    [
        new("continue", "string", "Where the next page starts, from the page before."),
        new("fieldSelector", "string", "Only objects whose fields match."),
        new("labelSelector", "string", "Only objects whose labels match."),
        new("limit", "integer", "Most objects to answer with."),
        new("resourceVersion", "string", "State to read: at least, or exactly, this version."),
        new("resourceVersionMatch", "string", "How resourceVersion is meant: NotOlderThan or Exact."),
        new("timeoutSeconds", "integer", "Longest time that the call may take."),
    ];

    public static readonly Verb List = new("get", "list", "list", false,
    [
        .. Selections,
        new("watch", "boolean", "Stay connected and send changes as they happen."),
        new("allowWatchBookmarks", "boolean", "Send the version reached now and then."),
        new("sendInitialEvents", "boolean", "Begin a watch with the objects that there are."),
    ]);

    public static readonly Verb DeleteCollection =
        new("delete", "deletecollection", "deleteCollection", false, [.. Selections, .. Deletes]);

    public static readonly Verb Create = new("post", "post", "create", true, Writes);
    public static readonly Verb Get = new("get", "get", "read", false, []);
    public static readonly Verb Replace = new("put", "put", "replace", true, Writes);
    public static readonly Verb Delete = new("delete", "delete", "delete", false, Deletes);

    public static readonly Verb Patch = new("patch", "patch", "patch", true,
        [.. Writes, new("force", "boolean", "Server-side apply: take over fields that others manage.")]);
}

/// <summary>
/// A verb on a kind, or on the subresource of <paramref name="Owner"/> that <paramref name="Suffix"/> names.
/// <paramref name="IsText"/>: the answer is plain text.
/// </summary>
internal sealed record Operation(
    Verb Verb, ResourceKind Kind, ResourceKind? Owner = null, string Suffix = "", bool IsText = false)
{
    private ResourceKind Addressed => Owner ?? Kind;

    /// <summary>As Kubernetes names it: <c>readAppsV1NamespacedDeploymentStatus</c>.</summary>
    public string Id
    {
        get
        {
            var scope = Addressed.Namespaced && Suffix != "ForAllNamespaces" ? "Namespaced" : "";
            return $"{Verb.IdWord}{GroupWord}{scope}{Addressed.Kind}{Suffix}";
        }
    }

    /// <summary><c>core_v1</c>, <c>apps_v1</c>: how client generators sort operations.</summary>
    public string Tag =>
        (Addressed.Group.Length == 0 ? "core" : ShortGroup.Replace('.', '_')) + "_" + Addressed.Version;

    public string Description => Suffix.Length == 0 || Suffix == "ForAllNamespaces"
        ? $"{Verb.Action} {Addressed.Kind}"
        : $"{Verb.Action} {Suffix.ToLowerInvariant()} of {Addressed.Kind}";

    private string ShortGroup => Addressed.Group.Replace(".k8s.io", "", StringComparison.Ordinal);

    private string GroupWord => string.Concat(
        (Addressed.Group.Length == 0 ? "core" : ShortGroup).Split('.').Append(Addressed.Version).Select(
            static word => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(word)));
}
