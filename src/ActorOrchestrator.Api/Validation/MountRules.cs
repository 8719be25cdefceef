using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of a container's mounts and devices (v1 VolumeMount, VolumeDevice). Kubernetes leaves the index
/// of the mount out of some paths.</summary>
internal static class MountRules
{
    public static void Check(
        FieldErrors errors, FieldPath container, Container spec, IReadOnlyDictionary<string, Volume> volumes)
    {
        var path = container.Child("volumeMounts");
        var paths = new HashSet<string>();
        var deviceNames = spec.VolumeDevices.Select(device => device.Name).ToHashSet();
        var devicePaths = spec.VolumeDevices.Select(device => device.DevicePath).ToHashSet();
        for (var i = 0; i < spec.VolumeMounts.Count; i++)
        {
            var mount = spec.VolumeMounts[i];
            var at = path.Index(i);
            errors.Need(at.Child("name"), mount.Name);
            if (!volumes.ContainsKey(mount.Name))
            {
                errors.NotFound(at.Child("name"), mount.Name);
            }

            errors.Need(at.Child("mountPath"), mount.MountPath);
            if (!paths.Add(mount.MountPath))
            {
                errors.Invalid(at.Child("mountPath"), mount.MountPath, "must be unique");
            }

            if (deviceNames.Contains(mount.Name))
            {
                errors.Invalid(at.Child("name"), mount.Name, "must not already exist in volumeDevices");
            }

            if (devicePaths.Contains(mount.MountPath))
            {
                errors.Invalid(at.Child("mountPath"), mount.MountPath,
                    "must not already exist as a path in volumeDevices");
            }

            CheckSubPaths(errors, path, at, mount);
            CheckPropagation(errors, path.Child("mountPropagation"), mount, spec);
            CheckRecursion(errors, path.Child("recursiveReadOnly"), mount);
        }

        CheckDevices(errors, container.Child("volumeDevices"), spec, volumes);
    }

    /// <summary>A path below some directory, which it must not leave.</summary>
    public static void CheckDescending(FieldErrors errors, FieldPath path, string value)
    {
        if (value.StartsWith('/'))
        {
            errors.Invalid(path, value, "must be a relative path");
        }

        CheckNoBacksteps(errors, path, value);
    }

    public static void CheckNoBacksteps(FieldErrors errors, FieldPath path, string value)
    {
        if (StepsBack(value))
        {
            errors.Invalid(path, value, "must not contain '..'");
        }
    }

    private static bool StepsBack(string value) => value.Split('/').Contains("..");

    private static void CheckSubPaths(FieldErrors errors, FieldPath path, FieldPath at, VolumeMount mount)
    {
        if (!string.IsNullOrEmpty(mount.SubPath))
        {
            CheckDescending(errors, path.Child("subPath"), mount.SubPath);
        }

        if (string.IsNullOrEmpty(mount.SubPathExpr))
        {
            return;
        }

        if (!string.IsNullOrEmpty(mount.SubPath))
        {
            errors.Invalid(at.Child("subPathExpr"), mount.SubPathExpr,
                "subPathExpr and subPath are mutually exclusive");
        }

        CheckDescending(errors, path.Child("subPathExpr"), mount.SubPathExpr);
    }

    private static void CheckPropagation(FieldErrors errors, FieldPath path, VolumeMount mount, Container container)
    {
        switch (mount.MountPropagation)
        {
            case "Bidirectional" when container.SecurityContext?.Privileged is not true:
                errors.Forbidden(path, "Bidirectional mount propagation is available only to privileged containers");
                break;
            case null or "None" or "HostToContainer" or "Bidirectional":
                break;
            default:
                errors.NotSupported(path, mount.MountPropagation, "Bidirectional", "HostToContainer", "None");
                break;
        }
    }

    private static void CheckRecursion(FieldErrors errors, FieldPath path, VolumeMount mount)
    {
        switch (mount.RecursiveReadOnly)
        {
            case null or "Disabled":
                break;
            case "Enabled" or "IfPossible":
                if (!mount.ReadOnly)
                {
                    errors.Forbidden(path, "may only be specified when readOnly is true");
                }

                if (mount.MountPropagation is not (null or "None"))
                {
                    errors.Forbidden(
                        path, "may only be specified when mountPropagation is None or not specified");
                }

                break;
            default:
                errors.NotSupported(path, mount.RecursiveReadOnly, "Disabled", "Enabled", "IfPossible");
                break;
        }
    }

    private static void CheckDevices(
        FieldErrors errors, FieldPath path, Container spec, IReadOnlyDictionary<string, Volume> volumes)
    {
        var names = new HashSet<string>();
        var paths = new HashSet<string>();
        for (var i = 0; i < spec.VolumeDevices.Count; i++)
        {
            var device = spec.VolumeDevices[i];
            var at = path.Index(i);
            errors.Need(at.Child("name"), device.Name);
            if (device.Name.Length > 0 && !names.Add(device.Name))
            {
                errors.Invalid(at.Child("name"), device.Name, "must be unique");
            }

            if (!volumes.TryGetValue(device.Name, out var volume))
            {
                errors.NotFound(at.Child("name"), device.Name);
            }
            else if (volume is { PersistentVolumeClaim: null, Ephemeral: null })
            {
                errors.Invalid(at.Child("name"), device.Name, "can only use volume source type of "
                    + "PersistentVolumeClaim or Ephemeral for block mode");
            }

            errors.Need(at.Child("devicePath"), device.DevicePath);
            if (paths.Contains(device.DevicePath))
            {
                errors.Invalid(at.Child("devicePath"), device.DevicePath, "must be unique");
            }

            if (StepsBack(device.DevicePath))
            {
                errors.Invalid(at.Child("devicePath"), device.DevicePath, "can not contain backsteps ('..')");
            }
            else
            {
                paths.Add(device.DevicePath);
            }

            CheckAgainstMounts(errors, at, device, spec.VolumeMounts);
        }
    }

    private static void CheckAgainstMounts(
        FieldErrors errors, FieldPath path, VolumeDevice device, ValueList<VolumeMount> mounts)
    {
        if (mounts.Any(mount => mount.Name == device.Name))
        {
            errors.Invalid(path.Child("name"), device.Name, "must not already exist in volumeMounts");
        }

        if (mounts.Any(mount => mount.MountPath == device.DevicePath))
        {
            errors.Invalid(path.Child("devicePath"), device.DevicePath,
                "must not already exist as a path in volumeMounts");
        }
    }
}
