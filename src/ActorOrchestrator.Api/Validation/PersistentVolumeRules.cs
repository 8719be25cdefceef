using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of PersistentVolumes.</summary>
internal static class PersistentVolumeRules
{
    private static readonly FieldPath Spec = FieldPath.Root("spec");

    public static void Check(FieldErrors errors, PersistentVolume volume)
    {
        var spec = volume.Spec;
        ClaimRules.CheckAccessModes(errors, Spec.Child("accessModes"), spec.AccessModes, "");
        CheckCapacity(errors, Spec.Child("capacity"), spec.Capacity);
        if (!string.IsNullOrEmpty(spec.PersistentVolumeReclaimPolicy)
            && spec.PersistentVolumeReclaimPolicy is not ("Delete" or "Recycle" or "Retain"))
        {
            errors.NotSupported(Spec.Child("persistentVolumeReclaimPolicy"), spec.PersistentVolumeReclaimPolicy,
                "Delete", "Recycle", "Retain");
        }

        CheckNodes(errors, Spec.Child("nodeAffinity", "required"), spec.NodeAffinity);
        CheckSource(errors, spec, volume.Metadata.Name ?? "");
        if (spec.HostPath is { } path && spec.PersistentVolumeReclaimPolicy == "Recycle" && IsRoot(path.Path))
        {
            errors.Forbidden(Spec.Child("persistentVolumeReclaimPolicy"),
                "may not be 'recycle' for a hostPath mount of '/'");
        }

        ClaimRules.CheckClass(errors, Spec.Child("storageClassName"), spec.StorageClassName);
        ClaimRules.CheckVolumeMode(errors, Spec.Child("volumeMode"), spec.VolumeMode);
        CheckAttributes(errors, Spec.Child("volumeAttributesClassName"), spec);
    }

    /// <summary>Where the data lies is fixed; which claim uses it, how it is reclaimed and its size are not.</summary>
    public static void CheckUpdate(FieldErrors errors, PersistentVolumeSpec old, PersistentVolumeSpec @new)
    {
        if (SourceOf(old) != SourceOf(WithoutNewSecret(old, @new)))
        {
            errors.Forbidden(Spec.Child("persistentvolumesource"),
                "spec.persistentvolumesource is immutable after creation");
        }

        if (old.VolumeMode != @new.VolumeMode)
        {
            errors.InvalidJson(FieldPath.Root("volumeMode"),
                @new.VolumeMode is { } mode ? FieldError.Quote(mode) : "null", MetadataRules.Immutable);
        }

        if (old.NodeAffinity is { } affinity && WithStableLabels(affinity) != WithStableLabels(@new.NodeAffinity))
        {
            errors.InvalidJson(FieldPath.Root("nodeAffinity"), Shown.Of(@new.NodeAffinity),
                MetadataRules.Immutable + ", except for updating from beta label to GA");
        }

        if (old.VolumeAttributesClassName is not null && @new.VolumeAttributesClassName is null)
        {
            errors.Forbidden(
                Spec.Child("volumeAttributesClassName"), "update from non-nil value to nil is forbidden");
        }
    }

    private static bool IsRoot(string path) => path.Split('/').All(part => part is "" or ".") && path.StartsWith('/');

    /// <summary>How a volume is grown may be said later.</summary>
    private static PersistentVolumeSpec WithoutNewSecret(PersistentVolumeSpec old, PersistentVolumeSpec @new) =>
        old.Csi is { ControllerExpandSecretRef: null } && @new.Csi is { } csi
            ? @new with { Csi = csi with { ControllerExpandSecretRef = null } }
            : @new;

    private static VolumeNodeAffinity? WithStableLabels(VolumeNodeAffinity? affinity) =>
        affinity?.Required is not { } required ? affinity : affinity with
        {
            Required = required with
            {
                NodeSelectorTerms = required.NodeSelectorTerms.Transform(term => term with
                {
                    MatchExpressions = term.MatchExpressions.Transform(each => each with { Key = Stable(each.Key) }),
                }),
            },
        };

    private static string Stable(string label) => label switch
    {
        "failure-domain.beta.kubernetes.io/zone" => "topology.kubernetes.io/zone",
        "failure-domain.beta.kubernetes.io/region" => "topology.kubernetes.io/region",
        "beta.kubernetes.io/os" => "kubernetes.io/os",
        "beta.kubernetes.io/arch" => "kubernetes.io/arch",
        "beta.kubernetes.io/instance-type" => "node.kubernetes.io/instance-type",
        _ => label,
    };

    private static PersistentVolumeSpec SourceOf(PersistentVolumeSpec spec) => spec with
    {
        Capacity = ValueMap<Quantity>.Empty,
        AccessModes = [],
        ClaimRef = null,
        PersistentVolumeReclaimPolicy = null,
        StorageClassName = null,
        MountOptions = [],
        VolumeMode = null,
        NodeAffinity = null,
        VolumeAttributesClassName = null,
    };

    private static void CheckCapacity(FieldErrors errors, FieldPath path, ValueMap<Quantity> capacity)
    {
        if (capacity.Count == 0)
        {
            errors.Required(path);
        }

        if (!capacity.ContainsKey("storage") || capacity.Count > 1)
        {
            errors.NotSupported(path, string.Join(',', capacity.Keys), "storage");
        }

        foreach (var (name, quantity) in capacity)
        {
            if (quantity.Value < 0)
            {
                errors.Invalid(path.Key(name), quantity.Value, "must be a valid resource quantity");
            }

            if (quantity.Sign <= 0)
            {
                errors.Invalid(path.Key(name), quantity.ToString(), "must be greater than zero");
            }
        }
    }

    private static void CheckNodes(FieldErrors errors, FieldPath path, VolumeNodeAffinity? affinity)
    {
        if (affinity?.Required is { } required)
        {
            SchedulingRules.CheckNodeSelector(errors, path, required);
        }
        else if (affinity is not null)
        {
            errors.Required(path, "must specify required node constraints");
        }
    }

    private static void CheckAttributes(FieldErrors errors, FieldPath path, PersistentVolumeSpec spec)
    {
        if (spec.VolumeAttributesClassName is not { } name)
        {
            return;
        }

        if (name.Length == 0)
        {
            errors.Required(path, "an empty string is disallowed");
        }
        else
        {
            errors.Invalid(path, name, NameRules.Subdomain(name));
        }

        if (spec.Csi is null)
        {
            errors.Required(Spec.Child("csi"), "has to be specified when using volumeAttributesClassName");
        }
    }

    private static void CheckSource(FieldErrors errors, PersistentVolumeSpec spec, string name)
    {
        var sources = SourcesOf(spec);
        if (sources.Count == 0)
        {
            errors.Required(Spec, "must specify a volume type");
            return;
        }

        var (source, path) = (sources[0], Spec.Child(sources[0]));
        switch (source)
        {
            case "hostPath":
                VolumeRules.CheckHostPath(errors, path, spec.HostPath!);
                break;
            case "local":
                CheckLocal(errors, path, spec);
                break;
            default:
                PersistentVolumeSources.Check(errors, path, source, spec, name);
                break;
        }

        foreach (var surplus in sources.Skip(1))
        {
            errors.Forbidden(Spec.Child(surplus), VolumeRules.OnlyOne);
        }
    }

    private static void CheckLocal(FieldErrors errors, FieldPath path, PersistentVolumeSpec spec)
    {
        errors.Need(path.Child("path"), spec.Local!.Path);
        MountRules.CheckNoBacksteps(errors, path.Child("path"), spec.Local.Path);
        if (spec.NodeAffinity is null)
        {
            errors.Required(Spec.Child("nodeAffinity"), "Local volume requires node affinity");
        }
    }

    private static List<string> SourcesOf(PersistentVolumeSpec spec)
    {
        var sources = new List<string>();
        Note("hostPath", spec.HostPath);
        Note("gcePersistentDisk", spec.GcePersistentDisk);
        Note("awsElasticBlockStore", spec.AwsElasticBlockStore);
        Note("glusterfs", spec.Glusterfs);
        Note("flocker", spec.Flocker);
        Note("nfs", spec.Nfs);
        Note("rbd", spec.Rbd);
        Note("quobyte", spec.Quobyte);
        Note("cephfs", spec.Cephfs);
        Note("iscsi", spec.Iscsi);
        Note("cinder", spec.Cinder);
        Note("fc", spec.Fc);
        Note("flexVolume", spec.FlexVolume);
        Note("azureFile", spec.AzureFile);
        Note("vsphereVolume", spec.VsphereVolume);
        Note("photonPersistentDisk", spec.PhotonPersistentDisk);
        Note("portworxVolume", spec.PortworxVolume);
        Note("azureDisk", spec.AzureDisk);
        Note("scaleIO", spec.ScaleIO);
        Note("local", spec.Local);
        Note("storageos", spec.Storageos);
        Note("csi", spec.Csi);
        return sources;

        void Note(string name, object? source)
        {
            if (source is not null)
            {
                sources.Add(name);
            }
        }
    }
}
