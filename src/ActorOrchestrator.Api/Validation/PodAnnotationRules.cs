using System.Text.Json;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of annotations that say what a field of the pod could say, or that programs read.</summary>
internal static class PodAnnotationRules
{
    private const string Mirror = StaticPods.MirrorAnnotation;
    private const string Tolerations = "scheduler.alpha.kubernetes.io/tolerations";
    private const string DeletionCost = "controller.kubernetes.io/pod-deletion-cost";
    internal const string PodSeccomp = "seccomp.security.alpha.kubernetes.io/pod";
    internal const string ContainerSeccomp = "container.seccomp.security.alpha.kubernetes.io/";

    public static void Check(FieldErrors errors, FieldPath path, ValueMap<string> annotations, PodSpec pod)
    {
        if (annotations.TryGetValue(Mirror, out var mirror) && string.IsNullOrEmpty(pod.NodeName))
        {
            errors.Invalid(path.Key(Mirror), mirror, "must set spec.nodeName if mirror pod annotation is set");
        }

        CheckTolerations(errors, path, annotations.GetValueOrDefault(Tolerations) ?? "");
        if (annotations.TryGetValue(DeletionCost, out var cost) && !IsCost(cost))
        {
            errors.Invalid(path.Key(DeletionCost), cost, "must be a 32bit integer");
        }

        foreach (var (key, value) in annotations)
        {
            if (key == PodSeccomp || key.StartsWith(ContainerSeccomp, StringComparison.Ordinal))
            {
                CheckSeccomp(errors, path.Child(key), value);
            }
            else if (key.StartsWith(AppArmor.Annotation, StringComparison.Ordinal))
            {
                CheckAppArmor(errors, path.Key(key), key[AppArmor.Annotation.Length..], value, pod);
            }
        }
    }

    /// <summary>What may neither come nor change nor go once there is the pod.</summary>
    public static void CheckUpdate(FieldErrors errors, FieldPath path, Pod old, Pod @new)
    {
        var (before, after) = (old.Metadata.Annotations, @new.Metadata.Annotations);
        foreach (var (key, value) in before)
        {
            if (NameOf(key) is { } kept && after.GetValueOrDefault(key) != value)
            {
                errors.Forbidden(path.Key(key), $"may not remove or update {kept}");
            }
        }

        foreach (var key in after.Keys.Where(key => !before.ContainsKey(key)))
        {
            if (NameOf(key) is { } fixedOne)
            {
                errors.Forbidden(path.Key(key), $"may not add {fixedOne}");
            }
        }

        if (before != after)
        {
            Check(errors, path, after, @new.Spec);
        }
    }

    /// <summary>Where both an annotation and a field say how a container is confined, they say the same.</summary>
    public static void CheckMatch(FieldErrors errors, FieldPath spec, ValueMap<string> annotations, PodSpec pod)
    {
        if (annotations.Count == 0)
        {
            return;
        }

        CheckSeccompMatch(
            errors, spec.Child("securityContext", "seccompProfile"), annotations.GetValueOrDefault(PodSeccomp),
            pod.SecurityContext?.SeccompProfile);
        for (var i = 0; i < pod.InitContainers.Count; i++)
        {
            CheckMatch(errors, spec.Child("initContainers").Index(i), annotations, pod, pod.InitContainers[i]);
        }

        for (var i = 0; i < pod.Containers.Count; i++)
        {
            CheckMatch(errors, spec.Child("containers").Index(i), annotations, pod, pod.Containers[i]);
        }
    }

    private static string? NameOf(string key) => key == Mirror ? "mirror pod annotation"
        : key.StartsWith(AppArmor.Annotation, StringComparison.Ordinal) ? "AppArmor annotations"
        : key == FenceAnnotation.Key ? "the annotation that fences a pod"
        : null;

    /// <summary>As Kubernetes reads it: digits with a sign at most, without a leading plus or zeros.</summary>
    private static bool IsCost(string cost) => int.TryParse(cost, out var value) && value.ToString() == cost;

    private static void CheckTolerations(FieldErrors errors, FieldPath path, string json)
    {
        if (json.Length == 0)
        {
            return;
        }

        try
        {
            var read = KubeJson.Read<PodSpec>(JsonSerializer.SerializeToUtf8Bytes(
                new { tolerations = JsonSerializer.Deserialize<JsonElement>(json) }));
            SchedulingRules.CheckTolerations(errors, path.Child(Tolerations), read.Tolerations);
        }
        catch (Exception broken) when (broken is JsonException or KubeJsonException)
        {
            errors.Invalid(path, Tolerations, broken.Message);
        }
    }

    private static void CheckSeccomp(FieldErrors errors, FieldPath path, string profile)
    {
        if (profile.StartsWith("localhost/", StringComparison.Ordinal))
        {
            MountRules.CheckDescending(errors, path, profile["localhost/".Length..]);
        }
        else if (profile is not ("runtime/default" or "docker/default" or "unconfined"))
        {
            errors.Invalid(path, profile, "must be a valid seccomp profile");
        }
    }

    private static void CheckAppArmor(
        FieldErrors errors, FieldPath path, string container, string profile, PodSpec pod)
    {
        var isThere = pod.Containers.Concat(pod.InitContainers).Any(each => each.Name == container)
            || pod.EphemeralContainers.Any(each => each.Name == container);
        if (!isThere)
        {
            errors.Invalid(path, container, "container not found");
        }

        if (profile is not ("" or "runtime/default" or "unconfined")
            && !profile.StartsWith("localhost/", StringComparison.Ordinal))
        {
            errors.Invalid(path, profile, $"invalid AppArmor profile name: {FieldError.Quote(profile)}");
        }
    }

    private static void CheckMatch(
        FieldErrors errors, FieldPath path, ValueMap<string> annotations, PodSpec pod, Container container)
    {
        var at = path.Child("securityContext");
        CheckSeccompMatch(
            errors, at.Child("seccompProfile"), annotations.GetValueOrDefault(ContainerSeccomp + container.Name),
            container.SecurityContext?.SeccompProfile);
        var profile = container.SecurityContext?.AppArmorProfile ?? pod.SecurityContext?.AppArmorProfile;
        if (pod.Os?.Name != "windows" && profile is not null
            && annotations.TryGetValue(AppArmor.Annotation + container.Name, out var annotation))
        {
            CheckMatch(
                errors, at.Child("appArmorProfile"), "apparmor", annotation, (profile.Type, profile.LocalhostProfile));
        }
    }

    private static void CheckSeccompMatch(
        FieldErrors errors, FieldPath path, string? annotation, SeccompProfile? profile)
    {
        if (annotation is not null && profile is not null)
        {
            CheckMatch(
                errors, path, "seccomp", annotation is "docker/default" ? "runtime/default" : annotation,
                (profile.Type, profile.LocalhostProfile));
        }
    }

    private static void CheckMatch(
        FieldErrors errors, FieldPath path, string what, string annotation, (string Type, string? File) profile)
    {
        const string prefix = "localhost/";
        var matches = profile.Type switch
        {
            "Unconfined" => annotation == "unconfined",
            "RuntimeDefault" => annotation == "runtime/default",
            "Localhost" => annotation.StartsWith(prefix, StringComparison.Ordinal),
            _ => true,
        };
        if (!matches)
        {
            errors.Forbidden(path.Child("type"), $"{what} type in annotation and field must match");
        }
        else if (profile.Type == "Localhost" && annotation[prefix.Length..] != profile.File)
        {
            errors.Forbidden(
                path.Child("localhostProfile"), $"{what} profile in annotation and field must match");
        }
    }
}
