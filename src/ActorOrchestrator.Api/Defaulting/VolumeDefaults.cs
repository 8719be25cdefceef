using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Defaulting;

/// <summary>Defaults of a pod's volumes (core/v1 Volume).</summary>
internal static class VolumeDefaults
{
    /// <summary>0644: what files of secrets and the like are readable by.</summary>
    private const int FileMode = 420;

    private const long TokenSeconds = 3600;

    public static Volume Fill(Volume volume)
    {
        var filled = volume with
        {
            Secret = volume.Secret is { } secret ? secret with { DefaultMode = secret.DefaultMode ?? FileMode } : null,
            ConfigMap = volume.ConfigMap is { } map ? map with { DefaultMode = map.DefaultMode ?? FileMode } : null,
            HostPath = volume.HostPath is { } path ? path with { Type = path.Type ?? "" } : null,
            DownwardAPI = volume.DownwardAPI is { } downward
                ? downward with
                {
                    DefaultMode = downward.DefaultMode ?? FileMode,
                    Items = downward.Items.Transform(Fill),
                }
                : null,
            Projected = volume.Projected is { } projected
                ? projected with
                {
                    DefaultMode = projected.DefaultMode ?? FileMode,
                    Sources = projected.Sources.Transform(Fill),
                }
                : null,
            Ephemeral = Fill(volume.Ephemeral),
            Image = volume.Image is { } image
                ? image with { PullPolicy = image.PullPolicy ?? PodDefaults.PullPolicy(image.Reference) }
                : null,
        };
        filled = FillRemote(filled);
        // A volume of no kind is an empty directory. "No kind" is: nothing beside the name.
        return filled == new Volume { Name = volume.Name } ? filled with { EmptyDir = new() } : filled;
    }

    private static Volume FillRemote(Volume volume) => volume with
    {
        Iscsi = volume.Iscsi is { } iscsi
            ? iscsi with { IscsiInterface = iscsi.IscsiInterface ?? "default" }
            : null,
        Rbd = volume.Rbd is { } rbd
            ? rbd with
            {
                Pool = rbd.Pool ?? "rbd",
                User = rbd.User ?? "admin",
                Keyring = rbd.Keyring ?? "/etc/ceph/keyring",
            }
            : null,
        AzureDisk = volume.AzureDisk is { } disk
            ? disk with
            {
                CachingMode = disk.CachingMode ?? "ReadWrite",
                Kind = disk.Kind ?? "Shared",
                FsType = disk.FsType ?? "ext4",
                ReadOnly = disk.ReadOnly ?? false,
            }
            : null,
        ScaleIO = volume.ScaleIO is { } scale
            ? scale with { StorageMode = scale.StorageMode ?? "ThinProvisioned", FsType = scale.FsType ?? "xfs" }
            : null,
    };

    private static DownwardAPIVolumeFile Fill(DownwardAPIVolumeFile file) =>
        file.FieldRef is { } field ? file with { FieldRef = PodDefaults.Fill(field) } : file;

    private static VolumeProjection Fill(VolumeProjection source) => source with
    {
        ServiceAccountToken = source.ServiceAccountToken is { } token
            ? token with { ExpirationSeconds = token.ExpirationSeconds ?? TokenSeconds }
            : null,
        DownwardAPI = source.DownwardAPI is { } downward
            ? downward with { Items = downward.Items.Transform(Fill) }
            : null,
    };

    private static EphemeralVolumeSource? Fill(EphemeralVolumeSource? source) =>
        source?.VolumeClaimTemplate is not { } template
            ? source
            : source with { VolumeClaimTemplate = template with { Spec = StorageDefaults.Fill(template.Spec) } };
}
