using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>Kubernetes' warnings about volumes: kinds that it no longer mounts, and files of one volume that lie on
/// each other.</summary>
internal static class VolumeWarnings
{
    private static readonly (Func<Volume, bool> Is, string Field, string Message)[] Old =
    [
        (volume => volume.PhotonPersistentDisk is not null, "photonPersistentDisk",
            "deprecated in v1.11, non-functional in v1.16+"),
        (volume => volume.GitRepo is not null, "gitRepo", "deprecated in v1.11"),
        (volume => volume.ScaleIO is not null, "scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
        (volume => volume.Flocker is not null, "flocker", "deprecated in v1.22, non-functional in v1.25+"),
        (volume => volume.Storageos is not null, "storageOS", "deprecated in v1.22, non-functional in v1.25+"),
        (volume => volume.Quobyte is not null, "quobyte", "deprecated in v1.22, non-functional in v1.25+"),
        (volume => volume.Glusterfs is not null, "glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
        (volume => volume.Cephfs is not null, "cephfs", "deprecated in v1.28, non-functional in v1.31+"),
        (volume => volume.Rbd is not null, "rbd", "deprecated in v1.28, non-functional in v1.31+"),
    ];

    public static void Add(List<string> warnings, FieldPath path, ValueList<Volume> volumes)
    {
        for (var i = 0; i < volumes.Count; i++)
        {
            var (volume, at) = (volumes[i], path.Index(i));
            warnings.AddRange(from old in Old where old.Is(volume) select $"{at.Child(old.Field)}: {old.Message}");
            if (volume.Ephemeral?.VolumeClaimTemplate is { } claim)
            {
                AddClaim(warnings, at.Child("ephemeral").Child("volumeClaimTemplate", "spec"), claim.Spec);
            }
        }

        foreach (var volume in volumes)
        {
            AddOverlaps(warnings, volume);
        }
    }

    /// <summary>The source of a PersistentVolume; not all that a pod's volume may be can be one.</summary>
    public static void Add(List<string> warnings, FieldPath path, PersistentVolumeSpec volume)
    {
        (bool Is, string Field)[] sources =
        [
            (volume.Cephfs is not null, "cephfs"),
            (volume.PhotonPersistentDisk is not null, "photonPersistentDisk"),
            (volume.ScaleIO is not null, "scaleIO"),
            (volume.Storageos is not null, "storageOS"),
            (volume.Glusterfs is not null, "glusterfs"),
            (volume.Rbd is not null, "rbd"),
        ];
        warnings.AddRange(
            from source in sources
            where source.Is
            select $"{path.Child(source.Field)}: {Old.First(old => old.Field == source.Field).Message}");
    }

    public static void AddClaim(List<string> warnings, FieldPath path, PersistentVolumeClaimSpec claim)
    {
        AddFraction("requests", claim.Resources.Requests);
        AddFraction("limits", claim.Resources.Limits);

        void AddFraction(string field, ValueMap<Quantity> amounts)
        {
            if (amounts.TryGetValue("storage", out var amount) && amount.MilliValue % 1000 != 0)
            {
                warnings.Add($"{path.Child("resources", field).Key("storage")}: fractional byte value \"{amount}\" is "
                    + "invalid, must be an integer");
            }
        }
    }

    private static void AddOverlaps(List<string> warnings, Volume volume)
    {
        if (volume.ConfigMap is { } map)
        {
            Add(warnings, Paths(map.Items), $"volume \"{volume.Name}\" (ConfigMap \"{map.Name}\")");
        }

        if (volume.Secret is { } secret)
        {
            Add(warnings, Paths(secret.Items), $"volume \"{volume.Name}\" (Secret \"{secret.SecretName}\")");
        }

        if (volume.DownwardAPI is { } api)
        {
            Add(warnings, api.Items.Select(item => item.Path), $"volume \"{volume.Name}\" (DownwardAPI)");
        }

        if (volume.Projected is not { } projected)
        {
            return;
        }

        HashSet<string> all = [];
        foreach (var source in projected.Sources)
        {
            if (source == new VolumeProjection())
            {
                warnings.Add($"volume \"{volume.Name}\" (Projected) has no sources provided");
            }

            if (Files(source) is var (what, files))
            {
                var of = $"volume \"{volume.Name}\" (Projected {what})";
                List<string> own = [.. files];
                Add(warnings, own, of);
                Add(warnings, own.Distinct().Concat(all).Order(StringComparer.Ordinal), of);
                all.UnionWith(own);
            }
        }
    }

    private static (string What, IEnumerable<string> Files)? Files(VolumeProjection source) => source switch
    {
        { ConfigMap: { } map } => ($"ConfigMap \"{map.Name}\"", Paths(map.Items)),
        { Secret: { } secret } => ($"Secret \"{secret.Name}\"", Paths(secret.Items)),
        { DownwardAPI: { } api } => ("DownwardAPI", api.Items.Select(item => item.Path)),
        { ServiceAccountToken: { } token } => ("ServiceAccountToken", [token.Path]),
        { ClusterTrustBundle: { } bundle } => ($"ClusterTrustBundle \"{bundle.Name ?? bundle.SignerName}\"",
            [bundle.Path]),
        _ => null,
    };

    private static IEnumerable<string> Paths(ValueList<KeyToPath> items) => items.Select(item => item.Path);

    /// <summary>A file at the path of another one, or below it.</summary>
    private static void Add(List<string> warnings, IEnumerable<string> paths, string of)
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var path in paths.Select(path => path.TrimEnd('/')).Where(path => path.Length > 0))
        {
            var other = seen.FirstOrDefault(each => each == path
                || each.StartsWith($"{path}/", StringComparison.Ordinal)
                || path.StartsWith($"{each}/", StringComparison.Ordinal));
            var warning = $"{of}: overlapping paths: \"{path}\" with \"{other}\"";
            if (other is not null && !warnings.Contains(warning))
            {
                warnings.Add(warning);
            }

            seen.Add(path);
        }
    }
}
