using ActorOrchestrator.Api.Policy;
using ActorOrchestrator.Api.Rbac;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of PodDisruptionBudgets and of role-based access control.</summary>
internal static class PolicyRules
{
    private const string RbacGroup = "rbac.authorization.k8s.io";

    public static void Check(FieldErrors errors, PodDisruptionBudget budget)
    {
        var path = FieldPath.Root("spec");
        var spec = budget.Spec;
        if (spec.MinAvailable is not null && spec.MaxUnavailable is not null)
        {
            errors.InvalidJson(path, Shown.Of(spec), "minAvailable and maxUnavailable cannot be both set");
        }

        RolloutRules.CheckAmount(errors, path.Child("minAvailable"), spec.MinAvailable);
        RolloutRules.CheckAtMostAll(errors, path.Child("minAvailable"), spec.MinAvailable);
        RolloutRules.CheckAmount(errors, path.Child("maxUnavailable"), spec.MaxUnavailable);
        RolloutRules.CheckAtMostAll(errors, path.Child("maxUnavailable"), spec.MaxUnavailable);
        if (spec.UnhealthyPodEvictionPolicy is not (null or "AlwaysAllow" or "IfHealthyBudget"))
        {
            errors.NotSupported(path.Child("unhealthyPodEvictionPolicy"), spec.UnhealthyPodEvictionPolicy,
                "AlwaysAllow", "IfHealthyBudget");
        }

        SelectorRules.Check(errors, path.Child("selector"), spec.Selector);
    }

    /// <param name="errors">Where complaints go.</param>
    /// <param name="rules">What the role allows.</param>
    /// <param name="namespaced">A Role, which can allow nothing outside of the API's objects.</param>
    public static void CheckRole(FieldErrors errors, ValueList<PolicyRule> rules, bool namespaced)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            var rule = rules[i];
            var path = FieldPath.Root("rules").Index(i);
            if (rule.Verbs.Count == 0)
            {
                errors.Required(path.Child("verbs"), "verbs must contain at least one value");
            }

            if (rule.NonResourceURLs.Count > 0)
            {
                if (namespaced)
                {
                    errors.InvalidJson(path.Child("nonResourceURLs"), Shown.Strings(rule.NonResourceURLs),
                        "namespaced rules cannot apply to non-resource URLs");
                }

                if (rule.ApiGroups.Count > 0 || rule.Resources.Count > 0 || rule.ResourceNames.Count > 0)
                {
                    errors.InvalidJson(path.Child("nonResourceURLs"), Shown.Strings(rule.NonResourceURLs),
                        "rules cannot apply to both regular resources and non-resource URLs");
                }

                continue;
            }

            if (rule.ApiGroups.Count == 0)
            {
                errors.Required(path.Child("apiGroups"), "resource rules must supply at least one api group");
            }

            if (rule.Resources.Count == 0)
            {
                errors.Required(path.Child("resources"), "resource rules must supply at least one resource");
            }
        }
    }

    /// <summary>A role that is made of others says which.</summary>
    public static void CheckAggregation(FieldErrors errors, AggregationRule? aggregation)
    {
        if (aggregation is null)
        {
            return;
        }

        var path = FieldPath.Root("aggregationRule").Child("clusterRoleSelectors");
        if (aggregation.ClusterRoleSelectors.Count == 0)
        {
            errors.Required(path, "at least one clusterRoleSelector required if aggregationRule is non-nil");
        }

        for (var i = 0; i < aggregation.ClusterRoleSelectors.Count; i++)
        {
            SelectorRules.Check(errors, path.Index(i), aggregation.ClusterRoleSelectors[i]);
        }
    }

    public static void CheckBinding(
        FieldErrors errors, RoleRef role, ValueList<Subject> subjects, params ReadOnlySpan<string> roleKinds)
    {
        var path = FieldPath.Root("roleRef");
        if (role.ApiGroup != RbacGroup)
        {
            errors.NotSupported(path.Child("apiGroup"), role.ApiGroup, RbacGroup);
        }

        if (!roleKinds.Contains(role.Kind))
        {
            errors.NotSupported(path.Child("kind"), role.Kind, roleKinds);
        }

        if (role.Name.Length == 0)
        {
            errors.Required(path.Child("name"));
        }
        else
        {
            errors.Invalid(path.Child("name"), role.Name, NameRules.PathSegment(role.Name));
        }

        // A RoleBinding's own namespace is meant by a service account that names none.
        var isNamespaced = roleKinds.Contains("Role");
        for (var i = 0; i < subjects.Count; i++)
        {
            CheckSubject(errors, FieldPath.Root("subjects").Index(i), subjects[i], isNamespaced);
        }
    }

    public static void CheckRoleKept(FieldErrors errors, RoleRef old, RoleRef @new)
    {
        if (old != @new)
        {
            errors.InvalidJson(FieldPath.Root("roleRef"), Shown.Of(@new), "cannot change roleRef");
        }
    }

    private static void CheckSubject(FieldErrors errors, FieldPath path, Subject subject, bool isNamespaced)
    {
        if (subject.Name.Length == 0)
        {
            errors.Required(path.Child("name"));
        }

        switch (subject.Kind)
        {
            case "ServiceAccount":
                if (subject.Name.Length > 0)
                {
                    errors.Invalid(path.Child("name"), subject.Name, NameRules.Subdomain(subject.Name));
                }

                if (!string.IsNullOrEmpty(subject.ApiGroup))
                {
                    errors.NotSupported(path.Child("apiGroup"), subject.ApiGroup, "");
                }

                if (!isNamespaced && string.IsNullOrEmpty(subject.Namespace))
                {
                    errors.Required(path.Child("namespace"));
                }

                break;
            case "User" or "Group":
                if (subject.ApiGroup != RbacGroup)
                {
                    errors.NotSupported(path.Child("apiGroup"), subject.ApiGroup ?? "", RbacGroup);
                }

                break;
            default:
                errors.NotSupported(path.Child("kind"), subject.Kind, "ServiceAccount", "User", "Group");
                break;
        }
    }
}
