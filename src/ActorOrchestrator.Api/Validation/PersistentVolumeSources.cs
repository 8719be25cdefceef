using ActorOrchestrator.Api.Core;
using static ActorOrchestrator.Api.Validation.RemoteVolumeRules;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of where a PersistentVolume's data lies, when that is another machine.</summary>
internal static class PersistentVolumeSources
{
    /// <param name="errors">What is complained of.</param>
    /// <param name="path">Of the source.</param>
    /// <param name="source">Its name.</param>
    /// <param name="spec">What has it.</param>
    /// <param name="volume">The volume's name.</param>
    public static void Check(
        FieldErrors errors, FieldPath path, string source, PersistentVolumeSpec spec, string volume)
    {
        switch (source)
        {
            case "gcePersistentDisk":
                CheckDisk(errors, path, "pdName", spec.GcePersistentDisk!.PdName, spec.GcePersistentDisk.Partition);
                break;
            case "awsElasticBlockStore":
                var store = spec.AwsElasticBlockStore!;
                CheckDisk(errors, path, "volumeID", store.VolumeID, store.Partition);
                break;
            case "flocker":
                CheckFlocker(errors, path, spec.Flocker!);
                break;
            case "nfs":
                CheckNfs(errors, path, spec.Nfs!);
                break;
            case "quobyte":
                CheckQuobyte(errors, path, spec.Quobyte!);
                break;
            case "iscsi":
                CheckIscsi(errors, path, spec.Iscsi!, volume);
                break;
            case "fc":
                CheckFc(errors, path, spec.Fc!);
                break;
            case "flexVolume":
                CheckFlex(errors, path, spec.FlexVolume!.Driver, spec.FlexVolume.Options);
                break;
            case "azureDisk":
                CheckAzureDisk(errors, path, spec.AzureDisk!);
                break;
            case "csi":
                CheckCsi(errors, path, spec.Csi!);
                break;
            default:
                CheckNames(errors, path, source, spec);
                break;
        }
    }

    /// <summary>Sources that only have to have this and that.</summary>
    private static void CheckNames(FieldErrors errors, FieldPath path, string source, PersistentVolumeSpec spec)
    {
        switch (source)
        {
            case "glusterfs":
                CheckGlusterfs(errors, path, spec.Glusterfs!);
                break;
            case "rbd":
                errors.NeedAny(path.Child("monitors"), spec.Rbd!.Monitors);
                errors.Need(path.Child("image"), spec.Rbd.Image);
                break;
            case "cephfs":
                errors.NeedAny(path.Child("monitors"), spec.Cephfs!.Monitors);
                break;
            case "cinder":
                errors.Need(path.Child("volumeID"), spec.Cinder!.VolumeID);
                NeedSecret(errors, path.Child("secretRef"), spec.Cinder.SecretRef?.Name,
                    spec.Cinder.SecretRef?.Namespace, spec.Cinder.SecretRef is not null);
                break;
            case "azureFile":
                errors.Need(path.Child("secretName"), spec.AzureFile!.SecretName);
                errors.Need(path.Child("shareName"), spec.AzureFile.ShareName);
                errors.Need(path.Child("secretNamespace"), spec.AzureFile.SecretNamespace ?? "none");
                break;
            case "vsphereVolume":
                errors.Need(path.Child("volumePath"), spec.VsphereVolume!.VolumePath);
                break;
            case "photonPersistentDisk":
                errors.Need(path.Child("pdID"), spec.PhotonPersistentDisk!.PdID);
                break;
            case "portworxVolume":
                errors.Need(path.Child("volumeID"), spec.PortworxVolume!.VolumeID);
                break;
            case "scaleIO":
                errors.Need(path.Child("gateway"), spec.ScaleIO!.Gateway);
                errors.Need(path.Child("system"), spec.ScaleIO.System);
                errors.Need(path.Child("volumeName"), spec.ScaleIO.VolumeName);
                break;
            case "storageos":
                CheckStorageOs(errors, path, spec.Storageos!.VolumeName, spec.Storageos.VolumeNamespace);
                NeedSecret(errors, path.Child("secretRef"), spec.Storageos.SecretRef?.Name,
                    spec.Storageos.SecretRef?.Namespace, spec.Storageos.SecretRef is not null);
                break;
            default:
                break;
        }
    }

    private static void CheckGlusterfs(FieldErrors errors, FieldPath path, GlusterfsPersistentVolumeSource source)
    {
        errors.Need(path.Child("endpoints"), source.Endpoints);
        errors.Need(path.Child("path"), source.Path);
        switch (source.EndpointsNamespace)
        {
            case null:
                break;
            case "":
                errors.Invalid(path.Child("endpointsNamespace"), "",
                    "if the endpointnamespace is set, it must be a valid namespace name");
                break;
            default:
                errors.Invalid(path.Child("endpointsNamespace"), source.EndpointsNamespace,
                    NameRules.Label(source.EndpointsNamespace));
                break;
        }
    }

    private static void CheckIscsi(
        FieldErrors errors, FieldPath path, ISCSIPersistentVolumeSource source, string volume)
    {
        RemoteVolumeRules.CheckIscsi(errors, path, source.TargetPortal, source.Iqn, source.Lun);
        if ((source.ChapAuthDiscovery || source.ChapAuthSession) && source.SecretRef is null)
        {
            errors.Required(path.Child("secretRef"));
        }

        if (source.SecretRef is { } secret)
        {
            errors.Need(path.Child("secretRef", "name"), secret.Name);
        }

        CheckInitiator(
            errors, path, source.InitiatorName, source.TargetPortal,
            (volume, path.Child("targetportal"), source.TargetPortal));
    }

    private static void CheckCsi(FieldErrors errors, FieldPath path, CSIPersistentVolumeSource source)
    {
        CheckCsiDriver(errors, path.Child("driver"), source.Driver);
        errors.Need(path.Child("volumeHandle"), source.VolumeHandle);
        CheckSecret(errors, path.Child("controllerPublishSecretRef"), source.ControllerPublishSecretRef);
        CheckSecret(errors, path.Child("controllerExpandSecretRef"), source.ControllerExpandSecretRef);
        CheckSecret(errors, path.Child("nodePublishSecretRef"), source.NodePublishSecretRef);
        CheckSecret(errors, path.Child("nodeExpandSecretRef"), source.NodeExpandSecretRef);
    }

    private static void CheckSecret(FieldErrors errors, FieldPath path, SecretReference? secret)
    {
        if (secret is null)
        {
            return;
        }

        NeedSecret(errors, path, secret.Name, secret.Namespace, isSet: true);
        if (!string.IsNullOrEmpty(secret.Name))
        {
            errors.Invalid(path.Child("name"), secret.Name, NameRules.Subdomain(secret.Name));
        }

        if (!string.IsNullOrEmpty(secret.Namespace))
        {
            errors.Invalid(path.Child("namespace"), secret.Namespace, NameRules.Label(secret.Namespace));
        }
    }

    private static void NeedSecret(FieldErrors errors, FieldPath path, string? name, string? @namespace, bool isSet)
    {
        if (isSet)
        {
            errors.Need(path.Child("name"), name);
            errors.Need(path.Child("namespace"), @namespace);
        }
    }
}
