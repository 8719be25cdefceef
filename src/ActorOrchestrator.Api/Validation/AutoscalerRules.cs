using ActorOrchestrator.Api.Autoscaling;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of HorizontalPodAutoscalers.</summary>
internal static class AutoscalerRules
{
    private const int WindowSecondsMax = 3600;
    private const int PeriodSecondsMax = 1800;

    public static void Check(FieldErrors errors, HorizontalPodAutoscaler autoscaler)
    {
        var path = FieldPath.Root("spec");
        var spec = autoscaler.Spec;
        if (spec.MinReplicas < 1)
        {
            errors.Invalid(path.Child("minReplicas"), spec.MinReplicas.Value,
                "must be greater than or equal to 1");
        }

        if (spec.MaxReplicas < 1)
        {
            errors.Invalid(path.Child("maxReplicas"), spec.MaxReplicas, "must be greater than 0");
        }

        if (spec.MinReplicas > spec.MaxReplicas)
        {
            errors.Invalid(path.Child("maxReplicas"), spec.MaxReplicas,
                "must be greater than or equal to `minReplicas`");
        }

        CheckReference(errors, path.Child("scaleTargetRef"), spec.ScaleTargetRef);
        for (var i = 0; i < spec.Metrics.Count; i++)
        {
            CheckMetric(errors, path.Child("metrics").Index(i), spec.Metrics[i]);
        }

        CheckScaling(errors, path.Child("behavior", "scaleUp"), spec.Behavior?.ScaleUp);
        CheckScaling(errors, path.Child("behavior", "scaleDown"), spec.Behavior?.ScaleDown);
    }

    private static void CheckReference(FieldErrors errors, FieldPath path, CrossVersionObjectReference reference)
    {
        if (reference.Kind.Length == 0)
        {
            errors.Required(path.Child("kind"));
        }
        else
        {
            errors.Invalid(path.Child("kind"), reference.Kind, NameRules.PathSegment(reference.Kind));
        }

        if (reference.Name.Length == 0)
        {
            errors.Required(path.Child("name"));
        }
        else
        {
            errors.Invalid(path.Child("name"), reference.Name, NameRules.PathSegment(reference.Name));
        }
    }

    private static void CheckMetric(FieldErrors errors, FieldPath path, MetricSpec metric)
    {
        var missing = metric.Type switch
        {
            "Object" => metric.Object is null ? "object" : null,
            "Pods" => metric.Pods is null ? "pods" : null,
            "Resource" => metric.Resource is null ? "resource" : null,
            "ContainerResource" => metric.ContainerResource is null ? "containerResource" : null,
            "External" => metric.External is null ? "external" : null,
            _ => null,
        };
        if (missing is not null)
        {
            errors.Required(path.Child(missing), "must populate information for the given metric source");
        }

        switch (metric)
        {
            case { Type: "" }:
                errors.Required(path.Child("type"), "must specify a metric source type");
                break;
            case { Type: "Resource", Resource: { } resource }:
                if (resource.Name.Length == 0)
                {
                    errors.Required(path.Child("resource", "name"), "must specify a resource name");
                }

                CheckTarget(errors, path.Child("resource", "target"), resource.Target);
                break;
            case { Type: "ContainerResource", ContainerResource: { } container }:
                if (container.Name.Length == 0)
                {
                    errors.Required(path.Child("containerResource", "name"), "must specify a resource name");
                }

                if (container.Container.Length == 0)
                {
                    errors.Required(path.Child("containerResource", "container"), "must specify a container");
                }

                CheckTarget(errors, path.Child("containerResource", "target"), container.Target);
                break;
            case { Type: "Pods", Pods: { } pods }:
                CheckIdentifier(errors, path.Child("pods", "metric"), pods.Metric);
                CheckTarget(errors, path.Child("pods", "target"), pods.Target);
                break;
            case { Type: "Object", Object: { } target }:
                CheckReference(errors, path.Child("object", "describedObject"), target.DescribedObject);
                CheckIdentifier(errors, path.Child("object", "metric"), target.Metric);
                CheckTarget(errors, path.Child("object", "target"), target.Target);
                break;
            case { Type: "External", External: { } external }:
                CheckIdentifier(errors, path.Child("external", "metric"), external.Metric);
                CheckTarget(errors, path.Child("external", "target"), external.Target);
                break;
            case { Type: not ("Object" or "Pods" or "Resource" or "ContainerResource" or "External") }:
                errors.NotSupported(path.Child("type"), metric.Type,
                    "ContainerResource", "External", "Object", "Pods", "Resource");
                break;
            default:
                break;
        }
    }

    private static void CheckIdentifier(FieldErrors errors, FieldPath path, MetricIdentifier metric)
    {
        if (metric.Name.Length == 0)
        {
            errors.Required(path.Child("name"), "must specify a metric name");
        }
        else
        {
            errors.Invalid(path.Child("name"), metric.Name, NameRules.PathSegment(metric.Name));
        }

        SelectorRules.Check(errors, path.Child("selector"), metric.Selector);
    }

    private static void CheckTarget(FieldErrors errors, FieldPath path, MetricTarget target)
    {
        if (target.Type.Length == 0)
        {
            errors.Required(path.Child("type"), "must specify a metric target type");
        }
        else if (target.Type is not ("Utilization" or "Value" or "AverageValue"))
        {
            errors.Invalid(path.Child("type"), target.Type,
                "must be either Utilization, Value, or AverageValue");
        }

        if (target is { AverageUtilization: null, AverageValue: null, Value: null })
        {
            errors.Required(path, "must set either a target utilization, value or average value");
        }

        if (target.AverageUtilization < 1)
        {
            errors.Invalid(path.Child("averageUtilization"), target.AverageUtilization.Value,
                "must be greater than 0");
        }

        if (target.Value?.Sign <= 0)
        {
            errors.Invalid(path.Child("value"), target.Value.Value.ToString(), "must be positive");
        }

        if (target.AverageValue?.Sign <= 0)
        {
            errors.Invalid(path.Child("averageValue"), target.AverageValue.Value.ToString(), "must be positive");
        }
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
            var policy = rules.Policies[i];
            var at = path.Child("policies").Index(i);
            if (policy.Type is not ("Pods" or "Percent"))
            {
                errors.NotSupported(at.Child("type"), policy.Type, "Percent", "Pods");
            }

            if (policy.Value <= 0)
            {
                errors.Invalid(at.Child("value"), policy.Value, "must be greater than zero");
            }

            if (policy.PeriodSeconds <= 0)
            {
                errors.Invalid(at.Child("periodSeconds"), policy.PeriodSeconds, "must be greater than zero");
            }

            if (policy.PeriodSeconds > PeriodSecondsMax)
            {
                errors.Invalid(at.Child("periodSeconds"), policy.PeriodSeconds,
                    $"must be less than or equal to {PeriodSecondsMax}");
            }
        }
    }
}
