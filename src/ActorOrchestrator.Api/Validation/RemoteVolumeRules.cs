using System.Text.RegularExpressions;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of volumes on other machines, which pods and PersistentVolumes have alike. Nodes mount hardly any
/// of them; what is stored is checked all the same.</summary>
internal static partial class RemoteVolumeRules
{
    private const int CsiDriverLengthMax = 63;
    private const int TargetLengthMax = 64;
    private const int TenantLengthMax = 64;

    private const string Initiator =
        "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is "
        + "specified.";

    private const string RegistryForm = "must be a host:port pair or multiple pairs separated by commas";

    public static void CheckNfs(FieldErrors errors, FieldPath path, NFSVolumeSource source)
    {
        errors.Need(path.Child("server"), source.Server);
        errors.Need(path.Child("path"), source.Path);
        if (!source.Path.StartsWith('/'))
        {
            errors.Invalid(path.Child("path"), source.Path, "must be an absolute path");
        }
    }

    public static void CheckIscsi(FieldErrors errors, FieldPath path, string portal, string iqn, int lun)
    {
        errors.Need(path.Child("targetPortal"), portal);
        if (iqn.Length == 0)
        {
            errors.Required(path.Child("iqn"));
        }
        else
        {
            CheckQualifiedName(errors, path.Child("iqn"), iqn);
        }

        CheckRange(errors, path.Child("lun"), lun, 0, 255);
    }

    /// <param name="errors">What is complained of.</param>
    /// <param name="path">Of the source.</param>
    /// <param name="name">Who asks to be let in.</param>
    /// <param name="portal">Of the target.</param>
    /// <param name="volume">Its name, and the field that the two together are too long for.</param>
    public static void CheckInitiator(
        FieldErrors errors, FieldPath path, string? name, string portal,
        (string Name, FieldPath Field, string Shown) volume)
    {
        if (name is null)
        {
            return;
        }

        if ($"{volume.Name}:{portal}".Length > TargetLengthMax)
        {
            errors.Invalid(volume.Field, volume.Shown, Initiator);
        }

        CheckQualifiedName(errors, path.Child("initiatorname"), name);
    }

    public static void CheckFc(FieldErrors errors, FieldPath path, FCVolumeSource source)
    {
        if (source.TargetWWNs.Count == 0 && source.Wwids.Count == 0)
        {
            errors.Required(path.Child("targetWWNs"), "must specify either targetWWNs or wwids, but not both");
        }

        if (source.TargetWWNs.Count > 0 && source.Wwids.Count > 0)
        {
            errors.InvalidJson(path.Child("targetWWNs"), Shown.Strings(source.TargetWWNs),
                "targetWWNs and wwids can not be specified simultaneously");
        }

        if (source.TargetWWNs.Count > 0 && source.Lun is null)
        {
            errors.Required(path.Child("lun"), "lun is required if targetWWNs is specified");
        }
        else if (source.TargetWWNs.Count > 0)
        {
            CheckRange(errors, path.Child("lun"), source.Lun!.Value, 0, 255);
        }
    }

    public static void CheckDisk(FieldErrors errors, FieldPath path, string name, string value, int partition)
    {
        errors.Need(path.Child(name), value);
        if (partition is < 0 or > 255)
        {
            errors.Invalid(path.Child("partition"), partition, "must be between 1 and 255, inclusive");
        }
    }

    public static void CheckQuobyte(FieldErrors errors, FieldPath path, QuobyteVolumeSource source)
    {
        if (source.Registry.Length == 0)
        {
            errors.Required(path.Child("registry"), RegistryForm);
        }
        else if (source.Tenant?.Length > TenantLengthMax)
        {
            errors.Required(path.Child("tenant"), "must be a UUID and may not exceed a length of 64 characters");
        }
        else
        {
            foreach (var _ in source.Registry.Split(',').Where(pair => !HostAndPort().IsMatch(pair)))
            {
                errors.Invalid(path.Child("registry"), source.Registry, RegistryForm);
            }
        }

        errors.Need(path.Child("volume"), source.Volume);
    }

    public static void CheckFlocker(FieldErrors errors, FieldPath path, FlockerVolumeSource source)
    {
        var (name, id) = (source.DatasetName ?? "", source.DatasetUUID ?? "");
        if (name.Length == 0 && id.Length == 0)
        {
            errors.Required(path, "one of datasetName and datasetUUID is required");
        }

        if (name.Length > 0 && id.Length > 0)
        {
            errors.Invalid(path, "resource", "datasetName and datasetUUID can not be specified simultaneously");
        }

        if (name.Contains('/'))
        {
            errors.Invalid(path.Child("datasetName"), name, "must not contain '/'");
        }
    }

    public static void CheckFlex(FieldErrors errors, FieldPath path, string driver, ValueMap<string> options)
    {
        errors.Need(path.Child("driver"), driver);
        foreach (var key in options.Keys)
        {
            var domain = "." + key.Split('/')[0].ToLowerInvariant();
            if (domain.EndsWith(".kubernetes.io") || domain.EndsWith(".k8s.io"))
            {
                errors.Invalid(path.Child("options").Key(key), key,
                    "kubernetes.io and k8s.io namespaces are reserved");
            }
        }
    }

    public static void CheckAzureDisk(FieldErrors errors, FieldPath path, AzureDiskVolumeSource source)
    {
        errors.Need(path.Child("diskName"), source.DiskName);
        errors.Need(path.Child("diskURI"), source.DiskURI);
        if (source.CachingMode is not (null or "None" or "ReadOnly" or "ReadWrite"))
        {
            errors.NotSupported(path.Child("cachingMode"), source.CachingMode, "None", "ReadOnly", "ReadWrite");
        }

        if (source.Kind is not (null or "Shared" or "Dedicated" or "Managed"))
        {
            errors.NotSupported(path.Child("kind"), source.Kind, "Dedicated", "Managed", "Shared");
        }

        if (source.Kind == "Managed" && !source.DiskURI.StartsWith("/subscriptions/"))
        {
            errors.NotSupported(path.Child("diskURI"), source.DiskURI, "/subscriptions/{sub-id}/resourcegroups/"
                + "{group-name}/providers/microsoft.compute/disks/{disk-id}");
        }
        else if (source.Kind is not (null or "Managed") && !source.DiskURI.StartsWith("https://"))
        {
            errors.NotSupported(path.Child("diskURI"), source.DiskURI,
                "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd");
        }
    }

    public static void CheckStorageOs(FieldErrors errors, FieldPath path, string? volume, string? @namespace)
    {
        errors.Need(path.Child("volumeName"), volume);
        CheckLabel(errors, path.Child("volumeName"), volume);
        CheckLabel(errors, path.Child("volumeNamespace"), @namespace);
    }

    public static void CheckCsiDriver(FieldErrors errors, FieldPath path, string driver)
    {
        errors.Need(path, driver);
        if (driver.Length > CsiDriverLengthMax)
        {
            errors.TooLong(path, CsiDriverLengthMax);
        }

        errors.Invalid(path, driver, NameRules.Subdomain(driver.ToLowerInvariant()));
    }

    private static void CheckLabel(FieldErrors errors, FieldPath path, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            errors.Invalid(path, value, NameRules.Label(value));
        }
    }

    private static void CheckRange(FieldErrors errors, FieldPath path, int value, int least, int most) =>
        errors.Invalid(path, value, NameRules.InRange(value, least, most));

    private static void CheckQualifiedName(FieldErrors errors, FieldPath path, string name)
    {
        var form = name switch
        {
            ['i', 'q', 'n', ..] => Iqn(),
            ['e', 'u', 'i', ..] => Eui(),
            ['n', 'a', 'a', ..] => Naa(),
            _ => null,
        };
        if (form?.IsMatch(name) != true)
        {
            errors.Invalid(path, name, form is null
                ? "must be valid format starting with iqn, eui, or naa"
                : "must be valid format");
        }
    }

    [GeneratedRegex(@"^[^:]*:[^:]*$|^\[[^\]]*\]:[^:]*$")]
    private static partial Regex HostAndPort();

    [GeneratedRegex(@"iqn\.[0-9]{4}-[0-9]{2}\.([0-9A-Za-z.-]+)(:[^,;*&$|\s]+)\z")]
    private static partial Regex Iqn();

    [GeneratedRegex(@"^eui.[0-9A-Za-z]{16}\z")]
    private static partial Regex Eui();

    [GeneratedRegex(@"^naa.[0-9A-Za-z]{32}\z")]
    private static partial Regex Naa();
}
