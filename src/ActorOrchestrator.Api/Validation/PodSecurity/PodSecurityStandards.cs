using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation.PodSecurity;

/// <summary>The Pod Security Standards: what in a pod a policy does not allow, in the words of Kubernetes' plugin
/// PodSecurity.</summary>
public static class PodSecurityStandards
{
    private delegate string? Check(PodUnderCheck pod);

    /// <param name="Check">What is looked at.</param>
    /// <param name="Since">The version of the standards that brought it.</param>
    /// <param name="Instead">The check of baseline whose place it takes.</param>
    private readonly record struct Rule(Check Check, int Since = 0, Check? Instead = null);

    /// <summary>What changed within a check later on stands in the check.</summary>
    private static readonly Rule[] Baseline =
    [
        new(BaselineChecks.AppArmorProfile), new(BaselineChecks.Capabilities), new(BaselineChecks.HostNamespaces),
        new(BaselineChecks.HostPathVolumes), new(BaselineChecks.HostPorts), new(BaselineChecks.HostProbes, Since: 34),
        new(BaselineChecks.Privileged), new(BaselineChecks.ProcMount), new(BaselineChecks.SeLinuxOptions),
        new(BaselineChecks.SeccompProfile), new(BaselineChecks.Sysctls), new(BaselineChecks.WindowsHostProcess),
    ];

    private static readonly Rule[] Restricted =
    [
        new(RestrictedChecks.AllowPrivilegeEscalation, Since: 8),
        new(RestrictedChecks.Capabilities, Since: 22, Instead: BaselineChecks.Capabilities),
        new(RestrictedChecks.ProcMount, Since: 35, Instead: BaselineChecks.ProcMount),
        new(RestrictedChecks.VolumeTypes, Instead: BaselineChecks.HostPathVolumes),
        new(RestrictedChecks.RunAsNonRoot),
        new(RestrictedChecks.RunAsUser, Since: 23),
        new(RestrictedChecks.SeccompProfile, Since: 19, Instead: BaselineChecks.SeccompProfile),
    ];

    /// <summary>What is wrong, all of it; null when the policy allows the pod.</summary>
    public static string? Violation(PodSecurityPolicy policy, ObjectMeta metadata, PodSpec spec)
    {
        if (policy.IsPrivileged)
        {
            return null;
        }

        var found = Found(policy, metadata, spec);
        return found.Count == 0 ? null : $"violate PodSecurity \"{policy}\": {string.Join(", ", found)}";
    }

    /// <summary>What is said when a namespace enforces more than before: which of its pods it would not have let
    /// in.</summary>
    public static IReadOnlyList<string> Warnings(Namespace old, Namespace @new, IEnumerable<Pod> pods)
    {
        var (before, policy) = (PodSecurityPolicy.Of(old, "enforce"), PodSecurityPolicy.Of(@new, "enforce"));
        if (policy == before || policy.IsPrivileged || (before.IsRestricted && policy.Version == before.Version))
        {
            return [];
        }

        var violations = pods
            .Select(pod => (pod.Metadata.Name, Found: Found(policy, pod.Metadata, pod.Spec)))
            .Where(pod => pod.Found.Count > 0)
            .GroupBy(pod => string.Join(", ", pod.Found.Select(found => found[..found.IndexOf(" (")])))
            .Select(group => $"{group.First().Name}{Others(group.Count() - 1)}: {group.Key}")
            .Order(StringComparer.Ordinal).ToList();
        return violations.Count == 0
            ? []
            :
            [
                $"existing pods in namespace \"{@new.Metadata.Name}\" violate the new PodSecurity enforce level "
                    + $"\"{policy}\"",
                .. violations,
            ];
    }

    private static string Others(int count) => count switch
    {
        0 => "",
        1 => " (and 1 other pod)",
        _ => $" (and {count} other pods)",
    };

    private static List<string> Found(PodSecurityPolicy policy, ObjectMeta metadata, PodSpec spec)
    {
        var pod = new PodUnderCheck(metadata, spec, policy.Minor);
        var own = policy.IsRestricted ? Restricted.Where(rule => rule.Since <= policy.Minor).ToList() : [];
        var common = Baseline.Where(rule => rule.Since <= policy.Minor
            && own.TrueForAll(other => other.Instead != rule.Check));
        return [.. common.Concat(own).Select(rule => rule.Check(pod)).OfType<string>()];
    }

    /// <summary>What the namespace wants its users to be warned of: about pods, and about what makes pods. A pod that
    /// is refused gets no warning besides.</summary>
    public static IReadOnlyList<string> Warnings(KubeObject value, Namespace? @namespace)
    {
        if (@namespace is null || TemplateIn(value) is not var (metadata, spec))
        {
            return [];
        }

        var isRefused = value is Pod
            && Violation(PodSecurityPolicy.Of(@namespace, "enforce"), metadata, spec) is not null;
        return !isRefused && Violation(PodSecurityPolicy.Of(@namespace, "warn"), metadata, spec) is { } violation
            ? [$"would {violation}"]
            : [];
    }

    /// <summary>Whether two versions of an object make the same pods, if they make any.</summary>
    public static bool MakesSamePods(KubeObject old, KubeObject @new) => TemplateIn(old) == TemplateIn(@new);

    private static (ObjectMeta Metadata, PodSpec Spec)? TemplateIn(KubeObject value) => value switch
    {
        Pod pod => (pod.Metadata, pod.Spec),
        PodTemplate it => Of(it.Template),
        Deployment it => Of(it.Spec.Template),
        ReplicaSet it => Of(it.Spec.Template),
        ReplicationController { Spec.Template: { } it } => Of(it),
        StatefulSet it => Of(it.Spec.Template),
        DaemonSet it => Of(it.Spec.Template),
        Job it => Of(it.Spec.Template),
        CronJob it => Of(it.Spec.JobTemplate.Spec.Template),
        _ => null,
    };

    private static (ObjectMeta, PodSpec) Of(PodTemplateSpec template) => (template.Metadata, template.Spec);
}
