using System.Text.RegularExpressions;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of security contexts, and of the host namespaces that a pod may share.</summary>
internal static partial class SecurityRules
{
    private const int SysctlLengthMax = 253;
    private const int AppArmorProfileLengthMax = 4095;
    private const string SysctlPattern = @"^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";

    public static void CheckPod(FieldErrors errors, FieldPath spec, PodSpec pod)
    {
        var path = spec.Child("securityContext");
        if (pod.HostPID && pod.ShareProcessNamespace is true)
        {
            errors.Invalid(path.Child("shareProcessNamespace"), true,
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

        CheckId(errors, path.Child("fsGroup"), context.FsGroup);
        CheckId(errors, path.Child("runAsUser"), context.RunAsUser);
        CheckId(errors, path.Child("runAsGroup"), context.RunAsGroup);
        for (var i = 0; i < context.SupplementalGroups.Count; i++)
        {
            CheckId(errors, path.Child("supplementalGroups").Index(i), context.SupplementalGroups[i]);
        }

        CheckSysctls(errors, path.Child("sysctls"), context.Sysctls, pod);
        CheckOneOf(
            errors, path.Child("fsGroupChangePolicy"), context.FsGroupChangePolicy, "Always", "OnRootMismatch");
        CheckSeccomp(errors, path.Child("seccompProfile"), context.SeccompProfile);
        WindowsRules.CheckOptions(errors, path.Child("windowsOptions"), context.WindowsOptions);
        CheckAppArmor(errors, path.Child("appArmorProfile"), context.AppArmorProfile);
        CheckOneOf(errors, path.Child("supplementalGroupsPolicy"), context.SupplementalGroupsPolicy, "Merge", "Strict");
        CheckOneOf(
            errors, path.Child("seLinuxChangePolicy"), context.SeLinuxChangePolicy, "MountOption", "Recursive");
    }

    /// <param name="errors">What is complained of.</param>
    /// <param name="path">Of the context.</param>
    /// <param name="context">The container's, if it has one.</param>
    /// <param name="sharesUsers">Whether users in the pod are those of the host.</param>
    public static void CheckContainer(FieldErrors errors, FieldPath path, SecurityContext? context, bool sharesUsers)
    {
        if (context is null)
        {
            return;
        }

        CheckId(errors, path.Child("runAsUser"), context.RunAsUser);
        CheckId(errors, path.Child("runAsGroup"), context.RunAsGroup);
        CheckOneOf(errors, path.Child("procMount"), context.ProcMount, "Default", "Unmasked");
        if (sharesUsers && context.ProcMount == "Unmasked")
        {
            errors.Invalid(
                path.Child("procMount"), context.ProcMount, "`hostUsers` must be false to use `Unmasked`");
        }

        CheckSeccomp(errors, path.Child("seccompProfile"), context.SeccompProfile);
        if (context is { AllowPrivilegeEscalation: false, Privileged: true })
        {
            errors.InvalidJson(path, Shown.Of(context),
                "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
        }

        if (context.AllowPrivilegeEscalation is false && context.Capabilities?.Add.Contains("CAP_SYS_ADMIN") == true)
        {
            errors.InvalidJson(path, Shown.Of(context),
                "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
        }

        WindowsRules.CheckOptions(errors, path.Child("windowsOptions"), context.WindowsOptions);
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

    private static void CheckOneOf(FieldErrors errors, FieldPath path, string? value, string one, string other)
    {
        if (value is not null && value != one && value != other)
        {
            errors.NotSupported(path, value, one, other);
        }
    }

    private static void CheckSysctls(FieldErrors errors, FieldPath path, ValueList<Sysctl> sysctls, PodSpec pod)
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
            else if (name.Length > SysctlLengthMax || !SysctlName().IsMatch(name) || name.EndsWith('\n'))
            {
                errors.Invalid(at, name,
                    $"must have at most {SysctlLengthMax} characters and match regex {SysctlPattern}");
            }
            else if (names.Contains(name))
            {
                errors.Duplicate(at, name);
            }

            CheckHostSysctl(errors, at, name, pod);
            names.Add(name);
        }
    }

    /// <summary>What a pod shares with the host it may not set for the host.</summary>
    private static void CheckHostSysctl(FieldErrors errors, FieldPath path, string name, PodSpec pod)
    {
        var dotted = name.Replace('/', '.');
        var isOfIpc = dotted is "kernel.sem" || dotted.StartsWith("kernel.shm") || dotted.StartsWith("kernel.msg")
            || dotted.StartsWith("fs.mqueue.");
        if (pod.HostNetwork && dotted.StartsWith("net."))
        {
            errors.Invalid(path, name, "may not be specified when 'hostNetwork' is true");
        }
        else if (pod.HostIPC && isOfIpc)
        {
            errors.Invalid(path, name, "may not be specified when 'hostIPC' is true");
        }
    }

    private static void CheckSeccomp(FieldErrors errors, FieldPath path, SeccompProfile? profile)
    {
        if (profile is null)
        {
            return;
        }

        CheckProfileType(errors, path.Child("type"), profile.Type, "seccompProfile");
        var localhost = path.Child("localhostProfile");
        switch (profile)
        {
            case { Type: "Localhost", LocalhostProfile: null }:
                errors.Required(localhost, "must be set when seccomp type is Localhost");
                break;
            case { Type: "Localhost", LocalhostProfile: { } file }:
                MountRules.CheckDescending(errors, localhost, file);
                break;
            case { LocalhostProfile: not null }:
                errors.InvalidJson(localhost, Shown.Of(profile), "can only be set when seccomp type is Localhost");
                break;
            default:
                break;
        }
    }

    private static void CheckAppArmor(FieldErrors errors, FieldPath path, AppArmorProfile? profile)
    {
        if (profile is null)
        {
            return;
        }

        const string needed = "must be set when AppArmor type is Localhost";
        CheckProfileType(errors, path.Child("type"), profile.Type, "appArmorProfile");
        var localhost = path.Child("localhostProfile");
        switch (profile)
        {
            case { Type: "Localhost", LocalhostProfile: null or "" }:
                errors.Required(localhost, needed);
                break;
            case { Type: "Localhost", LocalhostProfile: { } name }:
                if (name.Trim() != name)
                {
                    errors.Invalid(localhost, name, "must not be padded with whitespace");
                }

                if (name.Length > AppArmorProfileLengthMax)
                {
                    errors.TooLong(localhost, AppArmorProfileLengthMax);
                }

                break;
            case { Type: "RuntimeDefault" or "Unconfined", LocalhostProfile: { } name }:
                errors.Invalid(localhost, name, "can only be set when AppArmor type is Localhost");
                break;
            default:
                break;
        }
    }

    private static void CheckProfileType(FieldErrors errors, FieldPath path, string type, string owner)
    {
        if (type.Length == 0)
        {
            errors.Required(path, $"type is required when {owner} is set");
        }
        else if (type is not ("Localhost" or "RuntimeDefault" or "Unconfined"))
        {
            errors.NotSupported(path, type, "Localhost", "RuntimeDefault", "Unconfined");
        }
    }

    [GeneratedRegex(SysctlPattern)]
    private static partial Regex SysctlName();
}
