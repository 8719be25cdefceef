using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of files that are made from Secrets, ConfigMaps, a pod's own fields and the like.</summary>
internal static class ProjectionRules
{
    private const string FileMode = "must be a number between 0 and 0777 (octal), both inclusive";
    private const int FileModeMax = 0x1FF;
    private const long TokenSecondsMin = 600;
    private const long TokenSecondsMax = 1L << 32;
    private const string SamePath = "conflicting duplicate paths";

    public static void Check(FieldErrors errors, FieldPath path, ProjectedVolumeSource projected)
    {
        CheckMode(errors, path.Child("defaultMode"), projected.DefaultMode);
        var paths = new HashSet<string>();
        for (var i = 0; i < projected.Sources.Count; i++)
        {
            CheckSource(errors, path, path.Child("sources").Index(i), projected.Sources[i], paths);
        }
    }

    /// <summary>The keys of a Secret or ConfigMap that become files.</summary>
    public static void CheckFiles(
        FieldErrors errors, FieldPath path, string nameField, string? name, ValueList<KeyToPath> items)
    {
        errors.Need(path.Child(nameField), name);
        for (var i = 0; i < items.Count; i++)
        {
            var at = path.Child("items").Index(i);
            errors.Need(at.Child("key"), items[i].Key);
            CheckFilePath(errors, at.Child("path"), items[i].Path);
            CheckMode(errors, at.Child("mode"), items[i].Mode);
        }
    }

    /// <summary>The fields of the pod that become files. Kubernetes leaves the index of the item out of these paths.
    /// </summary>
    public static void CheckFields(FieldErrors errors, FieldPath path, ValueList<DownwardAPIVolumeFile> files)
    {
        foreach (var file in files)
        {
            CheckFilePath(errors, path.Child("path"), file.Path);
            if (file.FieldRef is { } field)
            {
                EnvironmentRules.CheckVolumeField(errors, path.Child("fieldRef"), field);
                if (file.ResourceFieldRef is not null)
                {
                    errors.Invalid(path, "resource",
                        "fieldRef and resourceFieldRef can not be specified simultaneously");
                }
            }
            else if (file.ResourceFieldRef is { } resource)
            {
                EnvironmentRules.CheckResource(errors, path.Child("resourceFieldRef"), resource, needsContainer: true);
            }
            else
            {
                errors.Required(path, "one of fieldRef and resourceFieldRef is required");
            }

            CheckMode(errors, path.Child("mode"), file.Mode);
        }
    }

    public static void CheckMode(FieldErrors errors, FieldPath path, int? mode)
    {
        if (mode is < 0 or > FileModeMax)
        {
            errors.Invalid(path, mode.Value, FileMode);
        }
    }

    private static void CheckSource(
        FieldErrors errors, FieldPath volume, FieldPath path, VolumeProjection source, HashSet<string> paths)
    {
        var count = 0;
        if (source.Secret is { } secret)
        {
            count++;
            CheckFiles(errors, path.Child("secret"), "name", secret.Name, secret.Items);
            CheckPaths(errors, volume, secret.Items.Select(item => item.Path), paths, secret.Name);
        }

        if (source.ConfigMap is { } map)
        {
            count++;
            CheckFiles(errors, path.Child("configMap"), "name", map.Name, map.Items);
            CheckPaths(errors, volume, map.Items.Select(item => item.Path), paths, map.Name);
        }

        if (source.DownwardAPI is { } downward)
        {
            count++;
            CheckFields(errors, path.Child("downwardAPI"), downward.Items);
            CheckPaths(errors, volume, downward.Items.Select(item => item.Path), paths);
        }

        if (source.ServiceAccountToken is { } token)
        {
            count++;
            CheckToken(errors, volume, path.Child("serviceAccountToken"), token);
        }

        if (source.ClusterTrustBundle is { } bundle)
        {
            count++;
            CheckBundle(errors, path.Child("clusterTrustBundle"), bundle);
            CheckPaths(errors, volume, [bundle.Path], paths);
        }

        count += source.PodCertificate is null ? 0 : 1;
        if (count > 1)
        {
            errors.Forbidden(path, "may not specify more than 1 volume type per source");
        }
    }

    private static void CheckPaths(
        FieldErrors errors, FieldPath volume, IEnumerable<string> files, HashSet<string> paths, string? shown = null)
    {
        foreach (var file in files.Where(file => file.Length > 0 && !paths.Add(file)))
        {
            errors.Invalid(volume, shown ?? file, SamePath);
        }
    }

    private static void CheckToken(
        FieldErrors errors, FieldPath volume, FieldPath path, ServiceAccountTokenProjection token)
    {
        if (token.ExpirationSeconds < TokenSecondsMin)
        {
            errors.Invalid(path.Child("expirationSeconds"), token.ExpirationSeconds.Value,
                "may not specify a duration less than 10 minutes");
        }

        if (token.ExpirationSeconds > TokenSecondsMax)
        {
            errors.Invalid(path.Child("expirationSeconds"), token.ExpirationSeconds.Value,
                "may not specify a duration larger than 2^32 seconds");
        }

        CheckFilePath(errors, volume.Child("path"), token.Path);
    }

    private static void CheckBundle(FieldErrors errors, FieldPath path, ClusterTrustBundleProjection bundle)
    {
        switch (bundle)
        {
            case { Name: not null, SignerName: not null }:
                errors.InvalidJson(path, Shown.Of(bundle), "only one of name and signerName may be used");
                break;
            case { Name: null, SignerName: null }:
                errors.Required(path, "either name or signerName must be specified");
                break;
            case { Name: "" }:
                errors.Required(path.Child("name"), "must be a valid object name");
                break;
            case { Name: not null, LabelSelector: { } selector }:
                errors.InvalidJson(path.Child("labelSelector"), Shown.Of(selector),
                    "labelSelector must be unset if name is specified");
                break;
            case { SignerName: "" }:
                errors.Required(path.Child("signerName"), "must be a valid signer name");
                break;
            default:
                SelectorRules.Check(errors, path.Child("labelSelector"), bundle.LabelSelector);
                break;
        }

        CheckFilePath(errors, path.Child("path"), bundle.Path);
    }

    public static void CheckFilePath(FieldErrors errors, FieldPath path, string value)
    {
        if (value.Length == 0)
        {
            errors.Required(path);
            return;
        }

        MountRules.CheckDescending(errors, path, value);
        if (value.StartsWith("..") && !value.StartsWith("../") && !value.Split('/').Contains(".."))
        {
            errors.Invalid(path, value, "must not start with '..'");
        }
    }
}
