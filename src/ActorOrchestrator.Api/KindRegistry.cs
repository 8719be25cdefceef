using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace ActorOrchestrator.Api;

/// <summary>One served resource: its names on the wire and its CLR type.</summary>
public sealed record ResourceKind(
    string Group, string Version, string Kind, string Plural, string Singular, bool Namespaced, Type ClrType)
{
    public ValueList<string> ShortNames { get; init; } = [];
    public ValueList<string> Categories { get; init; } = [];

    /// <summary>Whether <c>/status</c> is written apart from the spec.</summary>
    public bool HasStatus { get; init; }

    /// <summary>Whether <c>/scale</c> is served (autoscaling/v1 Scale).</summary>
    public bool HasScale { get; init; }

    /// <summary>
    /// False for what is only posted and answered (reviews, bindings, evictions): never stored or listed.
    /// </summary>
    public bool IsStored { get; init; } = true;

    /// <summary>What is said, in a <c>Warning</c> header, to each request for a kind that its clients are to leave.
    /// </summary>
    public string? Deprecation { get; init; }

    /// <summary>The release of this program that was the first to have it; null: the first release of all.</summary>
    public string? Since { get; init; }

    /// <summary>Whether there is no way to make one: it can be listed, and the list is empty.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>For another group or version of a kind that is stored: that kind's type (<see
    /// cref="ApiFace"/>).</summary>
    public Type? StoredAs { get; init; }

    /// <summary>Whether there are objects to get and list under its path.</summary>
    public bool IsListed => IsStored || StoredAs is not null;

    /// <summary>Namespaces are deleted one by one.</summary>
    public bool HasDeleteCollection => IsListed && !IsReadOnly && ClrType != typeof(Core.Namespace);

    /// <summary>Evictions and scales are reached only as subresources.</summary>
    public bool HasPath => Plural is not ("evictions" or "scales");

    /// <summary><c>v1</c> for the core group, else <c>group/version</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary><c>pods</c> or <c>deployments.apps</c>: the resource's name as Kubernetes' messages print it.</summary>
    public string Resource => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary><c>PodList</c>: the kind of a list of these.</summary>
    public string ListKind => Kind + "List";

    /// <summary>Two registrations are the same when they serve the same resource.</summary>
    public bool Equals(ResourceKind? other) =>
        other is not null && Group == other.Group && Version == other.Version && Plural == other.Plural;

    public override int GetHashCode() => HashCode.Combine(Group, Version, Plural);

    public override string ToString() => $"{Resource}/{Version}";
}

/// <summary>Every kind that is served, by its names and by its CLR type.</summary>
public static class KindRegistry
{
    /// <summary>Every kind, core group first.</summary>
    public static ValueList<ResourceKind> All { get; } = KindList.All;

    private static readonly FrozenDictionary<Type, ResourceKind> ByType = 
        All.DistinctBy(kind => kind.ClrType).ToFrozenDictionary(kind => kind.ClrType);

    private static readonly FrozenDictionary<(string ApiVersion, string Kind), ResourceKind> ByKind =
        All.ToFrozenDictionary(kind => (kind.ApiVersion, kind.Kind));

    private static readonly FrozenDictionary<(string Group, string Version, string Plural), ResourceKind> ByPlural =
        All.Where(kind => kind.HasPath).ToFrozenDictionary(kind => (kind.Group, kind.Version, kind.Plural));

    /// <exception cref="KeyNotFoundException">The type is no registered kind.</exception>
    public static ResourceKind Of<T>() where T : KubeObject => Of(typeof(T));

    /// <exception cref="KeyNotFoundException">The type is no registered kind.</exception>
    public static ResourceKind Of(Type type) => ByType[type];

    public static ResourceKind Of(KubeObject @object) => Of(@object.GetType());

    public static bool TryFindKind(string apiVersion, string kind, [NotNullWhen(true)] out ResourceKind? found) =>
        ByKind.TryGetValue((apiVersion, kind), out found);

    /// <summary>By the parts of a URL: group (empty for core), version and plural name.</summary>
    public static bool TryFindResource(
        string group, string version, string plural, [NotNullWhen(true)] out ResourceKind? found) =>
        ByPlural.TryGetValue((group, version, plural), out found);

    public static ResourceKind? Find(string apiVersion, string kind) =>
        ByKind.GetValueOrDefault((apiVersion, kind));
}
