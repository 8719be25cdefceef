using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Admission.Quotas;

/// <summary>Which objects a ResourceQuota is about: all, or, where it has scopes, the pods that are in all of
/// them.</summary>
internal static class QuotaScope
{
    public static bool Includes(ResourceQuotaSpec quota, KubeObject value)
    {
        var selected = quota.ScopeSelector?.MatchExpressions ?? [];
        if (quota.Scopes.Count == 0 && selected.Count == 0)
        {
            return true;
        }

        return value is Pod pod
            && quota.Scopes.All(scope => IsIn(scope, pod))
            && selected.All(requirement => Holds(requirement, pod));
    }

    private static bool Holds(ScopedResourceSelectorRequirement requirement, Pod pod) => requirement.Operator switch
    {
        "In" => requirement.Values.Contains(pod.Spec.PriorityClassName ?? ""),
        "NotIn" => !requirement.Values.Contains(pod.Spec.PriorityClassName ?? ""),
        "Exists" => IsIn(requirement.ScopeName, pod),
        "DoesNotExist" => !IsIn(requirement.ScopeName, pod),
        _ => false,
    };

    private static bool IsIn(string scope, Pod pod) => scope switch
    {
        "Terminating" => pod.Spec.ActiveDeadlineSeconds is not null,
        "NotTerminating" => pod.Spec.ActiveDeadlineSeconds is null,
        "BestEffort" => PodQos.ClassOf(pod.Spec) == PodQos.BestEffort,
        "NotBestEffort" => PodQos.ClassOf(pod.Spec) != PodQos.BestEffort,
        "PriorityClass" => pod.Spec.PriorityClassName is { Length: > 0 },
        "CrossNamespacePodAffinity" => AffinityTerms(pod.Spec).Any(term =>
            term.Namespaces.Count > 0 || term.NamespaceSelector is not null),
        _ => false,
    };

    private static IEnumerable<PodAffinityTerm> AffinityTerms(PodSpec spec)
    {
        var (with, without) = (spec.Affinity?.PodAffinity, spec.Affinity?.PodAntiAffinity);
        return (with?.RequiredDuringSchedulingIgnoredDuringExecution ?? [])
            .Concat(without?.RequiredDuringSchedulingIgnoredDuringExecution ?? [])
            .Concat((with?.PreferredDuringSchedulingIgnoredDuringExecution ?? []).Select(each => each.PodAffinityTerm))
            .Concat((without?.PreferredDuringSchedulingIgnoredDuringExecution ?? [])
                .Select(each => each.PodAffinityTerm));
    }
}
