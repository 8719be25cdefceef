using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of a pod's volumes (v1 Volume).</summary>
internal static class VolumeRules
{
    private const string FileMode = "must be a number between 0 and 0777 (octal), both inclusive";
    private const int FileModeMax = 0x1FF;
    private const long TokenSecondsMin = 600;

    private static readonly HashSet<string> HostPathTypes =
    [
        "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket",
    ];

    public static void Check(FieldErrors errors, FieldPath path, ValueList<Volume> volumes)
    {
        var names = new HashSet<string>();
        for (var i = 0; i < volumes.Count; i++)
        {
            var volume = volumes[i];
            var at = path.Index(i);
            CheckSource(errors, at, volume);
            if (volume.Name.Length == 0)
            {
                errors.Required(at.Child("name"));
            }
            else
            {
                errors.Invalid(at.Child("name"), volume.Name, NameRules.Label(volume.Name));
            }

            if (volume.Name.Length > 0 && !names.Add(volume.Name))
            {
                errors.Duplicate(at.Child("name"), volume.Name);
            }
        }
    }

    public static void CheckHostPath(FieldErrors errors, FieldPath path, HostPathVolumeSource source)
    {
        if (source.Path.Length == 0)
        {
            errors.Required(path.Child("path"));
        }
        else
        {
            MountRules.CheckNoBacksteps(errors, path.Child("path"), source.Path);
        }

        if (source.Type is { } type && !HostPathTypes.Contains(type))
        {
            errors.NotSupported(path.Child("type"), type, [.. HostPathTypes]);
        }
    }

    public static void CheckNfs(FieldErrors errors, FieldPath path, NFSVolumeSource source)
    {
        if (source.Server.Length == 0)
        {
            errors.Required(path.Child("server"));
        }

        if (source.Path.Length == 0)
        {
            errors.Required(path.Child("path"));
        }
        else if (source.Path[0] != '/')
        {
            errors.Invalid(path.Child("path"), source.Path, "must be an absolute path");
        }
    }

    private static void CheckSource(FieldErrors errors, FieldPath path, Volume volume)
    {
        var sources = SourcesOf(volume);
        foreach (var surplus in sources.Skip(1))
        {
            errors.Forbidden(path.Child(surplus), "may not specify more than 1 volume type");
        }

        switch (sources.FirstOrDefault())
        {
            case null:
                errors.Required(path, "must specify a volume type");
                break;
            case "hostPath":
                CheckHostPath(errors, path.Child("hostPath"), volume.HostPath!);
                break;
            case "emptyDir" when volume.EmptyDir!.SizeLimit?.Sign < 0:
                errors.Forbidden(path.Child("emptyDir", "sizeLimit"),
                    "SizeLimit field must be a valid resource quantity");
                break;
            case "secret":
                CheckSecret(errors, path.Child("secret"), volume.Secret!);
                break;
            case "configMap":
                CheckName(errors, path.Child("configMap", "name"), volume.ConfigMap!.Name);
                CheckMode(errors, path.Child("configMap", "defaultMode"), volume.ConfigMap.DefaultMode);
                CheckItems(errors, path.Child("configMap", "items"), volume.ConfigMap.Items);
                break;
            case "downwardAPI":
                CheckMode(errors, path.Child("downwardAPI", "defaultMode"), volume.DownwardAPI!.DefaultMode);
                CheckFiles(errors, path.Child("downwardAPI"), volume.DownwardAPI.Items);
                break;
            case "projected":
                CheckProjected(errors, path.Child("projected"), volume.Projected!);
                break;
            case "persistentVolumeClaim":
                CheckName(errors, path.Child("persistentVolumeClaim", "claimName"),
                    volume.PersistentVolumeClaim!.ClaimName);
                break;
            case "nfs":
                CheckNfs(errors, path.Child("nfs"), volume.Nfs!);
                break;
            case "csi" when volume.Csi!.Driver.Length == 0:
                errors.Required(path.Child("csi", "driver"));
                break;
            case "ephemeral" when volume.Ephemeral!.VolumeClaimTemplate is null:
                errors.Required(path.Child("ephemeral", "volumeClaimTemplate"));
                break;
            case "ephemeral":
                ClaimRules.CheckSpec(errors, path.Child("ephemeral", "volumeClaimTemplate").Child("spec"),
                    volume.Ephemeral!.VolumeClaimTemplate!.Spec);
                break;
            case "image" when string.IsNullOrEmpty(volume.Image!.Reference):
                errors.Required(path.Child("image", "reference"));
                break;
            default:
                break;
        }
    }

    /// <summary>The names of the sources that are set: there must be one.</summary>
    internal static List<string> SourcesOf(Volume volume)
    {
        var sources = new List<string>();
        Note("hostPath", volume.HostPath);
        Note("emptyDir", volume.EmptyDir);
        Note("gcePersistentDisk", volume.GcePersistentDisk);
        Note("awsElasticBlockStore", volume.AwsElasticBlockStore);
        Note("gitRepo", volume.GitRepo);
        Note("secret", volume.Secret);
        Note("nfs", volume.Nfs);
        Note("iscsi", volume.Iscsi);
        Note("glusterfs", volume.Glusterfs);
        Note("persistentVolumeClaim", volume.PersistentVolumeClaim);
        Note("rbd", volume.Rbd);
        Note("flexVolume", volume.FlexVolume);
        Note("cinder", volume.Cinder);
        Note("cephfs", volume.Cephfs);
        Note("flocker", volume.Flocker);
        Note("downwardAPI", volume.DownwardAPI);
        Note("fc", volume.Fc);
        Note("azureFile", volume.AzureFile);
        Note("configMap", volume.ConfigMap);
        Note("vsphereVolume", volume.VsphereVolume);
        Note("quobyte", volume.Quobyte);
        Note("azureDisk", volume.AzureDisk);
        Note("photonPersistentDisk", volume.PhotonPersistentDisk);
        Note("projected", volume.Projected);
        Note("portworxVolume", volume.PortworxVolume);
        Note("scaleIO", volume.ScaleIO);
        Note("storageos", volume.Storageos);
        Note("csi", volume.Csi);
        Note("ephemeral", volume.Ephemeral);
        Note("image", volume.Image);
        return sources;

        void Note(string name, object? source)
        {
            if (source is not null)
            {
                sources.Add(name);
            }
        }
    }

    private static void CheckSecret(FieldErrors errors, FieldPath path, SecretVolumeSource secret)
    {
        if (string.IsNullOrEmpty(secret.SecretName))
        {
            errors.Required(path.Child("secretName"));
        }

        CheckMode(errors, path.Child("defaultMode"), secret.DefaultMode);
        CheckItems(errors, path.Child("items"), secret.Items);
    }

    private static void CheckProjected(FieldErrors errors, FieldPath path, ProjectedVolumeSource projected)
    {
        CheckMode(errors, path.Child("defaultMode"), projected.DefaultMode);
        for (var i = 0; i < projected.Sources.Count; i++)
        {
            var source = projected.Sources[i];
            var at = path.Child("sources").Index(i);
            var count = 0;
            if (source.Secret is { } secret)
            {
                count++;
                CheckName(errors, at.Child("secret", "name"), secret.Name);
                CheckItems(errors, at.Child("secret", "items"), secret.Items);
            }

            if (source.ConfigMap is { } map)
            {
                count++;
                CheckName(errors, at.Child("configMap", "name"), map.Name);
                CheckItems(errors, at.Child("configMap", "items"), map.Items);
            }

            if (source.DownwardAPI is { } downward)
            {
                count++;
                CheckFiles(errors, at.Child("downwardAPI"), downward.Items);
            }

            if (source.ServiceAccountToken is { } token)
            {
                count++;
                CheckToken(errors, at.Child("serviceAccountToken"), token);
            }

            count += (source.ClusterTrustBundle is null ? 0 : 1) + (source.PodCertificate is null ? 0 : 1);
            if (count == 0)
            {
                errors.Required(at, "must specify a source");
            }
            else if (count > 1)
            {
                errors.Forbidden(at, "may not specify more than 1 volume type");
            }
        }
    }

    private static void CheckToken(FieldErrors errors, FieldPath path, ServiceAccountTokenProjection token)
    {
        if (token.ExpirationSeconds < TokenSecondsMin)
        {
            errors.Invalid(path.Child("expirationSeconds"), token.ExpirationSeconds.Value,
                "may not specify a duration less than 10 minutes");
        }

        CheckFilePath(errors, path.Child("path"), token.Path);
    }

    private static void CheckName(FieldErrors errors, FieldPath path, string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            errors.Required(path);
        }
    }

    private static void CheckMode(FieldErrors errors, FieldPath path, int? mode)
    {
        if (mode is < 0 or > FileModeMax)
        {
            errors.Invalid(path, mode.Value, FileMode);
        }
    }

    private static void CheckItems(FieldErrors errors, FieldPath path, ValueList<KeyToPath> items)
    {
        for (var i = 0; i < items.Count; i++)
        {
            var at = path.Index(i);
            if (items[i].Key.Length == 0)
            {
                errors.Required(at.Child("key"));
            }

            CheckFilePath(errors, at.Child("path"), items[i].Path);
            CheckMode(errors, at.Child("mode"), items[i].Mode);
        }
    }

    private static void CheckFiles(FieldErrors errors, FieldPath path, ValueList<DownwardAPIVolumeFile> files)
    {
        for (var i = 0; i < files.Count; i++)
        {
            var file = files[i];

            // Kubernetes leaves the index of the item out of these paths.
            CheckFilePath(errors, path.Child("path"), file.Path);
            CheckMode(errors, path.Child("mode"), file.Mode);
            switch (file)
            {
                case { FieldRef: null, ResourceFieldRef: null }:
                    errors.Required(path, "one of fieldRef and resourceFieldRef is required");
                    break;
                case { FieldRef: not null, ResourceFieldRef: not null }:
                    errors.Invalid(path, "resource",
                        "fieldRef and resourceFieldRef can not be specified simultaneously");
                    break;
                case { FieldRef: { } field }:
                    EnvironmentRules.CheckVolumeField(errors, path.Child("fieldRef"), field);
                    break;
                case { ResourceFieldRef: { } resource }:
                    EnvironmentRules.CheckResource(
                        errors, path.Child("resourceFieldRef"), resource, needsContainer: true);
                    break;
                default:
                    break;
            }
        }
    }

    private static void CheckFilePath(FieldErrors errors, FieldPath path, string value)
    {
        if (value.Length == 0)
        {
            errors.Required(path);
            return;
        }

        MountRules.CheckDescending(errors, path, value);
        if (value.StartsWith("..") && !value.Split('/').Contains(".."))
        {
            errors.Invalid(path, value, "must not start with '..'");
        }
    }
}
