using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of affinity, tolerations and topology spread.</summary>
internal static class SchedulingRules
{
    public static void CheckAffinity(FieldErrors errors, FieldPath path, Affinity? affinity)
    {
        if (affinity?.NodeAffinity is { } node)
        {
            CheckNodeAffinity(errors, path.Child("nodeAffinity"), node);
        }

        if (affinity?.PodAffinity is { } pod)
        {
            CheckPodTerms(errors, path.Child("podAffinity"), pod.RequiredDuringSchedulingIgnoredDuringExecution,
                pod.PreferredDuringSchedulingIgnoredDuringExecution);
        }

        if (affinity?.PodAntiAffinity is { } anti)
        {
            CheckPodTerms(errors, path.Child("podAntiAffinity"), anti.RequiredDuringSchedulingIgnoredDuringExecution,
                anti.PreferredDuringSchedulingIgnoredDuringExecution);
        }
    }

    public static void CheckNodeSelector(FieldErrors errors, FieldPath path, NodeSelector selector)
    {
        var terms = path.Child("nodeSelectorTerms");
        if (selector.NodeSelectorTerms.Count == 0)
        {
            errors.Required(terms, "must have at least one node selector term");
        }

        for (var i = 0; i < selector.NodeSelectorTerms.Count; i++)
        {
            CheckTerm(errors, terms.Index(i), selector.NodeSelectorTerms[i], isDemanded: true);
        }
    }

    public static void CheckTolerations(FieldErrors errors, FieldPath path, ValueList<Toleration> tolerations)
    {
        for (var i = 0; i < tolerations.Count; i++)
        {
            var toleration = tolerations[i];
            var at = path.Index(i);
            var @operator = toleration.Operator ?? "";
            if (!string.IsNullOrEmpty(toleration.Key))
            {
                errors.Invalid(at.Child("key"), toleration.Key, NameRules.QualifiedName(toleration.Key));
            }
            else if (@operator != "Exists")
            {
                errors.Invalid(at.Child("operator"), @operator, "operator must be Exists when `key` is empty, which "
                    + "means \"match all values and all keys\"");
            }

            if (toleration.TolerationSeconds is not null && toleration.Effect != "NoExecute")
            {
                errors.Invalid(at.Child("effect"), toleration.Effect ?? "",
                    "effect must be 'NoExecute' when `tolerationSeconds` is set");
            }

            CheckTolerationValue(errors, at.Child("operator"), toleration, @operator);
            if (!string.IsNullOrEmpty(toleration.Effect))
            {
                CheckEffect(errors, at.Child("effect"), toleration.Effect);
            }
        }
    }

    public static void CheckEffect(FieldErrors errors, FieldPath path, string effect)
    {
        if (effect is not ("NoSchedule" or "PreferNoSchedule" or "NoExecute"))
        {
            errors.NotSupported(path, effect, "NoSchedule", "PreferNoSchedule", "NoExecute");
        }
    }

    public static void CheckSpread(FieldErrors errors, FieldPath path, ValueList<TopologySpreadConstraint> constraints)
    {
        var seen = new HashSet<(string, string)>();
        for (var i = 0; i < constraints.Count; i++)
        {
            var constraint = constraints[i];
            var at = path.Index(i);
            if (constraint.MaxSkew <= 0)
            {
                errors.Invalid(at.Child("maxSkew"), constraint.MaxSkew, "must be greater than zero");
            }

            if (constraint.TopologyKey.Length == 0)
            {
                errors.Required(at.Child("topologyKey"), "can not be empty");
            }

            if (constraint.WhenUnsatisfiable is not ("DoNotSchedule" or "ScheduleAnyway"))
            {
                errors.NotSupported(at.Child("whenUnsatisfiable"), constraint.WhenUnsatisfiable,
                    "DoNotSchedule", "ScheduleAnyway");
            }

            if (!seen.Add((constraint.TopologyKey, constraint.WhenUnsatisfiable)))
            {
                errors.Duplicate(at.Child("{topologyKey, whenUnsatisfiable}"),
                    $"{{{constraint.TopologyKey}, {constraint.WhenUnsatisfiable}}}");
            }

            CheckMinDomains(errors, at.Child("minDomains"), constraint);
            CheckPolicy(errors, at.Child("nodeAffinityPolicy"), constraint.NodeAffinityPolicy);
            CheckPolicy(errors, at.Child("nodeTaintsPolicy"), constraint.NodeTaintsPolicy);
            SelectorRules.Check(errors, at.Child("labelSelector"), constraint.LabelSelector);
            CheckSpreadKeys(errors, at.Child("matchLabelKeys"), constraint);
        }
    }

    private static void CheckSpreadKeys(FieldErrors errors, FieldPath path, TopologySpreadConstraint constraint)
    {
        CheckLabelKeys(errors, path, constraint.MatchLabelKeys, constraint.LabelSelector);
        CheckNotSelected(errors, path, constraint.MatchLabelKeys, constraint.LabelSelector);
    }

    private static void CheckNotSelected(
        FieldErrors errors, FieldPath path, ValueList<string> keys, LabelSelector? selector)
    {
        for (var i = 0; selector is not null && i < keys.Count; i++)
        {
            var key = keys[i];
            if (selector.MatchLabels.ContainsKey(key) || selector.MatchExpressions.Any(each => each.Key == key))
            {
                errors.Invalid(path.Index(i), key, "exists in both matchLabelKeys and labelSelector");
            }
        }
    }

    /// <summary>Keys whose values are taken from the pod's own labels: they narrow a selector, and select nothing by
    /// themselves.</summary>
    private static void CheckLabelKeys(
        FieldErrors errors, FieldPath path, ValueList<string> keys, LabelSelector? selector)
    {
        if (keys.Count > 0 && selector is null)
        {
            errors.Forbidden(path, "must not be specified when labelSelector is not set");
            return;
        }

        for (var i = 0; i < keys.Count; i++)
        {
            errors.Invalid(path.Index(i), keys[i], NameRules.QualifiedName(keys[i]));
        }
    }

    private static void CheckNodeAffinity(FieldErrors errors, FieldPath path, NodeAffinity affinity)
    {
        if (affinity.RequiredDuringSchedulingIgnoredDuringExecution is { } required)
        {
            CheckNodeSelector(errors, path.Child("requiredDuringSchedulingIgnoredDuringExecution"), required);
        }

        for (var i = 0; i < affinity.PreferredDuringSchedulingIgnoredDuringExecution.Count; i++)
        {
            var term = affinity.PreferredDuringSchedulingIgnoredDuringExecution[i];
            var at = path.Child("preferredDuringSchedulingIgnoredDuringExecution").Index(i);
            CheckWeight(errors, at.Child("weight"), term.Weight);
            CheckTerm(errors, at.Child("preference"), term.Preference, isDemanded: false);
        }
    }

    /// <summary>A node that is only preferred need not be one that there can be.</summary>
    private static void CheckTerm(FieldErrors errors, FieldPath path, NodeSelectorTerm term, bool isDemanded)
    {
        for (var i = 0; i < term.MatchExpressions.Count; i++)
        {
            CheckExpression(errors, path.Child("matchExpressions").Index(i), term.MatchExpressions[i], isDemanded);
        }

        for (var i = 0; i < term.MatchFields.Count; i++)
        {
            var field = term.MatchFields[i];
            var at = path.Child("matchFields").Index(i);
            if (field.Operator is not ("In" or "NotIn"))
            {
                errors.Invalid(at.Child("operator"), field.Operator, "not a valid selector operator");
            }
            else if (field.Values.Count != 1)
            {
                errors.Required(at.Child("values"),
                    "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
            }

            if (field.Key != "metadata.name")
            {
                errors.Invalid(at.Child("key"), field.Key, "not a valid field selector key");
            }
            else
            {
                for (var j = 0; j < field.Values.Count; j++)
                {
                    errors.Invalid(
                        at.Child("values").Index(j), field.Values[j], NameRules.Subdomain(field.Values[j]));
                }
            }
        }
    }

    private static void CheckExpression(
        FieldErrors errors, FieldPath path, NodeSelectorRequirement requirement, bool isDemanded)
    {
        switch (requirement.Operator)
        {
            case "In" or "NotIn" when requirement.Values.Count == 0:
                errors.Required(path.Child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
                break;
            case "Exists" or "DoesNotExist" when requirement.Values.Count > 0:
                errors.Forbidden(path.Child("values"),
                    "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                break;
            case "Gt" or "Lt" when requirement.Values.Count != 1:
                errors.Required(path.Child("values"), "must be specified single value when `operator` is 'Lt' or 'Gt'");
                break;
            case "In" or "NotIn" or "Exists" or "DoesNotExist" or "Gt" or "Lt":
                break;
            default:
                errors.Invalid(path.Child("operator"), requirement.Operator, "not a valid selector operator");
                break;
        }

        errors.Invalid(path.Child("key"), requirement.Key, NameRules.QualifiedName(requirement.Key));
        for (var i = 0; isDemanded && i < requirement.Values.Count; i++)
        {
            errors.Invalid(
                path.Child("values").Index(i), requirement.Values[i], NameRules.LabelValue(requirement.Values[i]));
        }
    }

    private static void CheckPodTerms(
        FieldErrors errors, FieldPath path, ValueList<PodAffinityTerm> required,
        ValueList<WeightedPodAffinityTerm> preferred)
    {
        for (var i = 0; i < required.Count; i++)
        {
            CheckPodTerm(errors, path.Child("requiredDuringSchedulingIgnoredDuringExecution").Index(i), required[i]);
        }

        for (var i = 0; i < preferred.Count; i++)
        {
            var at = path.Child("preferredDuringSchedulingIgnoredDuringExecution").Index(i);
            CheckWeight(errors, at.Child("weight"), preferred[i].Weight);
            CheckPodTerm(errors, at.Child("podAffinityTerm"), preferred[i].PodAffinityTerm);
        }
    }

    private static void CheckPodTerm(FieldErrors errors, FieldPath path, PodAffinityTerm term)
    {
        SelectorRules.Check(errors, path.Child("labelSelector"), term.LabelSelector);
        SelectorRules.Check(errors, path.Child("namespaceSelector"), term.NamespaceSelector);
        CheckLabelKeys(errors, path.Child("matchLabelKeys"), term.MatchLabelKeys, term.LabelSelector);
        CheckLabelKeys(errors, path.Child("mismatchLabelKeys"), term.MismatchLabelKeys, term.LabelSelector);
        CheckNotSelected(errors, path, term.MatchLabelKeys, term.LabelSelector);
        for (var i = 0; i < term.MatchLabelKeys.Count; i++)
        {
            if (term.MismatchLabelKeys.Contains(term.MatchLabelKeys[i]))
            {
                errors.Invalid(path.Child("matchLabelKeys").Index(i), term.MatchLabelKeys[i],
                    "exists in both matchLabelKeys and mismatchLabelKeys");
            }
        }

        foreach (var name in term.Namespaces)
        {
            errors.Invalid(path.Child("namespace"), name, NameRules.Label(name));
        }

        if (term.TopologyKey.Length == 0)
        {
            errors.Required(path.Child("topologyKey"), "can not be empty");
        }

        errors.Invalid(path.Child("topologyKey"), term.TopologyKey, NameRules.QualifiedName(term.TopologyKey));
    }

    private static void CheckWeight(FieldErrors errors, FieldPath path, int weight)
    {
        if (weight is <= 0 or > 100)
        {
            errors.Invalid(path, weight, "must be in the range 1-100");
        }
    }

    private static void CheckTolerationValue(
        FieldErrors errors, FieldPath path, Toleration toleration, string @operator)
    {
        var value = toleration.Value ?? "";
        switch (@operator)
        {
            case "" or "Equal":
                var complaints = NameRules.LabelValue(value);
                if (complaints.Count > 0)
                {
                    errors.Invalid(path, value, string.Join(";", complaints));
                }

                break;
            case "Exists" when value.Length > 0:
                errors.Invalid(path, value, "value must be empty when `operator` is 'Exists'");
                break;
            case "Exists":
                break;
            default:
                errors.NotSupported(path, @operator, "Equal", "Exists");
                break;
        }
    }

    private static void CheckMinDomains(FieldErrors errors, FieldPath path, TopologySpreadConstraint constraint)
    {
        if (constraint.MinDomains is not { } domains)
        {
            return;
        }

        if (domains <= 0)
        {
            errors.Invalid(path, domains, "must be greater than zero");
        }

        if (constraint.WhenUnsatisfiable != "DoNotSchedule")
        {
            errors.Invalid(path, domains, "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not "
                + constraint.WhenUnsatisfiable);
        }
    }

    private static void CheckPolicy(FieldErrors errors, FieldPath path, string? policy)
    {
        if (policy is not (null or "Honor" or "Ignore"))
        {
            errors.NotSupported(path, policy, "Honor", "Ignore");
        }
    }
}
