using ActorOrchestrator.Api.Batch;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of what a Job does about pods that fail, and of when it has succeeded.</summary>
internal static class JobPolicyRules
{
    private const int RulesMax = 20;
    private const int ExitCodesMax = 255;
    private const int ConditionsMax = 20;
    private const int IndexesLengthMax = 64 * 1024;

    public static void CheckFailure(FieldErrors errors, FieldPath path, JobSpec spec)
    {
        var rules = spec.PodFailurePolicy?.Rules ?? [];
        if (rules.Count > RulesMax)
        {
            errors.TooMany(path.Child("rules"), rules.Count, RulesMax);
        }

        for (var i = 0; i < rules.Count; i++)
        {
            CheckRule(errors, path.Child("rules").Index(i), rules[i], spec);
        }
    }

    public static void CheckReplacement(FieldErrors errors, FieldPath path, JobSpec spec)
    {
        if (spec.PodReplacementPolicy is not { } policy)
        {
            return;
        }

        if (spec.PodFailurePolicy is not null && policy != "Failed")
        {
            errors.NotSupported(path, policy, "Failed");
        }
        else if (policy is not ("Failed" or "TerminatingOrFailed"))
        {
            errors.NotSupported(path, policy, "Failed", "TerminatingOrFailed");
        }
    }

    public static void CheckSuccess(FieldErrors errors, FieldPath path, JobSpec spec)
    {
        if (spec is not { SuccessPolicy: { } policy, CompletionMode: "Indexed" })
        {
            return;
        }

        var rules = path.Child("rules");
        if (policy.Rules.Count == 0)
        {
            errors.Required(rules, "at least one rules must be specified when the successPolicy is specified");
        }

        if (policy.Rules.Count > RulesMax)
        {
            errors.TooMany(rules, policy.Rules.Count, RulesMax);
        }

        for (var i = 0; i < policy.Rules.Count; i++)
        {
            CheckSuccessRule(errors, rules.Index(i), policy.Rules[i], spec.Completions ?? 0);
        }
    }

    private static void CheckSuccessRule(FieldErrors errors, FieldPath path, SuccessPolicyRule rule, int completions)
    {
        if (rule is { SucceededCount: null, SucceededIndexes: null })
        {
            errors.Required(path, "at least one of succeededCount or succeededIndexes must be specified");
        }

        var named = int.MaxValue;
        if (rule.SucceededIndexes is { } indexes)
        {
            if (indexes.Length > IndexesLengthMax)
            {
                errors.TooLong(path.Child("succeededIndexes"), IndexesLengthMax);
            }

            (var ranges, var complaint) = IndexRanges.Parse(indexes, completions);
            named = complaint is null ? ranges.Count : 0;
            if (complaint is not null)
            {
                errors.Invalid(
                    path.Child("succeededIndexes"), indexes, $"error parsing succeededIndexes: {complaint}");
            }
        }

        if (rule.SucceededCount is not { } count)
        {
            return;
        }

        var at = path.Child("succeededCount");
        MetadataRules.NotNegative(errors, at, count);
        if (count > completions)
        {
            errors.Invalid(
                at, count, $"must be less than or equal to {completions} (the number of specified completions)");
        }

        if (count > named)
        {
            errors.Invalid(at, count, $"must be less than or equal to {named} "
                + "(the number of indexes in the specified succeededIndexes field)");
        }
    }

    private static void CheckRule(FieldErrors errors, FieldPath path, PodFailurePolicyRule rule, JobSpec spec)
    {
        if (rule.Action.Length == 0)
        {
            errors.Required(path.Child("action"), "valid values: [\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]");
        }
        else if (rule.Action == "FailIndex" && spec.BackoffLimitPerIndex is null)
        {
            errors.Invalid(path.Child("action"), rule.Action, "requires the backoffLimitPerIndex to be set");
        }
        else if (rule.Action is not ("Count" or "FailIndex" or "FailJob" or "Ignore"))
        {
            errors.NotSupported(path.Child("action"), rule.Action, "Count", "FailIndex", "FailJob", "Ignore");
        }

        if (rule.OnExitCodes is { } codes)
        {
            CheckExitCodes(errors, path.Child("onExitCodes"), codes, spec);
        }

        CheckConditions(errors, path.Child("onPodConditions"), rule.OnPodConditions);
        if (rule.OnExitCodes is not null && rule.OnPodConditions.Count > 0)
        {
            errors.Invalid(path, "", "specifying both OnExitCodes and OnPodConditions is not supported");
        }

        if (rule.OnExitCodes is null && rule.OnPodConditions.Count == 0)
        {
            errors.Invalid(path, "", "specifying one of OnExitCodes and OnPodConditions is required");
        }
    }

    private static void CheckConditions(
        FieldErrors errors, FieldPath path, ValueList<PodFailurePolicyOnPodConditionsPattern> patterns)
    {
        if (patterns.Count > ConditionsMax)
        {
            errors.TooMany(path, patterns.Count, ConditionsMax);
        }

        for (var i = 0; i < patterns.Count; i++)
        {
            var at = path.Index(i);
            errors.Invalid(at.Child("type"), patterns[i].Type, NameRules.QualifiedName(patterns[i].Type));
            if (patterns[i].Status.Length == 0)
            {
                errors.Required(at.Child("status"), "valid values: [\"False\" \"True\" \"Unknown\"]");
            }
            else if (patterns[i].Status is not ("False" or "True" or "Unknown"))
            {
                errors.NotSupported(at.Child("status"), patterns[i].Status, "False", "True", "Unknown");
            }
        }
    }

    private static void CheckExitCodes(
        FieldErrors errors, FieldPath path, PodFailurePolicyOnExitCodesRequirement codes, JobSpec spec)
    {
        if (codes.Operator.Length == 0)
        {
            errors.Required(path.Child("operator"), "valid values: [\"In\" \"NotIn\"]");
        }
        else if (codes.Operator is not ("In" or "NotIn"))
        {
            errors.NotSupported(path.Child("operator"), codes.Operator, "In", "NotIn");
        }

        var pod = spec.Template.Spec;
        if (codes.ContainerName is { } name && pod.Containers.Concat(pod.InitContainers).All(each => each.Name != name))
        {
            errors.Invalid(path.Child("containerName"), name,
                "must be one of the container or initContainer names in the pod template");
        }

        var values = path.Child("values");
        if (codes.Values.Count == 0)
        {
            errors.InvalidJson(values, "[]", "at least one value is required");
        }
        else if (codes.Values.Count > ExitCodesMax)
        {
            errors.TooMany(values, codes.Values.Count, ExitCodesMax);
        }

        var seen = new HashSet<int>();
        for (var i = 0; i < codes.Values.Count; i++)
        {
            if (codes.Operator == "In" && codes.Values[i] == 0)
            {
                errors.Invalid(values.Index(i), 0, "must not be 0 for the In operator");
            }

            if (!seen.Add(codes.Values[i]))
            {
                errors.Duplicate(values.Index(i), codes.Values[i]);
            }
        }

        if (!codes.Values.Order().SequenceEqual(codes.Values))
        {
            errors.InvalidJson(values, $"[{string.Join(',', codes.Values)}]", "must be ordered");
        }
    }
}
