namespace ActorOrchestrator.Gateway.Discovery;

/// <summary>The resources of a group by version, the preferred version first.</summary>
internal sealed record ApiGroup(string Name, IReadOnlyList<ApiGroupVersion> Versions)
{
    public static readonly IReadOnlyList<ApiGroup> All =
    [
        .. ResourceEntry.All.GroupBy(entry => entry.Kind.Group).Select(group => new ApiGroup(
            group.Key,
            [
                .. group.GroupBy(entry => entry.Kind.Version)
                    .Select(version => new ApiGroupVersion(version.Key, [.. version])),
            ])),
    ];

    /// <summary><c>/api/v1</c> or <c>/apis/{group}/{version}</c>.</summary>
    public string Path(string version) => Name.Length == 0 ? $"/api/{version}" : $"/apis/{Name}/{version}";

    public string GroupVersion(string version) => Name.Length == 0 ? version : $"{Name}/{version}";
}

internal sealed record ApiGroupVersion(string Name, IReadOnlyList<ResourceEntry> Resources);
