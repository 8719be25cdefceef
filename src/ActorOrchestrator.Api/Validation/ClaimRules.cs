using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Storage;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of PersistentVolumeClaims and StorageClasses.</summary>
internal static class ClaimRules
{
    private const int ParametersMax = 512;
    private const int ParameterBytesMax = 256 * 1024;
    private static readonly FieldPath Spec = FieldPath.Root("spec");

    public static void Check(FieldErrors errors, PersistentVolumeClaim claim) => CheckSpec(errors, Spec, claim.Spec);

    public static void CheckSpec(FieldErrors errors, FieldPath path, PersistentVolumeClaimSpec spec)
    {
        CheckAccessModes(errors, path.Child("accessModes"), spec.AccessModes, "at least 1 access mode is required");
        SelectorRules.Check(errors, path.Child("selector"), spec.Selector);
        var storage = path.Child("resources");
        if (!spec.Resources.Requests.TryGetValue("storage", out var quantity))
        {
            errors.Required(storage.Key("storage"));
        }
        else if (quantity.Sign <= 0)
        {
            errors.Invalid(storage.Key("storage"), quantity.ToString(), "must be greater than zero");
        }

        if (!string.IsNullOrEmpty(spec.StorageClassName))
        {
            errors.Invalid(path.Child("storageClassName"), spec.StorageClassName,
                NameRules.Subdomain(spec.StorageClassName));
        }

        CheckVolumeMode(errors, path.Child("volumeMode"), spec.VolumeMode);
    }

    public static void CheckUpdate(FieldErrors errors, PersistentVolumeClaim old, PersistentVolumeClaim @new)
    {
        // The binder fills these in, once; growing the request is checked against the capacity below.
        var (before, after) = (old.Spec, @new.Spec);
        var comparable = after with
        {
            VolumeName = string.IsNullOrEmpty(before.VolumeName) ? before.VolumeName : after.VolumeName,
            StorageClassName = before.StorageClassName ?? (string.IsNullOrEmpty(before.VolumeName) ? null
                : after.StorageClassName),
            VolumeAttributesClassName = before.VolumeAttributesClassName,
            Resources = old.Status.Phase == "Bound"
                ? after.Resources with
                {
                    Requests = WithStorageOf(after.Resources.Requests, before.Resources.Requests),
                }
                : after.Resources,
        };
        if (comparable != before)
        {
            errors.Forbidden(Spec, "spec is immutable after creation except resources.requests and "
                + "volumeAttributesClassName for bound claims");
        }
        else if (after.Resources.Requests.TryGetValue("storage", out var wanted)
                 && before.Resources.Requests.TryGetValue("storage", out var had)
                 && wanted < had
                 && (!old.Status.Capacity.TryGetValue("storage", out var capacity) || wanted <= capacity))
        {
            errors.Forbidden(Spec.Child("resources", "requests").Child("storage"),
                "field can not be less than status.capacity");
        }
    }

    public static void Check(FieldErrors errors, StorageClass storageClass)
    {
        var provisioner = FieldPath.Root("provisioner");
        if (storageClass.Provisioner.Length == 0)
        {
            errors.Required(provisioner);
        }
        else
        {
            errors.Invalid(provisioner, storageClass.Provisioner,
                NameRules.QualifiedName(storageClass.Provisioner.ToLowerInvariant()));
        }

        var parameters = FieldPath.Root("parameters");
        if (storageClass.Parameters.Count > ParametersMax)
        {
            errors.TooLong(parameters, ParametersMax);
        }

        var bytes = 0;
        foreach (var (key, value) in storageClass.Parameters)
        {
            bytes += key.Length + value.Length;
            if (key.Length == 0)
            {
                errors.Invalid(parameters, key, "field can not be empty.");
            }
        }

        if (bytes > ParameterBytesMax)
        {
            errors.TooLong(parameters, ParameterBytesMax);
        }

        if (storageClass.ReclaimPolicy is not (null or "" or "Delete" or "Retain"))
        {
            errors.NotSupported(FieldPath.Root("reclaimPolicy"), storageClass.ReclaimPolicy, "Delete", "Retain");
        }

        if (storageClass.VolumeBindingMode is null)
        {
            errors.Required(FieldPath.Root("volumeBindingMode"));
        }
        else if (storageClass.VolumeBindingMode is not ("Immediate" or "WaitForFirstConsumer"))
        {
            errors.NotSupported(FieldPath.Root("volumeBindingMode"), storageClass.VolumeBindingMode,
                "Immediate", "WaitForFirstConsumer");
        }
    }

    public static void CheckUpdate(FieldErrors errors, StorageClass old, StorageClass @new)
    {
        if (!old.Parameters.Equals(@new.Parameters))
        {
            errors.Forbidden(FieldPath.Root("parameters"), "updates to parameters are forbidden.");
        }

        if (old.Provisioner != @new.Provisioner)
        {
            errors.Forbidden(FieldPath.Root("provisioner"), "updates to provisioner are forbidden.");
        }

        if (old.ReclaimPolicy != @new.ReclaimPolicy)
        {
            errors.Forbidden(FieldPath.Root("reclaimPolicy"), "updates to reclaimPolicy are forbidden.");
        }

        if (old.VolumeBindingMode != @new.VolumeBindingMode)
        {
            errors.Invalid(FieldPath.Root("volumeBindingMode"), @new.VolumeBindingMode ?? "",
                MetadataRules.Immutable);
        }
    }

    public static void CheckAccessModes(
        FieldErrors errors, FieldPath path, ValueList<string> modes, string missing)
    {
        if (modes.Count == 0)
        {
            errors.Required(path, missing);
        }

        foreach (var mode in modes)
        {
            if (mode is not ("ReadWriteOnce" or "ReadOnlyMany" or "ReadWriteMany" or "ReadWriteOncePod"))
            {
                errors.NotSupported(path, mode,
                    "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod");
            }
        }

        if (modes.Contains("ReadWriteOncePod") && modes.Count > 1)
        {
            errors.Forbidden(path, "may not use ReadWriteOncePod with other access modes");
        }
    }

    public static void CheckVolumeMode(FieldErrors errors, FieldPath path, string? mode)
    {
        if (mode is not (null or "Block" or "Filesystem"))
        {
            errors.NotSupported(path, mode, "Block", "Filesystem");
        }
    }

    private static ValueMap<Quantity> WithStorageOf(ValueMap<Quantity> requests, ValueMap<Quantity> old) =>
        requests.ContainsKey("storage") && old.TryGetValue("storage", out var storage)
            ? requests.With("storage", storage)
            : requests;
}
