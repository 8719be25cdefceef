using ActorOrchestrator.Api.Autoscaling;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of what a HorizontalPodAutoscaler measures.</summary>
internal static class MetricRules
{
    private const string NoUtilization = "must set either a target raw value or a target utilization";
    private const string BothOfUtilization = "may not set both a target raw value and a target utilization";

    public static void Check(
        FieldErrors errors, FieldPath path, HorizontalPodAutoscalerSpec spec, HorizontalPodAutoscalerSpec? old)
    {
        // A version that was wrong before, and could not be mended by whoever writes now, is not their fault.
        var wereGood = old is null || old.Metrics.All(metric => metric is not { Type: "Object", Object: { } target }
            || AutoscalerRules.VersionComplaint(target.DescribedObject, needsGroup: false) is null);
        for (var i = 0; i < spec.Metrics.Count; i++)
        {
            Check(errors, path.Index(i), spec.Metrics[i], wereGood);
        }

        if (spec.MinReplicas == 0 && !spec.Metrics.Any(metric => metric.Type is "Object" or "External"))
        {
            errors.Forbidden(
                path, "must specify at least one Object or External metric to support scaling to zero replicas");
        }
    }

    private static void Check(FieldErrors errors, FieldPath path, MetricSpec metric, bool checksVersions)
    {
        if (metric.Type.Length == 0)
        {
            errors.Required(path.Child("type"), "must specify a metric source type");
        }

        var expected = metric.Type switch
        {
            "Object" => "object",
            "Pods" => "pods",
            "Resource" => "resource",
            "ContainerResource" => "containerResource",
            "External" => "external",
            _ => null,
        };
        if (expected is null)
        {
            errors.NotSupported(
                path.Child("type"), metric.Type, "ContainerResource", "External", "Object", "Pods", "Resource");
        }

        var sources = Sources(errors, metric, checksVersions).ToList();
        if (sources.Count > 0)
        {
            sources[0].Check(path.Child(sources[0].Field));
        }

        if (expected is not null && sources.All(source => source.Field != expected))
        {
            errors.Required(path.Child(expected), "must populate information for the given metric source");
        }

        foreach (var (field, _) in sources.Where(source => sources.Count > 1 && source.Field != expected))
        {
            errors.Forbidden(path.Child(field), "must populate the given metric source only");
        }
    }

    /// <summary>What there is of sources, of which the first one is looked into.</summary>
    private static IEnumerable<(string Field, Action<FieldPath> Check)> Sources(
        FieldErrors errors, MetricSpec metric, bool checksVersions)
    {
        if (metric.Object is { } target)
        {
            yield return ("object", path => CheckObject(errors, path, target, checksVersions));
        }

        if (metric.External is { } external)
        {
            yield return ("external", path => CheckExternal(errors, path, external));
        }

        if (metric.Pods is { } pods)
        {
            yield return ("pods", path => CheckPods(errors, path, pods));
        }

        if (metric.Resource is { } resource)
        {
            yield return ("resource", path =>
            {
                CheckResourceName(errors, path.Child("name"), resource.Name);
                CheckUtilization(errors, path.Child("target"), resource.Target);
            });
        }

        if (metric.ContainerResource is { } container)
        {
            yield return ("containerResource", path => CheckContainer(errors, path, container));
        }
    }

    private static void CheckObject(FieldErrors errors, FieldPath path, ObjectMetricSource source, bool checksVersions)
    {
        AutoscalerRules.CheckReference(errors, path.Child("describedObject"), source.DescribedObject);
        if (checksVersions)
        {
            AutoscalerRules.CheckVersion(
                errors, path.Child("describedObject"), source.DescribedObject, needsGroup: false);
        }

        CheckIdentifier(errors, path.Child("metric"), source.Metric);
        CheckTarget(errors, path.Child("target"), source.Target);
        if (source.Target is { Value: null, AverageValue: null })
        {
            errors.Required(
                path.Child("target", "averageValue"), "must set either a target value or averageValue");
        }
    }

    private static void CheckExternal(FieldErrors errors, FieldPath path, ExternalMetricSource source)
    {
        CheckIdentifier(errors, path.Child("metric"), source.Metric);
        CheckTarget(errors, path.Child("target"), source.Target);
        if (source.Target is { Value: null, AverageValue: null })
        {
            errors.Required(path.Child("target", "averageValue"),
                "must set either a target value for metric or a per-pod target");
        }

        if (source.Target is { Value: not null, AverageValue: not null })
        {
            errors.Forbidden(path.Child("target", "value"),
                "may not set both a target value for metric and a per-pod target");
        }
    }

    private static void CheckPods(FieldErrors errors, FieldPath path, PodsMetricSource source)
    {
        CheckIdentifier(errors, path.Child("metric"), source.Metric);
        CheckTarget(errors, path.Child("target"), source.Target);
        if (source.Target.AverageValue is null)
        {
            errors.Required(path.Child("target", "averageValue"), "must specify a positive target averageValue");
        }
    }

    private static void CheckContainer(FieldErrors errors, FieldPath path, ContainerResourceMetricSource source)
    {
        CheckResourceName(errors, path.Child("name"), source.Name);
        if (source.Name.Length > 0)
        {
            ResourceRules.CheckContainerName(errors, path.Child("name"), source.Name);
        }

        if (source.Container.Length == 0)
        {
            errors.Required(path.Child("container"), "must specify a container");
        }
        else
        {
            errors.Invalid(path.Child("container"), source.Container, NameRules.Label(source.Container));
        }

        CheckUtilization(errors, path.Child("target"), source.Target);
    }

    private static void CheckResourceName(FieldErrors errors, FieldPath path, string name)
    {
        if (name.Length == 0)
        {
            errors.Required(path, "must specify a resource name");
        }
    }

    /// <summary>The target of a resource: an amount, or a share of what is requested.</summary>
    private static void CheckUtilization(FieldErrors errors, FieldPath path, MetricTarget target)
    {
        CheckTarget(errors, path, target);
        switch (target)
        {
            case { AverageUtilization: null, AverageValue: null }:
                errors.Required(path.Child("averageUtilization"), NoUtilization);
                break;
            case { AverageUtilization: not null, AverageValue: not null }:
                errors.Forbidden(path.Child("averageValue"), BothOfUtilization);
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
    }

    private static void CheckTarget(FieldErrors errors, FieldPath path, MetricTarget target)
    {
        if (target.Type.Length == 0)
        {
            errors.Required(path.Child("type"), "must specify a metric target type");
        }

        if (target.Type is not ("Utilization" or "Value" or "AverageValue"))
        {
            errors.Invalid(path.Child("type"), target.Type, "must be either Utilization, Value, or AverageValue");
        }

        CheckPositive("value", target.Value);
        CheckPositive("averageValue", target.AverageValue);
        if (target.AverageUtilization < 1)
        {
            errors.Invalid(
                path.Child("averageUtilization"), target.AverageUtilization.Value, "must be greater than 0");
        }

        void CheckPositive(string field, Quantity? amount)
        {
            if (amount?.Sign <= 0)
            {
                errors.Invalid(path.Child(field), amount.Value.ToString(), "must be positive");
            }
        }
    }
}
