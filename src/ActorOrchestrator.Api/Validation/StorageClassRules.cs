using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Storage;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of StorageClasses. Most of one never changes; only a new one is looked at as a whole.</summary>
internal static class StorageClassRules
{
    private const int ParametersMax = 512;
    private const int ParameterBytesMax = 256 * 1024;

    public static void CheckNew(FieldErrors errors, StorageClass storageClass)
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

        CheckParameters(errors, storageClass.Parameters);
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

        CheckTopologies(errors, storageClass.AllowedTopologies);
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

    private static void CheckParameters(FieldErrors errors, ValueMap<string> values)
    {
        var parameters = FieldPath.Root("parameters");
        if (values.Count > ParametersMax)
        {
            errors.TooLong(parameters, ParametersMax);
            return;
        }

        var bytes = 0;
        foreach (var (key, value) in values)
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
    }

    /// <summary>Where volumes may be: no two terms are one, and in none a label or value stands twice.</summary>
    private static void CheckTopologies(FieldErrors errors, ValueList<TopologySelectorTerm> terms)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < terms.Count; i++)
        {
            var path = FieldPath.Root("allowedTopologies").Index(i).Child("matchLabelExpressions");
            CheckTerm(errors, path, terms[i].MatchLabelExpressions);
            var term = string.Join(';', terms[i].MatchLabelExpressions
                .Select(wanted => $"{wanted.Key}={string.Join(',', wanted.Values.Order(StringComparer.Ordinal))}")
                .Order(StringComparer.Ordinal));
            if (!seen.Add(term))
            {
                errors.Duplicate(path, "");
            }
        }
    }

    private static void CheckTerm(
        FieldErrors errors, FieldPath path, ValueList<TopologySelectorLabelRequirement> wanted)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < wanted.Count; i++)
        {
            var (at, values) = (path.Index(i), new HashSet<string>(StringComparer.Ordinal));
            errors.NeedAny(at.Child("values"), wanted[i].Values);
            for (var j = 0; j < wanted[i].Values.Count; j++)
            {
                if (!values.Add(wanted[i].Values[j]))
                {
                    errors.Duplicate(at.Child("values").Index(j), wanted[i].Values[j]);
                }
            }

            errors.Invalid(at.Child("key"), wanted[i].Key, NameRules.QualifiedName(wanted[i].Key));
            if (!keys.Add(wanted[i].Key))
            {
                errors.Duplicate(at.Child("key"), wanted[i].Key);
            }
        }
    }
}
