using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation.PodSecurity;

/// <summary>A pod, or a template of pods, that is held against the standards.</summary>
/// <param name="Metadata">Its metadata.</param>
/// <param name="Spec">Its spec.</param>
/// <param name="Version">Of the standards: the <c>x</c> of <c>v1.x</c>.</param>
internal sealed record PodUnderCheck(ObjectMeta Metadata, PodSpec Spec, int Version)
{
    private const int OwnUsersSince = 35;

    /// <summary>Whether it says that it is for Windows, which has nothing of what Linux is told by these
    /// fields.</summary>
    public bool IsOfWindows => Spec.Os?.Name == "windows";

    /// <summary>Whether it may do more because its users are others than the machine's (since 1.35).</summary>
    public bool HasOwnUsers => Version >= OwnUsersSince && Spec.HostUsers == false;

    public PodSecurityContext? Security => Spec.SecurityContext;

    /// <summary>All containers, those for initialization first.</summary>
    public IReadOnlyList<Container> Containers { get; } = [.. Spec.AllContainers()];

    public IReadOnlyList<string> ContainersThat(Func<Container, bool> condition) =>
        [.. Containers.Where(condition).Select(container => container.Name)];
}

/// <summary>Names in messages.</summary>
internal static class Wording
{
    public static string Quoted(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"\"{name}\""));

    /// <summary><c>container "a"</c>, <c>containers "a", "b"</c>.</summary>
    public static string Named(string what, IReadOnlyCollection<string> names) =>
        $"{Plural(what, names)} {Quoted(names)}";

    public static string Plural(string what, IReadOnlyCollection<string> names) => names.Count == 1 ? what : what + "s";

    /// <summary><c>uses</c> of one, <c>use</c> of several.</summary>
    public static string Verb(string verb, IReadOnlyCollection<string> names) => names.Count == 1 ? verb + "s" : verb;

    /// <summary>Who sets something: the pod, containers, or both.</summary>
    public static string? Setters(bool isPod, IReadOnlyCollection<string> containers, string link = " and ")
    {
        string[] parts =
        [
            .. isPod ? ["pod"] : Array.Empty<string>(),
            .. containers.Count > 0 ? [Named("container", containers)] : Array.Empty<string>(),
        ];
        return parts.Length == 0 ? null : string.Join(link, parts);
    }

    public static IReadOnlyList<string> Sorted(IEnumerable<string> values) =>
        [.. values.Distinct().Order(StringComparer.Ordinal)];
}
