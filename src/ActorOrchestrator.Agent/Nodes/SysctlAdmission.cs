using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Agent.Nodes;

/// <summary>Which kernel parameters pods may set on a machine (kubelet's <c>--allowed-unsafe-sysctls</c>): those that
/// change nothing outside of a pod, and what the machine's administrator allows besides. Only what the kernel keeps for
/// each namespace can be allowed.
/// <code>
///   kernel.shm_rmid_forced   safe, always
///   net.core.somaxconn       that one
///   net.core.*               all that begin so
/// </code>
/// </summary>
public static class SysctlAdmission
{
    private const string Ipc = "ipc";
    private const string Net = "net";

    private static readonly (string Prefix, string Namespace)[] Namespaces =
        [("kernel.shm", Ipc), ("kernel.msg", Ipc), ("fs.mqueue.", Ipc), ("net.", Net)];

    /// <summary>What is wrong with a setting that allows a parameter, or many; null: nothing.</summary>
    public static string? Complaint(string pattern)
    {
        var name = WithDots(pattern);
        var stem = name.EndsWith('*') ? name[..^1] : name;
        return stem.Length == 0 || stem.Any(letter => !IsOfName(letter))
            ? "no name of a kernel parameter, nor the beginning of some with a * at its end"
            : NamespaceOf(stem) is null ? "not known to be kept for each namespace" : null;

        static bool IsOfName(char letter) => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter)
            || letter is '.' or '_' or '-' or '/';
    }

    /// <param name="pod">The pod that is to run here.</param>
    /// <param name="allowed">Patterns of names that the machine allows besides the safe ones.</param>
    public static NodeRejection? Refusal(Pod pod, IReadOnlyCollection<string> allowed)
    {
        var names = (pod.Spec.SecurityContext?.Sysctls ?? []).Select(sysctl => WithDots(sysctl.Name));
        return names.Select(name => Complaint(pod.Spec, name, allowed)).FirstOrDefault(each => each is not null)
            is { } complaint
                ? new NodeRejection("SysctlForbidden", $"forbidden sysctl: {complaint}")
                : null;
    }

    private static string? Complaint(PodSpec pod, string name, IReadOnlyCollection<string> allowed)
    {
        if (!SafeSysctls.Has(name) && !allowed.Any(pattern => IsMatch(WithDots(pattern), name)))
        {
            return $"\"{name}\" not allowlisted";
        }

        // In the machine's own namespace it would be the machine's.
        return NamespaceOf(name) switch
        {
            Ipc when pod.HostIPC => $"\"{name}\" not allowed with host ipc enabled",
            Net when pod.HostNetwork => $"\"{name}\" not allowed with host net enabled",
            _ => null,
        };
    }

    private static bool IsMatch(string pattern, string name) => pattern.EndsWith('*')
        ? name.StartsWith(pattern[..^1], StringComparison.Ordinal)
        : name == pattern;

    private static string? NamespaceOf(string name) => name == "kernel.sem"
        ? Ipc
        : Namespaces.FirstOrDefault(each => name.StartsWith(each.Prefix, StringComparison.Ordinal)).Namespace;

    /// <summary><c>net/ipv4/tcp_rmem</c> is another way to write <c>net.ipv4.tcp_rmem</c>: the first separator says
    /// which.</summary>
    private static string WithDots(string name) => name.IndexOfAny(['.', '/']) is var first && first >= 0
        && name[first] == '/'
            ? string.Create(name.Length, name, static (target, source) =>
            {
                for (var i = 0; i < target.Length; i++)
                {
                    target[i] = source[i] switch { '/' => '.', '.' => '/', var other => other };
                }
            })
            : name;
}
