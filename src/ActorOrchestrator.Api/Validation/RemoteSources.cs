using ActorOrchestrator.Api.Core;
using static ActorOrchestrator.Api.Validation.RemoteVolumeRules;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of a pod's volumes on other machines.</summary>
internal static class RemoteSources
{
    /// <param name="errors">What is complained of.</param>
    /// <param name="path">Of the source.</param>
    /// <param name="source">Its name.</param>
    /// <param name="volume">What has it.</param>
    public static void Check(FieldErrors errors, FieldPath path, string source, Volume volume)
    {
        switch (source)
        {
            case "gcePersistentDisk":
                CheckDisk(errors, path, "pdName", volume.GcePersistentDisk!.PdName, volume.GcePersistentDisk.Partition);
                break;
            case "awsElasticBlockStore":
                var store = volume.AwsElasticBlockStore!;
                CheckDisk(errors, path, "volumeID", store.VolumeID, store.Partition);
                break;
            case "nfs":
                CheckNfs(errors, path, volume.Nfs!);
                break;
            case "iscsi":
                CheckIscsi(errors, path, volume.Iscsi!, volume.Name);
                break;
            case "flocker":
                CheckFlocker(errors, path, volume.Flocker!);
                break;
            case "quobyte":
                CheckQuobyte(errors, path, volume.Quobyte!);
                break;
            case "fc":
                CheckFc(errors, path, volume.Fc!);
                break;
            case "flexVolume":
                CheckFlex(errors, path, volume.FlexVolume!.Driver, volume.FlexVolume.Options);
                break;
            case "azureDisk":
                CheckAzureDisk(errors, path, volume.AzureDisk!);
                break;
            case "csi":
                CheckCsi(errors, path, volume.Csi!);
                break;
            default:
                CheckNames(errors, path, source, volume);
                break;
        }
    }

    /// <summary>Sources that only have to have this and that.</summary>
    private static void CheckNames(FieldErrors errors, FieldPath path, string source, Volume volume)
    {
        switch (source)
        {
            case "gitRepo":
                errors.Need(path.Child("repository"), volume.GitRepo!.Repository);
                MountRules.CheckDescending(errors, path.Child("directory"), volume.GitRepo.Directory ?? "");
                break;
            case "glusterfs":
                errors.Need(path.Child("endpoints"), volume.Glusterfs!.Endpoints);
                errors.Need(path.Child("path"), volume.Glusterfs.Path);
                break;
            case "rbd":
                errors.NeedAny(path.Child("monitors"), volume.Rbd!.Monitors);
                errors.Need(path.Child("image"), volume.Rbd.Image);
                break;
            case "cinder":
                errors.Need(path.Child("volumeID"), volume.Cinder!.VolumeID);
                NeedName(errors, path.Child("secretRef", "name"), volume.Cinder.SecretRef);
                break;
            case "cephfs":
                errors.NeedAny(path.Child("monitors"), volume.Cephfs!.Monitors);
                break;
            case "azureFile":
                errors.Need(path.Child("secretName"), volume.AzureFile!.SecretName);
                errors.Need(path.Child("shareName"), volume.AzureFile.ShareName);
                break;
            case "vsphereVolume":
                errors.Need(path.Child("volumePath"), volume.VsphereVolume!.VolumePath);
                break;
            case "photonPersistentDisk":
                errors.Need(path.Child("pdID"), volume.PhotonPersistentDisk!.PdID);
                break;
            case "portworxVolume":
                errors.Need(path.Child("volumeID"), volume.PortworxVolume!.VolumeID);
                break;
            case "scaleIO":
                errors.Need(path.Child("gateway"), volume.ScaleIO!.Gateway);
                errors.Need(path.Child("system"), volume.ScaleIO.System);
                errors.Need(path.Child("volumeName"), volume.ScaleIO.VolumeName);
                break;
            case "storageos":
                CheckStorageOs(errors, path, volume.Storageos!.VolumeName, volume.Storageos.VolumeNamespace);
                NeedName(errors, path.Child("secretRef", "name"), volume.Storageos.SecretRef);
                break;
            default:
                break;
        }
    }

    private static void CheckIscsi(FieldErrors errors, FieldPath path, ISCSIVolumeSource source, string volume)
    {
        RemoteVolumeRules.CheckIscsi(errors, path, source.TargetPortal, source.Iqn, source.Lun);
        if ((source.ChapAuthDiscovery || source.ChapAuthSession) && source.SecretRef is null)
        {
            errors.Required(path.Child("secretRef"));
        }

        CheckInitiator(
            errors, path, source.InitiatorName, source.TargetPortal, (volume, path.Child("name"), volume));
    }

    private static void CheckCsi(FieldErrors errors, FieldPath path, CSIVolumeSource source)
    {
        CheckCsiDriver(errors, path.Child("driver"), source.Driver);
        NeedName(errors, path.Child("nodePublishSecretRef", "name"), source.NodePublishSecretRef);
        if (source.NodePublishSecretRef is { Name: { Length: > 0 } secret })
        {
            errors.Invalid(path.Child("name"), secret, NameRules.Subdomain(secret));
        }
    }

    private static void NeedName(FieldErrors errors, FieldPath path, LocalObjectReference? reference)
    {
        if (reference is not null)
        {
            errors.Need(path, reference.Name);
        }
    }
}
