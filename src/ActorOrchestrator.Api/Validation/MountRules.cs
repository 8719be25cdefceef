using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of a container's mounts and devices (v1 VolumeMount, VolumeDevice).</summary>
internal static class MountRules
{
    public static void Check(
        FieldErrors errors, FieldPath container, Container spec, IReadOnlySet<string> volumeNames)
    {
        var paths = new HashSet<string>();
        var deviceNames = spec.VolumeDevices.Select(device => device.Name).ToHashSet();
        var devicePaths = spec.VolumeDevices.Select(device => device.DevicePath).ToHashSet();
        for (var i = 0; i < spec.VolumeMounts.Count; i++)
        {
            var mount = spec.VolumeMounts[i];
            var at = container.Child("volumeMounts").Index(i);
            if (mount.Name.Length == 0)
            {
                errors.Required(at.Child("name"));
            }

            if (!volumeNames.Contains(mount.Name))
            {
                errors.NotFound(at.Child("name"), mount.Name);
            }

            if (mount.MountPath.Length == 0)
            {
                errors.Required(at.Child("mountPath"));
            }

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

            CheckSubPaths(errors, at, mount);
            CheckPropagation(errors, at.Child("mountPropagation"), mount, spec);
        }

        CheckDevices(errors, container.Child("volumeDevices"), spec.VolumeDevices, volumeNames);
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
        if (value.Split('/').Contains(".."))
        {
            errors.Invalid(path, value, "must not contain '..'");
        }
    }

    private static void CheckSubPaths(FieldErrors errors, FieldPath path, VolumeMount mount)
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
            errors.Invalid(path.Child("subPathExpr"), mount.SubPathExpr,
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

    private static void CheckDevices(
        FieldErrors errors, FieldPath path, ValueList<VolumeDevice> devices, IReadOnlySet<string> volumeNames)
    {
        var names = new HashSet<string>();
        var paths = new HashSet<string>();
        for (var i = 0; i < devices.Count; i++)
        {
            var device = devices[i];
            var at = path.Index(i);
            if (device.Name.Length == 0)
            {
                errors.Required(at.Child("name"));
            }
            else if (!names.Add(device.Name))
            {
                errors.Invalid(at.Child("name"), device.Name, "must be unique");
            }

            if (!volumeNames.Contains(device.Name))
            {
                errors.NotFound(at.Child("name"), device.Name);
            }

            if (device.DevicePath.Length == 0)
            {
                errors.Required(at.Child("devicePath"));
            }
            else if (!paths.Add(device.DevicePath))
            {
                errors.Invalid(at.Child("devicePath"), device.DevicePath, "must be unique");
            }

            CheckNoBacksteps(errors, at.Child("devicePath"), device.DevicePath);
        }
    }
}
