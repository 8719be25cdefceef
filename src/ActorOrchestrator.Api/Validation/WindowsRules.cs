using System.Buffers;
using System.Text.RegularExpressions;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>What pods for Windows may have, and what pods for Linux may not. Nodes here run Linux; pods for others are
/// stored, and wait.</summary>
internal static partial class WindowsRules
{
    private const string NotOnLinux = "windows options cannot be set for a linux pod";
    private const string NotOnWindows = "cannot be set for a windows pod";
    private const string DnsLabel = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
    private const int CredentialSpecLengthMax = 64 * 1024;
    private const int DomainLengthMax = 256;
    private const int UserLengthMax = 104;
    private static readonly SearchValues<char> NotInUsers = SearchValues.Create("\"/\\:;|=,+*?<>@[]");

    public static void CheckPod(FieldErrors errors, FieldPath spec, PodSpec pod)
    {
        CheckHostProcess(errors, spec, pod);
        switch (pod.Os)
        {
            case null or { Name: "" }:
                break;
            case { Name: "linux" }:
                ForbidOptions(errors, spec.Child("securityContext"), pod.SecurityContext?.WindowsOptions);
                foreach (var (at, context) in Contexts(spec, pod))
                {
                    ForbidOptions(errors, at, context?.WindowsOptions);
                }

                break;
            case { Name: "windows" }:
                CheckForWindows(errors, spec, pod);
                foreach (var (at, context) in Contexts(spec, pod))
                {
                    CheckForWindows(errors, at, context);
                }

                break;
            default:
                break;
        }
    }

    public static void CheckOptions(FieldErrors errors, FieldPath path, WindowsSecurityContextOptions? options)
    {
        if (options?.GmsaCredentialSpecName is { } name)
        {
            errors.Invalid(path.Child("gmsaCredentialSpecName"), name, NameRules.Subdomain(name));
        }

        if (options?.GmsaCredentialSpec is { } spec && spec.Length is 0 or > CredentialSpecLengthMax)
        {
            errors.Invalid(path.Child("gmsaCredentialSpec"), spec, spec.Length == 0
                ? "gmsaCredentialSpec cannot be an empty string"
                : $"gmsaCredentialSpec size must be under {CredentialSpecLengthMax / 1024} KiB");
        }

        if (options?.RunAsUserName is { } user)
        {
            foreach (var complaint in UserComplaints(user))
            {
                errors.Invalid(path.Child("runAsUserName"), user, complaint);
            }
        }
    }

    private static IEnumerable<string> UserComplaints(string name)
    {
        var parts = name.Split('\\');
        if (name.Length == 0)
        {
            return ["runAsUserName cannot be an empty string"];
        }

        if (name.Any(letter => letter is < ' ' or '\u007f'))
        {
            return ["runAsUserName cannot contain control characters"];
        }

        return parts.Length > 2
            ? ["runAsUserName cannot contain more than one backslash"]
            : [.. parts.Length == 2 ? DomainComplaints(parts[0]) : [], .. AccountComplaints(parts[^1])];
    }

    private static IEnumerable<string> DomainComplaints(string domain)
    {
        if (domain.Length >= DomainLengthMax)
        {
            yield return $"runAsUserName's Domain length must be under {DomainLengthMax} characters";
        }

        if (!NetBios().IsMatch(domain) && !DnsName().IsMatch(domain))
        {
            yield return "runAsUserName's Domain doesn't match the NetBios nor the DNS format";
        }
    }

    private static IEnumerable<string> AccountComplaints(string user)
    {
        if (user.Length == 0)
        {
            yield return "runAsUserName's User cannot be empty";
        }
        else if (user.Length > UserLengthMax)
        {
            yield return $"runAsUserName's User length must not be longer than {UserLengthMax} characters";
        }

        if (user.Length > 0 && user.All(letter => letter is '.' or ' '))
        {
            yield return "runAsUserName's User cannot contain only periods or spaces";
        }

        if (user.AsSpan().ContainsAny(NotInUsers))
        {
            yield return "runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]";
        }
    }

    /// <summary>All containers of a pod are processes of the host, or none is.</summary>
    private static void CheckHostProcess(FieldErrors errors, FieldPath spec, PodSpec pod)
    {
        var whole = pod.SecurityContext?.WindowsOptions?.HostProcess;
        var (containers, onHost) = (0, 0);
        foreach (var (at, context) in Contexts(spec, pod))
        {
            var own = context?.WindowsOptions?.HostProcess;
            if (whole is { } both && own is { } other && both != other)
            {
                errors.Invalid(at.Child("windowsOptions", "hostProcess"), other,
                    "pod hostProcess value must be identical if both are specified, was "
                    + (both ? "true" : "false"));
            }

            containers++;
            onHost += own ?? whole ?? false ? 1 : 0;
        }

        if (onHost > 0 && onHost != containers)
        {
            errors.Invalid(spec, "",
                "If pod contains any hostProcess containers then all containers must be HostProcess containers");
        }

        if (onHost > 0 && !pod.HostNetwork)
        {
            errors.Invalid(spec.Child("hostNetwork"), false,
                "hostNetwork must be true if pod contains any hostProcess containers");
        }
    }

    private static IEnumerable<(FieldPath Path, SecurityContext? Context)> Contexts(FieldPath spec, PodSpec pod)
    {
        for (var i = 0; i < pod.InitContainers.Count; i++)
        {
            yield return (
                spec.Child("initContainers").Index(i).Child("securityContext"), pod.InitContainers[i].SecurityContext);
        }

        for (var i = 0; i < pod.Containers.Count; i++)
        {
            yield return (
                spec.Child("containers").Index(i).Child("securityContext"), pod.Containers[i].SecurityContext);
        }

        for (var i = 0; i < pod.EphemeralContainers.Count; i++)
        {
            yield return (
                spec.Child("ephemeralContainers").Index(i).Child("securityContext"),
                pod.EphemeralContainers[i].SecurityContext);
        }
    }

    private static void ForbidOptions(FieldErrors errors, FieldPath context, WindowsSecurityContextOptions? options)
    {
        if (options is not null)
        {
            errors.Forbidden(context.Child("windowsOptions"), NotOnLinux);
        }
    }

    private static void CheckForWindows(FieldErrors errors, FieldPath spec, PodSpec pod)
    {
        var path = spec.Child("securityContext");
        var context = pod.SecurityContext ?? new PodSecurityContext();
        Forbid(path.Child("appArmorProfile"), context.AppArmorProfile is not null);
        Forbid(path.Child("seLinuxOptions"), context.SeLinuxOptions is not null);
        Forbid(spec.Child("hostUsers"), pod.HostUsers is not null);
        Forbid(spec.Child("hostPID"), pod.HostPID);
        Forbid(spec.Child("hostIPC"), pod.HostIPC);
        Forbid(path.Child("seccompProfile"), context.SeccompProfile is not null);
        Forbid(path.Child("fsGroup"), context.FsGroup is not null);
        Forbid(path.Child("fsGroupChangePolicy"), context.FsGroupChangePolicy is not null);
        Forbid(path.Child("sysctls"), context.Sysctls.Count > 0);
        Forbid(spec.Child("shareProcessNamespace"), pod.ShareProcessNamespace is not null);
        Forbid(path.Child("runAsUser"), context.RunAsUser is not null);
        Forbid(path.Child("runAsGroup"), context.RunAsGroup is not null);
        Forbid(path.Child("supplementalGroups"), context.SupplementalGroups.Count > 0);
        Forbid(path.Child("supplementalGroupsPolicy"), context.SupplementalGroupsPolicy is not null);
        Forbid(path.Child("seLinuxChangePolicy"), context.SeLinuxChangePolicy is not null);

        void Forbid(FieldPath field, bool isSet) => ForbidOnWindows(errors, field, isSet);
    }

    private static void CheckForWindows(FieldErrors errors, FieldPath path, SecurityContext? context)
    {
        Forbid("appArmorProfile", context?.AppArmorProfile);
        Forbid("seLinuxOptions", context?.SeLinuxOptions);
        Forbid("seccompProfile", context?.SeccompProfile);
        Forbid("capabilities", context?.Capabilities);
        Forbid("readOnlyRootFilesystem", context?.ReadOnlyRootFilesystem);
        Forbid("privileged", context?.Privileged);
        Forbid("allowPrivilegeEscalation", context?.AllowPrivilegeEscalation);
        Forbid("procMount", context?.ProcMount);
        Forbid("runAsUser", context?.RunAsUser);
        Forbid("runAsGroup", context?.RunAsGroup);

        void Forbid(string field, object? value) => ForbidOnWindows(errors, path.Child(field), value is not null);
    }

    private static void ForbidOnWindows(FieldErrors errors, FieldPath path, bool isSet)
    {
        if (isSet)
        {
            errors.Forbidden(path, NotOnWindows);
        }
    }

    [GeneratedRegex("""^[^\\/:\*\?"<>|\.][^\\/:\*\?"<>|]{0,14}\z""")]
    private static partial Regex NetBios();

    [GeneratedRegex("^" + DnsLabel + "(?:\\." + DnsLabel + ")*\\z")]
    private static partial Regex DnsName();
}
