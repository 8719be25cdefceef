using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of PersistentVolumeClaims.</summary>
internal static class ClaimRules
{
    private const string Storage = "storage";
    private const string ClassAnnotation = "volume.beta.kubernetes.io/storage-class";

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

        CheckClass(errors, path.Child("storageClassName"), spec.StorageClassName);
        CheckVolumeMode(errors, path.Child("volumeMode"), spec.VolumeMode);
        CheckSources(errors, path, spec);
        CheckClass(errors, path.Child("volumeAttributesClassName"), spec.VolumeAttributesClassName);
    }

    /// <summary>The metadata of a claim that is made for a pod: labels and annotations are all that it may have.
    /// </summary>
    public static void CheckTemplateMetadata(FieldErrors errors, FieldPath path, ObjectMeta metadata)
    {
        MetadataRules.CheckAnnotations(errors, path.Child("annotations"), metadata.Annotations);
        MetadataRules.CheckLabels(errors, path.Child("labels"), metadata.Labels);
        var rest = metadata with { Annotations = ValueMap<string>.Empty, Labels = ValueMap<string>.Empty };
        foreach (var field in Differences.FieldsOf(rest))
        {
            errors.Forbidden(path.Child(field), "cannot be set");
        }
    }

    public static void CheckClass(FieldErrors errors, FieldPath path, string? name)
    {
        if (!string.IsNullOrEmpty(name))
        {
            errors.Invalid(path, name, NameRules.Subdomain(name));
        }
    }

    /// <summary>What the volume is filled from. Two fields say it; the newer one can name other namespaces.</summary>
    private static void CheckSources(FieldErrors errors, FieldPath path, PersistentVolumeClaimSpec spec)
    {
        if (spec.DataSource is { } source)
        {
            CheckSource(errors, path.Child("dataSource"), source.ApiGroup, source.Kind, source.Name);
        }

        if (spec.DataSourceRef is { } reference)
        {
            CheckSource(errors, path.Child("dataSourceRef"), reference.ApiGroup, reference.Kind, reference.Name);
            if (!string.IsNullOrEmpty(reference.Namespace))
            {
                errors.Invalid(path.Child("dataSourceRef", "namespace"), reference.Namespace,
                    NameRules.Label(reference.Namespace));
            }
        }

        if (spec is not { DataSource: { } old, DataSourceRef: { } both })
        {
            return;
        }

        if (!string.IsNullOrEmpty(both.Namespace))
        {
            errors.Invalid(path, path.Child("dataSource").ToString(),
                "may not be specified when dataSourceRef.namespace is specified");
        }
        else if ((old.ApiGroup, old.Kind, old.Name) != (both.ApiGroup, both.Kind, both.Name))
        {
            errors.Invalid(path, path.Child("dataSource").ToString(), "must match dataSourceRef");
        }
    }

    private static void CheckSource(FieldErrors errors, FieldPath path, string? group, string kind, string name)
    {
        errors.Need(path.Child("name"), name);
        errors.Need(path.Child("kind"), kind);
        if (!string.IsNullOrEmpty(group))
        {
            errors.Invalid(path.Child("apiGroup"), group, NameRules.Subdomain(group));
        }
        else if (kind != "PersistentVolumeClaim")
        {
            errors.Invalid(path, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
        }
    }

    public static void CheckUpdate(FieldErrors errors, PersistentVolumeClaim old, PersistentVolumeClaim @new)
    {
        var (before, after) = (old.Spec, @new.Spec);
        CheckClassAnnotation(errors, old, @new);
        if (Comparable(old, after) != before)
        {
            errors.Forbidden(Spec, "spec is immutable after creation except resources.requests and "
                + "volumeAttributesClassName for bound claims");
        }

        var wanted = after.Resources.Requests.GetValueOrDefault(Storage);
        if (wanted < before.Resources.Requests.GetValueOrDefault(Storage)
            && wanted <= old.Status.Capacity.GetValueOrDefault(Storage))
        {
            errors.Forbidden(Spec.Child("resources", "requests").Child(Storage),
                "field can not be less than status.capacity");
        }

        if (before.VolumeMode != after.VolumeMode)
        {
            errors.InvalidJson(FieldPath.Root("volumeMode"),
                after.VolumeMode is { } mode ? FieldError.Quote(mode) : "null", MetadataRules.Immutable);
        }

        if (before.VolumeAttributesClassName is not null && string.IsNullOrEmpty(after.VolumeAttributesClassName))
        {
            errors.Forbidden(Spec.Child("volumeAttributesClassName"), after.VolumeAttributesClassName is null
                ? "update from non-nil value to nil is forbidden"
                : "update from non-nil value to an empty string is forbidden");
        }
    }

    /// <summary>The spec with what may change as it was: a volume and a class may be found once, a bound claim may grow
    /// and get another class of attributes.</summary>
    private static PersistentVolumeClaimSpec Comparable(PersistentVolumeClaim old, PersistentVolumeClaimSpec after)
    {
        var before = old.Spec;
        var isBound = old.Status.Phase == "Bound";
        return after with
        {
            VolumeName = string.IsNullOrEmpty(before.VolumeName) ? before.VolumeName : after.VolumeName,
            StorageClassName = before.StorageClassName is null && FindsClass(old, after)
                ? null
                : after.StorageClassName,
            VolumeAttributesClassName = isBound && after.VolumeAttributesClassName is not null
                ? before.VolumeAttributesClassName
                : after.VolumeAttributesClassName,
            Resources = isBound
                ? after.Resources with
                {
                    Requests = WithStorageOf(after.Resources.Requests, before.Resources.Requests),
                }
                : after.Resources,
        };
    }

    /// <summary>A claim without a class gets one; if an annotation named it, it is that one.</summary>
    private static bool FindsClass(PersistentVolumeClaim old, PersistentVolumeClaimSpec after) =>
        after.StorageClassName is { } found
        && (!old.Metadata.Annotations.TryGetValue(ClassAnnotation, out var named) || found == named);

    private static void CheckClassAnnotation(
        FieldErrors errors, PersistentVolumeClaim old, PersistentVolumeClaim @new)
    {
        var before = old.Metadata.Annotations.GetValueOrDefault(ClassAnnotation);
        var after = @new.Metadata.Annotations.GetValueOrDefault(ClassAnnotation);
        var becomesField = before is not null && after is null && old.Spec.StorageClassName is null
            && @new.Spec.StorageClassName == before;
        if (before != after && !becomesField)
        {
            errors.Invalid(FieldPath.Root("metadata").Child("annotations", ClassAnnotation), after ?? "",
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

        var others = modes.Any(mode => mode is "ReadWriteOnce" or "ReadOnlyMany" or "ReadWriteMany");
        if (others && modes.Contains("ReadWriteOncePod"))
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
