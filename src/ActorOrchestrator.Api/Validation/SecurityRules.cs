using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of security contexts, and of the host namespaces that a pod may share.</summary>
internal static class SecurityRules
{
    public static void CheckPod(FieldErrors errors, FieldPath spec, PodSpec pod)
    {
        if (pod.HostPID && pod.ShareProcessNamespace is true)
        {
            errors.Invalid(spec.Child("shareProcessNamespace"), true,
                "ShareProcessNamespace and HostPID cannot both be enabled");
        }

        if (pod.HostUsers is false)
        {
            CheckHostUsers(errors, spec.Child("hostNetwork"), pod.HostNetwork);
            CheckHostUsers(errors, spec.Child("hostPID"), pod.HostPID);
            CheckHostUsers(errors, spec.Child("hostIPC"), pod.HostIPC);
        }

        if (pod.SecurityContext is not { } context)
        {
            return;
        }

        var path = spec.Child("securityContext");
        CheckId(errors, path.Child("fsGroup"), context.FsGroup);
        CheckId(errors, path.Child("runAsUser"), context.RunAsUser);
        CheckId(errors, path.Child("runAsGroup"), context.RunAsGroup);
        for (var i = 0; i < context.SupplementalGroups.Count; i++)
        {
            CheckId(errors, path.Child("supplementalGroups").Index(i), context.SupplementalGroups[i]);
        }

        if (context.FsGroupChangePolicy is { } policy and not ("Always" or "OnRootMismatch"))
        {
            errors.NotSupported(path.Child("fsGroupChangePolicy"), policy, "Always", "OnRootMismatch");
        }

        if (context.SupplementalGroupsPolicy is { } groups and not ("Merge" or "Strict"))
        {
            errors.NotSupported(path.Child("supplementalGroupsPolicy"), groups, "Merge", "Strict");
        }

        CheckSysctls(errors, path.Child("sysctls"), context.Sysctls);
        CheckSeccomp(errors, path.Child("seccompProfile"), context.SeccompProfile);
        CheckAppArmor(errors, path.Child("appArmorProfile"), context.AppArmorProfile);
    }

    public static void CheckContainer(FieldErrors errors, FieldPath path, SecurityContext? context)
    {
        if (context is null)
        {
            return;
        }

        CheckId(errors, path.Child("runAsUser"), context.RunAsUser);
        CheckId(errors, path.Child("runAsGroup"), context.RunAsGroup);
        if (context.ProcMount is { } mount and not ("Default" or "Unmasked"))
        {
            errors.NotSupported(path.Child("procMount"), mount, "Default", "Unmasked");
        }

        if (context.AllowPrivilegeEscalation is false && context.Privileged is true)
        {
            errors.InvalidJson(path, Shown.Of(context),
                "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
        }

        if (context.AllowPrivilegeEscalation is false
            && (context.Capabilities?.Add.Any(name => name is "CAP_SYS_ADMIN" or "SYS_ADMIN") ?? false))
        {
            errors.InvalidJson(path, Shown.Of(context),
                "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
        }

        CheckSeccomp(errors, path.Child("seccompProfile"), context.SeccompProfile);
        CheckAppArmor(errors, path.Child("appArmorProfile"), context.AppArmorProfile);
    }

    private static void CheckHostUsers(FieldErrors errors, FieldPath path, bool shared)
    {
        if (shared)
        {
            errors.Forbidden(path, "when `hostUsers` is false");
        }
    }

    private static void CheckId(FieldErrors errors, FieldPath path, long? id)
    {
        if (id is { } value)
        {
            errors.Invalid(path, value, NameRules.UserOrGroupId(value));
        }
    }

    private static void CheckSysctls(FieldErrors errors, FieldPath path, ValueList<Sysctl> sysctls)
    {
        var names = new HashSet<string>();
        for (var i = 0; i < sysctls.Count; i++)
        {
            var name = sysctls[i].Name;
            var at = path.Index(i).Child("name");
            if (name.Length == 0)
            {
                errors.Required(at);
            }
            else if (name.Length > 253 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/'))
            {
                errors.Invalid(at, name, "must have at most 253 characters and match regex "
                    + "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$");
            }
            else if (!names.Add(name.Replace('/', '.')))
            {
                errors.Duplicate(at, name);
            }
        }
    }

    private static void CheckSeccomp(FieldErrors errors, FieldPath path, SeccompProfile? profile)
    {
        if (profile is not null)
        {
            CheckProfile(errors, path, profile.Type, profile.LocalhostProfile, "seccomp");
        }
    }

    private static void CheckAppArmor(FieldErrors errors, FieldPath path, AppArmorProfile? profile)
    {
        if (profile is not null)
        {
            CheckProfile(errors, path, profile.Type, profile.LocalhostProfile, "AppArmor");
        }
    }

    private static void CheckProfile(
        FieldErrors errors, FieldPath path, string type, string? localhost, string what)
    {
        switch (type)
        {
            case "Localhost" when string.IsNullOrEmpty(localhost):
                errors.Required(path.Child("localhostProfile"), $"must be set when {what} type is Localhost");
                break;
            case "RuntimeDefault" or "Unconfined" when localhost is not null:
                errors.Invalid(path.Child("localhostProfile"), localhost,
                    $"can only be set when {what} type is Localhost");
                break;
            case "Localhost" or "RuntimeDefault" or "Unconfined":
                break;
            case "":
                errors.Required(path.Child("type"), "type is required when " + what + "Profile is set");
                break;
            default:
                errors.NotSupported(path.Child("type"), type, "Localhost", "RuntimeDefault", "Unconfined");
                break;
        }
    }
}
