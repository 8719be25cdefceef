using ActorOrchestrator.Api.Autoscaling;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of HorizontalPodAutoscalers: their bounds, what they scale, and how fast. Those of their metrics
/// are <see cref="MetricRules"/>.</summary>
internal static class AutoscalerRules
{
    private const int WindowSecondsMax = 3600;
    private const int PeriodSecondsMax = 1800;

    private static readonly FieldPath Spec = FieldPath.Root("spec");
    private static readonly FieldPath Status = FieldPath.Root("status");

    /// <param name="errors">The complaints.</param>
    /// <param name="autoscaler">The next version.</param>
    /// <param name="old">The one before it; what was wrong in it and has not been touched may stay.</param>
    public static void Check(FieldErrors errors, HorizontalPodAutoscaler autoscaler, HorizontalPodAutoscaler? old)
    {
        var spec = autoscaler.Spec;
        var least = old?.Spec.MinReplicas == 0 ? 0 : 1;
        if (spec.MinReplicas < least)
        {
            errors.Invalid(Spec.Child("minReplicas"), spec.MinReplicas.Value,
                $"must be greater than or equal to {least}");
        }

        if (spec.MaxReplicas < 1)
        {
            errors.Invalid(Spec.Child("maxReplicas"), spec.MaxReplicas, "must be greater than 0");
        }

        if (spec.MinReplicas > spec.MaxReplicas)
        {
            errors.Invalid(Spec.Child("maxReplicas"), spec.MaxReplicas,
                "must be greater than or equal to `minReplicas`");
        }

        var target = spec.ScaleTargetRef;
        CheckReference(errors, Spec.Child("scaleTargetRef"), target);
        if (old?.Spec.ScaleTargetRef is not { } before || before.ApiVersion != target.ApiVersion
            || before.Kind != target.Kind)
        {
            CheckVersion(
                errors, Spec.Child("scaleTargetRef"), target, needsGroup: target.Kind != "ReplicationController");
        }

        MetricRules.Check(errors, Spec.Child("metrics"), spec, old?.Spec);
        CheckScaling(errors, Spec.Child("behavior", "scaleUp"), spec.Behavior?.ScaleUp);
        CheckScaling(errors, Spec.Child("behavior", "scaleDown"), spec.Behavior?.ScaleDown);
    }

    public static void CheckStatus(FieldErrors errors, HorizontalPodAutoscalerStatus status)
    {
        MetadataRules.NotNegative(errors, Status.Child("currentReplicas"), status.CurrentReplicas);
        MetadataRules.NotNegative(errors, Status.Child("desiredReplicas"), status.DesiredReplicas);
    }

    public static void CheckReference(FieldErrors errors, FieldPath path, CrossVersionObjectReference reference)
    {
        CheckSegment("kind", reference.Kind);
        CheckSegment("name", reference.Name);

        void CheckSegment(string field, string value)
        {
            if (value.Length == 0)
            {
                errors.Required(path.Child(field));
            }
            else
            {
                errors.Invalid(path.Child(field), value, NameRules.PathSegment(value));
            }
        }
    }

    /// <summary>Group and version of what is meant. Only the kinds of the core group have none.</summary>
    public static void CheckVersion(
        FieldErrors errors, FieldPath path, CrossVersionObjectReference reference, bool needsGroup)
    {
        if (VersionComplaint(reference, needsGroup) is { } complaint)
        {
            errors.Invalid(path.Child("apiVersion"), reference.ApiVersion ?? "", complaint);
        }
    }

    public static string? VersionComplaint(CrossVersionObjectReference reference, bool needsGroup)
    {
        var version = reference.ApiVersion ?? "";
        var slashes = version == "/" ? 0 : version.Count(letter => letter == '/');
        return slashes > 1 ? $"unexpected GroupVersion string: {version}"
            : needsGroup && version.IndexOf('/', StringComparison.Ordinal) < 1 ? "apiVersion must specify API group"
            : null;
    }

    private static void CheckScaling(FieldErrors errors, FieldPath path, HPAScalingRules? rules)
    {
        if (rules is null)
        {
            return;
        }

        var window = path.Child("stabilizationWindowSeconds");
        if (rules.StabilizationWindowSeconds < 0)
        {
            errors.Invalid(window, rules.StabilizationWindowSeconds.Value,
                "must be greater than or equal to zero");
        }

        if (rules.StabilizationWindowSeconds > WindowSecondsMax)
        {
            errors.Invalid(window, rules.StabilizationWindowSeconds.Value,
                $"must be less than or equal to {WindowSecondsMax}");
        }

        if (rules.SelectPolicy is not (null or "Max" or "Min" or "Disabled"))
        {
            errors.NotSupported(path.Child("selectPolicy"), rules.SelectPolicy, "Disabled", "Max", "Min");
        }

        if (rules.Policies.Count == 0)
        {
            errors.Required(path.Child("policies"), "must specify at least one Policy");
        }

        for (var i = 0; i < rules.Policies.Count; i++)
        {
            CheckPolicy(errors, path.Child("policies").Index(i), rules.Policies[i]);
        }

        if (rules.Tolerance is { Sign: < 0 } tolerance)
        {
            errors.Invalid(path.Child("tolerance"), tolerance.ToString(), MetadataRules.Negative);
        }
    }

    private static void CheckPolicy(FieldErrors errors, FieldPath path, HPAScalingPolicy policy)
    {
        if (policy.Type is not ("Pods" or "Percent"))
        {
            errors.NotSupported(path.Child("type"), policy.Type, "Percent", "Pods");
        }

        if (policy.Value <= 0)
        {
            errors.Invalid(path.Child("value"), policy.Value, "must be greater than zero");
        }

        if (policy.PeriodSeconds <= 0)
        {
            errors.Invalid(path.Child("periodSeconds"), policy.PeriodSeconds, "must be greater than zero");
        }

        if (policy.PeriodSeconds > PeriodSecondsMax)
        {
            errors.Invalid(path.Child("periodSeconds"), policy.PeriodSeconds,
                $"must be less than or equal to {PeriodSecondsMax}");
        }
    }
}
