using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Storage;

namespace ActorOrchestrator.Api.Defaulting;

/// <summary>Defaults of volumes, claims and storage classes.</summary>
internal static class StorageDefaults
{
    public static PersistentVolume Fill(PersistentVolume volume)
    {
        var spec = volume.Spec;
        return volume with
        {
            Status = volume.Status with { Phase = volume.Status.Phase ?? "Pending" },
            Spec = spec with
            {
                PersistentVolumeReclaimPolicy = spec.PersistentVolumeReclaimPolicy ?? "Retain",
                VolumeMode = spec.VolumeMode ?? "Filesystem",
                Capacity = AmountDefaults.Fill(spec.Capacity),
                HostPath = spec.HostPath is { } path ? path with { Type = path.Type ?? "" } : null,
                Iscsi = spec.Iscsi is { } iscsi
                    ? iscsi with { IscsiInterface = iscsi.IscsiInterface ?? "default" }
                    : null,
                Rbd = spec.Rbd is { } rbd
                    ? rbd with
                    {
                        Pool = rbd.Pool ?? "rbd",
                        User = rbd.User ?? "admin",
                        Keyring = rbd.Keyring ?? "/etc/ceph/keyring",
                    }
                    : null,
                AzureDisk = spec.AzureDisk is { } disk
                    ? disk with
                    {
                        CachingMode = disk.CachingMode ?? "ReadWrite",
                        Kind = disk.Kind ?? "Shared",
                        FsType = disk.FsType ?? "ext4",
                        ReadOnly = disk.ReadOnly ?? false,
                    }
                    : null,
                ScaleIO = spec.ScaleIO is { } scale
                    ? scale with
                    {
                        StorageMode = scale.StorageMode ?? "ThinProvisioned",
                        FsType = scale.FsType ?? "xfs",
                    }
                    : null,
            },
        };
    }

    public static PersistentVolumeClaim Fill(PersistentVolumeClaim claim) => claim with
    {
        Status = claim.Status with { Phase = claim.Status.Phase ?? "Pending" },
        Spec = WithBothSources(Fill(claim.Spec)),
    };

    public static PersistentVolumeClaimSpec Fill(PersistentVolumeClaimSpec spec) =>
        spec with
        {
            VolumeMode = spec.VolumeMode ?? "Filesystem", Resources = AmountDefaults.Fill(spec.Resources),
        };

    /// <summary>Where the volume is filled from stands in an old field and a new one; another namespace fits only into
    /// the new one.</summary>
    private static PersistentVolumeClaimSpec WithBothSources(PersistentVolumeClaimSpec spec) => spec switch
    {
        { DataSource: { } old, DataSourceRef: null } => spec with
        {
            DataSourceRef = new() { ApiGroup = old.ApiGroup, Kind = old.Kind, Name = old.Name },
        },
        { DataSource: null, DataSourceRef: { Namespace: null or "" } both } => spec with
        {
            DataSource = new() { ApiGroup = both.ApiGroup, Kind = both.Kind, Name = both.Name },
        },
        _ => spec,
    };

    public static StorageClass Fill(StorageClass storageClass) => storageClass with
    {
        ReclaimPolicy = storageClass.ReclaimPolicy ?? "Delete",
        VolumeBindingMode = storageClass.VolumeBindingMode ?? "Immediate",
    };
}
