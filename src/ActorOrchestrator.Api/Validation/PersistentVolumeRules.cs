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

        CheckSource(errors, spec);
        if (spec.NodeAffinity is { } affinity)
        {
            if (affinity.Required is { } required)
            {
                SchedulingRules.CheckNodeSelector(errors, Spec.Child("nodeAffinity", "required"), required);
            }
            else
            {
                errors.Required(Spec.Child("nodeAffinity", "required"), "must specify required node constraints");
            }
        }

        if (!string.IsNullOrEmpty(spec.StorageClassName))
        {
            errors.Invalid(Spec.Child("storageClassName"), spec.StorageClassName,
                NameRules.Subdomain(spec.StorageClassName));
        }

        ClaimRules.CheckVolumeMode(errors, Spec.Child("volumeMode"), spec.VolumeMode);
    }

    /// <summary>Where the data lies is fixed; which claim uses it, how it is reclaimed and its size are not.</summary>
    public static void CheckUpdate(FieldErrors errors, PersistentVolumeSpec old, PersistentVolumeSpec @new)
    {
        if (SourceOf(old) != SourceOf(@new))
        {
            errors.Forbidden(Spec.Child("persistentvolumesource"),
                "spec.persistentvolumesource is immutable after creation");
        }

        if (old.VolumeMode != @new.VolumeMode)
        {
            errors.InvalidJson(Spec.Child("volumeMode"),
                @new.VolumeMode is { } mode ? FieldError.Quote(mode) : "null", MetadataRules.Immutable);
        }

        if (old.NodeAffinity is not null && old.NodeAffinity != @new.NodeAffinity)
        {
            errors.InvalidJson(Spec.Child("nodeAffinity"), Shown.Of(@new.NodeAffinity), MetadataRules.Immutable);
        }
    }

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
            return;
        }

        if (!capacity.ContainsKey("storage") || capacity.Count > 1)
        {
            errors.NotSupported(path, string.Join(',', capacity.Keys), "storage");
        }

        foreach (var (name, quantity) in capacity)
        {
            if (quantity.Sign <= 0)
            {
                errors.Invalid(path.Key(name), quantity.ToString(), "must be greater than zero");
            }
        }
    }

    private static void CheckSource(FieldErrors errors, PersistentVolumeSpec spec)
    {
        var sources = SourcesOf(spec);
        if (sources.Count == 0)
        {
            errors.Required(Spec, "must specify a volume type");
        }

        foreach (var surplus in sources.Skip(1))
        {
            errors.Forbidden(Spec.Child(surplus), "may not specify more than 1 volume type");
        }

        if (spec.HostPath is { } hostPath)
        {
            VolumeRules.CheckHostPath(errors, Spec.Child("hostPath"), hostPath);
            if (hostPath.Path == "/" && spec.PersistentVolumeReclaimPolicy == "Recycle")
            {
                errors.Forbidden(Spec.Child("persistentVolumeReclaimPolicy"),
                    "may not be 'recycle' for a hostPath mount of '/'");
            }
        }

        if (spec.Nfs is { } nfs)
        {
            VolumeRules.CheckNfs(errors, Spec.Child("nfs"), nfs);
        }

        if (spec.Local is { } local)
        {
            if (local.Path.Length == 0)
            {
                errors.Required(Spec.Child("local", "path"));
            }
            else
            {
                MountRules.CheckNoBacksteps(errors, Spec.Child("local", "path"), local.Path);
            }

            if (spec.NodeAffinity?.Required is null)
            {
                errors.Required(Spec.Child("nodeAffinity"), "Local volume requires node affinity");
            }
        }

        if (spec.Csi is { } csi)
        {
            if (csi.Driver.Length == 0)
            {
                errors.Required(Spec.Child("csi", "driver"));
            }

            if (csi.VolumeHandle.Length == 0)
            {
                errors.Required(Spec.Child("csi", "volumeHandle"));
            }
        }
    }

    private static List<string> SourcesOf(PersistentVolumeSpec spec)
    {
        var sources = new List<string>();
        Note("gcePersistentDisk", spec.GcePersistentDisk);
        Note("awsElasticBlockStore", spec.AwsElasticBlockStore);
        Note("hostPath", spec.HostPath);
        Note("glusterfs", spec.Glusterfs);
        Note("nfs", spec.Nfs);
        Note("rbd", spec.Rbd);
        Note("iscsi", spec.Iscsi);
        Note("cinder", spec.Cinder);
        Note("cephfs", spec.Cephfs);
        Note("fc", spec.Fc);
        Note("flocker", spec.Flocker);
        Note("flexVolume", spec.FlexVolume);
        Note("azureFile", spec.AzureFile);
        Note("vsphereVolume", spec.VsphereVolume);
        Note("quobyte", spec.Quobyte);
        Note("azureDisk", spec.AzureDisk);
        Note("photonPersistentDisk", spec.PhotonPersistentDisk);
        Note("portworxVolume", spec.PortworxVolume);
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
