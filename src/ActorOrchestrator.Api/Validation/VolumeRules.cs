using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of a pod's volumes (v1 Volume).</summary>
internal static class VolumeRules
{
    public const string OnlyOne = "may not specify more than 1 volume type";

    private static readonly HashSet<string> HostPathTypes =
    [
        "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket",
    ];

    /// <param name="errors">What is complained of.</param>
    /// <param name="path">Of the volumes.</param>
    /// <param name="volumes">All of a pod.</param>
    /// <param name="pod">The pod's metadata, as claims that are made for it begin with its name; null for a
    /// template.</param>
    /// <returns>The volumes that nothing is wrong with, by name: only they can be mounted.</returns>
    public static IReadOnlyDictionary<string, Volume> Check(
        FieldErrors errors, FieldPath path, ValueList<Volume> volumes, ObjectMeta? pod)
    {
        var podName = pod?.Name;
        var good = new Dictionary<string, Volume>();
        var made = volumes.Where(volume => volume.Ephemeral is not null && !string.IsNullOrEmpty(podName))
            .Select(volume => $"{podName}-{volume.Name}").ToHashSet();
        for (var i = 0; i < volumes.Count; i++)
        {
            var volume = volumes[i];
            var at = path.Index(i);
            var before = errors.Count;
            CheckSource(errors, at, volume, pod);
            CheckVolumeName(errors, at.Child("name"), volume.Name);
            if (good.ContainsKey(volume.Name))
            {
                errors.Duplicate(at.Child("name"), volume.Name);
            }

            if (errors.Count == before)
            {
                good[volume.Name] = volume;
            }

            if (volume.PersistentVolumeClaim is { } claim && made.Contains(claim.ClaimName))
            {
                errors.Invalid(at.Child("persistentVolumeClaim", "claimName"), claim.ClaimName,
                    "must not reference a PVC that gets created for an ephemeral volume");
            }
        }

        return good;
    }

    public static void CheckHostPath(FieldErrors errors, FieldPath path, HostPathVolumeSource source)
    {
        if (source.Path.Length == 0)
        {
            errors.Required(path.Child("path"));
            return;
        }

        MountRules.CheckNoBacksteps(errors, path.Child("path"), source.Path);
        if (source.Type is { } type && !HostPathTypes.Contains(type))
        {
            errors.NotSupported(path.Child("type"), type, [.. HostPathTypes]);
        }
    }

    /// <summary>The names of the sources that are set, in the order in which they are looked at: there must be one.
    /// </summary>
    internal static List<string> SourcesOf(Volume volume)
    {
        var sources = new List<string>();
        Note("emptyDir", volume.EmptyDir);
        Note("hostPath", volume.HostPath);
        Note("gitRepo", volume.GitRepo);
        Note("gcePersistentDisk", volume.GcePersistentDisk);
        Note("awsElasticBlockStore", volume.AwsElasticBlockStore);
        Note("secret", volume.Secret);
        Note("nfs", volume.Nfs);
        Note("iscsi", volume.Iscsi);
        Note("glusterfs", volume.Glusterfs);
        Note("flocker", volume.Flocker);
        Note("persistentVolumeClaim", volume.PersistentVolumeClaim);
        Note("rbd", volume.Rbd);
        Note("cinder", volume.Cinder);
        Note("cephfs", volume.Cephfs);
        Note("quobyte", volume.Quobyte);
        Note("downwardAPI", volume.DownwardAPI);
        Note("fc", volume.Fc);
        Note("flexVolume", volume.FlexVolume);
        Note("configMap", volume.ConfigMap);
        Note("azureFile", volume.AzureFile);
        Note("vsphereVolume", volume.VsphereVolume);
        Note("photonPersistentDisk", volume.PhotonPersistentDisk);
        Note("portworxVolume", volume.PortworxVolume);
        Note("azureDisk", volume.AzureDisk);
        Note("storageos", volume.Storageos);
        Note("projected", volume.Projected);
        Note("scaleIO", volume.ScaleIO);
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

    private static void CheckVolumeName(FieldErrors errors, FieldPath path, string name)
    {
        if (name.Length == 0)
        {
            errors.Required(path);
        }
        else
        {
            errors.Invalid(path, name, NameRules.Label(name));
        }
    }

    private static void CheckSource(FieldErrors errors, FieldPath path, Volume volume, ObjectMeta? pod)
    {
        var sources = SourcesOf(volume);
        if (sources.Count == 0)
        {
            errors.Required(path, "must specify a volume type");
            return;
        }

        CheckLocal(errors, path.Child(sources[0]), sources[0], volume, pod is not null);
        RemoteSources.Check(errors, path.Child(sources[0]), sources[0], volume);
        if (volume.Ephemeral is { } ephemeral && sources[0] == "ephemeral")
        {
            CheckEphemeral(errors, path, ephemeral, volume.Name, pod?.Name);
        }

        foreach (var surplus in sources.Skip(1))
        {
            errors.Forbidden(path.Child(surplus), OnlyOne);
        }
    }

    private static void CheckLocal(FieldErrors errors, FieldPath path, string source, Volume volume, bool isOfPod)
    {
        switch (source)
        {
            case "emptyDir" when volume.EmptyDir!.SizeLimit?.Sign < 0:
                errors.Forbidden(path.Child("sizeLimit"), "SizeLimit field must be a valid resource quantity");
                break;
            case "hostPath":
                CheckHostPath(errors, path, volume.HostPath!);
                break;
            case "secret":
                ProjectionRules.CheckMode(errors, path.Child("defaultMode"), volume.Secret!.DefaultMode);
                ProjectionRules.CheckFiles(
                    errors, path, "secretName", volume.Secret.SecretName, volume.Secret.Items);
                break;
            case "configMap":
                ProjectionRules.CheckMode(errors, path.Child("defaultMode"), volume.ConfigMap!.DefaultMode);
                ProjectionRules.CheckFiles(errors, path, "name", volume.ConfigMap.Name, volume.ConfigMap.Items);
                break;
            case "downwardAPI":
                ProjectionRules.CheckMode(errors, path.Child("defaultMode"), volume.DownwardAPI!.DefaultMode);
                ProjectionRules.CheckFields(errors, path, volume.DownwardAPI.Items);
                break;
            case "projected":
                ProjectionRules.Check(errors, path, volume.Projected!);
                break;
            case "persistentVolumeClaim":
                errors.Need(path.Child("claimName"), volume.PersistentVolumeClaim!.ClaimName);
                break;
            case "image":
                CheckImage(errors, path, volume.Image!, isOfPod);
                break;
            default:
                break;
        }
    }

    /// <summary>What makes pods of a template may yet say which image.</summary>
    private static void CheckImage(FieldErrors errors, FieldPath path, ImageVolumeSource source, bool isOfPod)
    {
        if (isOfPod)
        {
            errors.Need(path.Child("reference"), source.Reference);
        }

        ContainerRules.CheckPullPolicy(errors, path.Child("pullPolicy"), source.PullPolicy);
    }

    /// <summary>The claim that is made for the pod, and what it will be called.</summary>
    private static void CheckEphemeral(
        FieldErrors errors, FieldPath path, EphemeralVolumeSource source, string volume, string? podName)
    {
        var at = path.Child("ephemeral", "volumeClaimTemplate");
        if (source.VolumeClaimTemplate is not { } template)
        {
            errors.Required(at);
            return;
        }

        ClaimRules.CheckTemplateMetadata(errors, at.Child("metadata"), template.Metadata);
        ClaimRules.CheckSpec(errors, at.Child("spec"), template.Spec);
        if (string.IsNullOrEmpty(podName) || volume.Length == 0)
        {
            return;
        }

        var claim = $"{podName}-{volume}";
        foreach (var complaint in NameRules.Subdomain(claim))
        {
            errors.Invalid(path.Child("name"), volume, $"PVC name {FieldError.Quote(claim)}: {complaint}");
        }
    }
}
