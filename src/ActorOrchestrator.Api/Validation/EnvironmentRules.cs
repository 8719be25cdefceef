using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of a container's environment (v1 EnvVar, EnvFromSource) and of downward API references.</summary>
internal static class EnvironmentRules
{
    private const string CpuDivisors = "only divisor's values 1m and 1 are supported with the cpu resource";
    private const string ByteDivisors =
        "only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the {0} "
        + "resource";

    private static readonly string[] FieldsOfEnvironment =
    [
        "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
        "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
    ];

    private static readonly string[] FieldsOfVolumes =
    [
        "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid",
    ];

    /// <summary>Fields that the API knows by a path, and gives neither to containers nor to files.</summary>
    private static readonly string[] OtherFields = ["spec.restartPolicy", "spec.schedulerName", "status.phase"];

    private static readonly string[] Resources =
    [
        "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage",
        "requests.memory",
    ];

    private static readonly HashSet<string> ByteUnits =
    [
        "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei",
    ];

    public static void Check(
        FieldErrors errors, FieldPath path, ValueList<EnvVar> variables, IReadOnlyDictionary<string, Volume> volumes)
    {
        for (var i = 0; i < variables.Count; i++)
        {
            var variable = variables[i];
            var at = path.Index(i);
            if (variable.Name.Length == 0)
            {
                errors.Required(at.Child("name"));
            }
            else
            {
                errors.Invalid(at.Child("name"), variable.Name, NameRules.EnvironmentName(variable.Name));
            }

            if (variable.ValueFrom is { } source)
            {
                CheckSource(errors, at.Child("valueFrom"), source, !string.IsNullOrEmpty(variable.Value));
                CheckFile(errors, at.Child("valueFrom", "fileKeyRef"), source.FileKeyRef, volumes);
            }
        }
    }

    public static void CheckFrom(FieldErrors errors, FieldPath path, ValueList<EnvFromSource> sources)
    {
        for (var i = 0; i < sources.Count; i++)
        {
            var source = sources[i];
            var at = path.Index(i);
            if (!string.IsNullOrEmpty(source.Prefix))
            {
                errors.Invalid(at.Child("prefix"), source.Prefix, NameRules.EnvironmentName(source.Prefix));
            }

            if (source.ConfigMapRef is { } map)
            {
                CheckReference(errors, at.Child("configMapRef", "name"), map.Name);
            }

            if (source.SecretRef is { } secret)
            {
                CheckReference(errors, at.Child("secretRef", "name"), secret.Name);
            }

            switch (source)
            {
                case { ConfigMapRef: null, SecretRef: null }:
                    errors.Invalid(path, "", "must specify one of: `configMapRef` or `secretRef`");
                    break;
                case { ConfigMapRef: not null, SecretRef: not null }:
                    errors.Invalid(path, "", "may not have more than one field specified at a time");
                    break;
                default:
                    break;
            }
        }
    }

    public static void CheckReference(FieldErrors errors, FieldPath path, string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            errors.Required(path);
        }
        else
        {
            errors.Invalid(path, name, NameRules.Subdomain(NameRules.MaskTrailingDash(name)));
        }
    }

    /// <summary>A downward API reference to a field, from a volume: there, whole maps may be named.</summary>
    public static void CheckVolumeField(FieldErrors errors, FieldPath path, ObjectFieldSelector field) =>
        CheckField(errors, path, field, FieldsOfVolumes);

    /// <summary>A downward API reference to a resource; outside of a container it must name one.</summary>
    public static void CheckResource(
        FieldErrors errors, FieldPath path, ResourceFieldSelector selector, bool needsContainer)
    {
        if (needsContainer && string.IsNullOrEmpty(selector.ContainerName))
        {
            errors.Required(path.Child("containerName"));
        }
        else if (selector.Resource.Length == 0)
        {
            errors.Required(path.Child("resource"));
        }
        else if (!Resources.Contains(selector.Resource) && !selector.Resource.Contains(".hugepages-"))
        {
            errors.NotSupported(path.Child("resource"), selector.Resource, Resources);
        }

        CheckDivisor(errors, path.Child("divisor"), selector.Resource, selector.Divisor);
    }

    private static void CheckDivisor(FieldErrors errors, FieldPath path, string resource, Quantity? divisor)
    {
        if (divisor is not { IsZero: false } unit)
        {
            return;
        }

        var name = resource[(resource.IndexOf('.') + 1)..];
        switch (name)
        {
            case "cpu" when unit.ToString() is not ("1" or "1m"):
                errors.Invalid(path, resource, CpuDivisors);
                break;
            case "memory" when !ByteUnits.Contains(unit.ToString()):
                errors.Invalid(path, resource, ByteDivisors.Replace("{0}", "memory"));
                break;
            case "ephemeral-storage" when !ByteUnits.Contains(unit.ToString()):
                errors.Invalid(path, resource, ByteDivisors.Replace("{0}", "local ephemeral storage"));
                break;
            default:
                if (ResourceRules.IsHugePages(name) && !ByteUnits.Contains(unit.ToString()))
                {
                    errors.Invalid(path, resource, ByteDivisors.Replace("{0}", "hugepages"));
                }

                break;
        }
    }

    private static void CheckSource(FieldErrors errors, FieldPath path, EnvVarSource source, bool hasValue)
    {
        var count = 0;
        if (source.FieldRef is { } field)
        {
            count++;
            CheckField(errors, path.Child("fieldRef"), field, FieldsOfEnvironment);
        }

        if (source.ResourceFieldRef is { } resource)
        {
            count++;
            CheckResource(errors, path.Child("resourceFieldRef"), resource, needsContainer: false);
        }

        if (source.ConfigMapKeyRef is { } map)
        {
            count++;
            CheckKey(errors, path.Child("configMapKeyRef"), map.Name, map.Key);
        }

        if (source.SecretKeyRef is { } secret)
        {
            count++;
            CheckKey(errors, path.Child("secretKeyRef"), secret.Name, secret.Key);
        }

        count += source.FileKeyRef is null ? 0 : 1;
        if (count == 0)
        {
            errors.Invalid(path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or "
                + "`secretKeyRef`");
        }

        if (hasValue && count > 0)
        {
            errors.Invalid(path, "", "may not be specified when `value` is not empty");
        }
        else if (count > 1)
        {
            errors.Invalid(path, "", "may not have more than one field specified at a time");
        }
    }

    /// <summary>A variable that is read from a file, which a container wrote into a volume of the pod's own.</summary>
    private static void CheckFile(
        FieldErrors errors, FieldPath path, FileKeySelector? file, IReadOnlyDictionary<string, Volume> volumes)
    {
        if (file is null)
        {
            return;
        }

        errors.Need(path.Child("volumeName"), file.VolumeName);
        var volume = volumes.GetValueOrDefault(file.VolumeName);
        if (file.VolumeName.Length > 0 && volume is null)
        {
            errors.NotFound(path.Child("volumeName"), file.VolumeName);
        }
        else if (volume is { EmptyDir: null })
        {
            errors.Invalid(
                path.Child("volumeName"), file.VolumeName, "referenced volume must be of type emptyDir");
        }

        ProjectionRules.CheckFilePath(errors, path.Child("path"), file.Path);
        errors.Need(path.Child("key"), file.Key);
        if (file.Key.Length > 0)
        {
            errors.Invalid(path.Child("key"), file.Key, NameRules.EnvironmentName(file.Key));
        }
    }

    private static void CheckKey(FieldErrors errors, FieldPath path, string? name, string key)
    {
        errors.Invalid(path.Child("name"), name ?? "", NameRules.Subdomain(name ?? ""));
        if (key.Length == 0)
        {
            errors.Required(path.Child("key"));
        }
        else
        {
            errors.Invalid(path.Child("key"), key, NameRules.ConfigKey(key));
        }
    }

    private static void CheckField(FieldErrors errors, FieldPath path, ObjectFieldSelector field, string[] supported)
    {
        if (field.FieldPath.Length == 0)
        {
            errors.Required(path.Child("fieldPath"));
            return;
        }

        if (TrySubscript(field.FieldPath, out var map, out var key))
        {
            if (map is "metadata.annotations" or "metadata.labels")
            {
                var rule = map == "metadata.labels" ? key : key.ToLowerInvariant();
                errors.Invalid(path, key, NameRules.QualifiedName(rule));
            }
            else
            {
                errors.Invalid(path, map, "does not support subscript");
            }
            return;
        }

        if (field.ApiVersion != "v1")
        {
            errors.Invalid(path.Child("fieldPath"), field.FieldPath,
                $"error converting fieldPath: unsupported pod version: {field.ApiVersion}");
        }
        else if (!FieldsOfEnvironment.Contains(field.FieldPath) && !FieldsOfVolumes.Contains(field.FieldPath)
            && !OtherFields.Contains(field.FieldPath))
        {
            errors.Invalid(path.Child("fieldPath"), field.FieldPath,
                $"error converting fieldPath: field label not supported: {field.FieldPath}");
        }
        else if (!supported.Contains(field.FieldPath))
        {
            errors.NotSupported(path.Child("fieldPath"), field.FieldPath, supported);
        }
    }

    /// <summary>Splits <c>metadata.labels['app']</c> into the map and the key.</summary>
    private static bool TrySubscript(string fieldPath, out string map, out string key)
    {
        map = key = "";
        var open = fieldPath.IndexOf("['", StringComparison.Ordinal);
        if (open < 0 || !fieldPath.EndsWith("']", StringComparison.Ordinal) || open + 4 > fieldPath.Length)
        {
            return false;
        }

        map = fieldPath[..open];
        key = fieldPath[(open + 2)..^2];
        return true;
    }
}
