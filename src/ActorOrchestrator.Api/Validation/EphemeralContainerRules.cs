using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of containers that are added to a pod for debugging (v1 EphemeralContainer): they may not be
/// relied on for what the pod is there for, and they are only ever added.</summary>
internal static class EphemeralContainerRules
{
    private const string NotAllowed = "cannot be set for an Ephemeral Container";

    /// <param name="errors">What is complained of.</param>
    /// <param name="path">Of the list.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="taken">The names of the other containers.</param>
    public static void Check(FieldErrors errors, FieldPath path, PodContext pod, HashSet<string> taken)
    {
        var others = taken.ToHashSet();
        for (var i = 0; i < pod.Spec.EphemeralContainers.Count; i++)
        {
            var container = pod.Spec.EphemeralContainers[i];
            var at = path.Index(i);
            ContainerRules.CheckCommon(errors, at, container.AsContainer(), pod);
            ContainerRules.CheckName(errors, at.Child("name"), container.Name, taken);
            if (container.TargetContainerName is { Length: > 0 } target && !others.Contains(target))
            {
                errors.NotFound(at.Child("targetContainerName"), target);
            }

            CheckFields(errors, at, container);
        }
    }

    /// <summary>What is there already stays as it is; the order of the list says nothing.</summary>
    public static void CheckUpdate(FieldErrors errors, PodSpec before, PodSpec after)
    {
        var path = FieldPath.Root("spec").Child("ephemeralContainers");
        foreach (var old in before.EphemeralContainers)
        {
            var kept = after.EphemeralContainers.LastOrDefault(container => container.Name == old.Name);
            if (kept is null)
            {
                errors.Forbidden(path, $"existing ephemeral containers \"{old.Name}\" may not be removed\n");
            }
            else if (kept != old)
            {
                errors.Forbidden(path, $"existing ephemeral containers \"{old.Name}\" may not be changed\n"
                    + string.Join(", ", Differences.Between(old, kept)));
            }
        }
    }

    private static void CheckFields(FieldErrors errors, FieldPath path, EphemeralContainer container)
    {
        Forbid("ports", container.Ports.Count > 0);
        Forbid("resources", container.Resources != ResourceRequirements.Empty);
        Forbid("resizePolicy", container.ResizePolicy.Count > 0);
        Forbid("restartPolicy", container.RestartPolicy is not null);
        Forbid("restartPolicyRules", container.RestartPolicyRules.Count > 0);
        Forbid("livenessProbe", container.LivenessProbe is not null);
        Forbid("readinessProbe", container.ReadinessProbe is not null);
        Forbid("startupProbe", container.StartupProbe is not null);
        Forbid("lifecycle", container.Lifecycle is not null);
        for (var i = 0; i < container.VolumeMounts.Count; i++)
        {
            var (mount, at) = (container.VolumeMounts[i], path.Child("volumeMounts").Index(i));
            if (mount.SubPath is { Length: > 0 })
            {
                errors.Forbidden(at.Child("subPath"), NotAllowed);
            }

            if (mount.SubPathExpr is { Length: > 0 })
            {
                errors.Forbidden(at.Child("subPathExpr"), NotAllowed);
            }
        }

        void Forbid(string field, bool isSet)
        {
            if (isSet)
            {
                errors.Forbidden(path.Child(field), NotAllowed);
            }
        }
    }
}
