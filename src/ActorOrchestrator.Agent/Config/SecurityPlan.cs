using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Config;

/// <summary>
/// The securityContext of a container over that of its pod, and the check of runAsNonRoot against the image.
/// </summary>
public static class SecurityPlan
{
    public static SecurityConfig Of(Pod pod, Container container, ImageInfo image)
    {
        var ofPod = pod.Spec.SecurityContext ?? new PodSecurityContext();
        var own = container.SecurityContext ?? new SecurityContext();
        var user = own.RunAsUser ?? ofPod.RunAsUser;
        if (own.RunAsNonRoot ?? ofPod.RunAsNonRoot ?? false)
        {
            RefuseRoot(pod, container, user, image);
        }

        return new SecurityConfig
        {
            RunAsUser = user,
            RunAsGroup = own.RunAsGroup ?? ofPod.RunAsGroup,
            SupplementalGroups = Groups(ofPod),
            ReadOnlyRootFilesystem = own.ReadOnlyRootFilesystem ?? false,
            Privileged = own.Privileged ?? false,
            NoNewPrivileges = own.AllowPrivilegeEscalation == false,
            AddCapabilities = own.Capabilities?.Add ?? [],
            DropCapabilities = own.Capabilities?.Drop ?? [],
            SeccompUnconfined = IsUnconfined(own.SeccompProfile ?? ofPod.SeccompProfile),
            AppArmor = AppArmor.ProfileOf(pod, container),
        };
    }

    public static SecurityConfig OfSandbox(Pod pod)
    {
        var context = pod.Spec.SecurityContext ?? new PodSecurityContext();
        return new SecurityConfig
        {
            RunAsUser = context.RunAsUser,
            RunAsGroup = context.RunAsUser is null ? null : context.RunAsGroup,
            SupplementalGroups = Groups(context),
            Privileged = IsPrivileged(pod),
        };
    }

    public static bool IsPrivileged(Pod pod) =>
        pod.Spec.AllContainers().Any(c => c.SecurityContext?.Privileged == true);

    private static IReadOnlyList<long> Groups(PodSecurityContext context)
    {
        var groups = context.SupplementalGroups;
        return context.FsGroup is { } fsGroup && !groups.Contains(fsGroup) ? groups.Add(fsGroup) : groups;
    }

    private static bool IsUnconfined(SeccompProfile? profile) => profile?.Type switch
    {
        null or "Unconfined" => true,
        "RuntimeDefault" => false,
        _ => throw new ContainerConfigException(
            $"seccomp profile type {profile.Type} is not supported on this node (RuntimeDefault and Unconfined are)"),
    };

    private static void RefuseRoot(Pod pod, Container container, long? user, ImageInfo image)
    {
        var who = $"(pod: \"{pod.Metadata.Name}_{pod.Metadata.Namespace}({pod.Metadata.Uid})\", "
            + $"container: {container.Name})";
        if (user == 0)
        {
            throw new ContainerConfigException($"container's runAsUser breaks non-root policy {who}");
        }

        if (user is not null)
        {
            return;
        }

        if (image.User is { } imageUser)
        {
            if (imageUser == 0)
            {
                throw new ContainerConfigException($"container has runAsNonRoot and image will run as root {who}");
            }

            return;
        }

        throw string.IsNullOrEmpty(image.Username)
            ? new ContainerConfigException($"container has runAsNonRoot and image will run as root {who}")
            : new ContainerConfigException(
                $"container has runAsNonRoot and image has non-numeric user ({image.Username}), "
                + $"cannot verify user is non-root {who}");
    }
}
