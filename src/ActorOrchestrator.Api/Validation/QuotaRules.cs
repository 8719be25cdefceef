using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of ResourceQuotas and LimitRanges.</summary>
internal static class QuotaRules
{
    public static void Check(FieldErrors errors, ResourceQuota quota)
    {
        var path = FieldPath.Root("spec").Child("hard");
        foreach (var (name, quantity) in quota.Spec.Hard)
        {
            errors.Invalid(path.Key(name), name, NameRules.QualifiedName(name));
            NotNegative(errors, path.Key(name), quantity);
        }
    }

    public static void Check(FieldErrors errors, LimitRange range)
    {
        var path = FieldPath.Root("spec").Child("limits");
        var types = new HashSet<string>();
        for (var i = 0; i < range.Spec.Limits.Count; i++)
        {
            var item = range.Spec.Limits[i];
            var at = path.Index(i);
            if (item.Type is not ("Container" or "Pod" or "PersistentVolumeClaim"))
            {
                errors.NotSupported(at.Child("type"), item.Type, "Container", "PersistentVolumeClaim", "Pod");
            }

            if (!types.Add(item.Type))
            {
                errors.Duplicate(at.Child("type"), item.Type);
            }

            CheckItem(errors, at, item);
        }
    }

    private static void CheckItem(FieldErrors errors, FieldPath path, LimitRangeItem item)
    {
        if (item.Type == "Pod" && item.Default.Count > 0)
        {
            errors.Forbidden(path.Child("default"), "may not be specified when `type` is 'Pod'");
        }

        if (item.Type == "Pod" && item.DefaultRequest.Count > 0)
        {
            errors.Forbidden(path.Child("defaultRequest"), "may not be specified when `type` is 'Pod'");
        }

        CheckNames(errors, path.Child("max"), item.Type, item.Max);
        CheckNames(errors, path.Child("min"), item.Type, item.Min);
        CheckNames(errors, path.Child("default"), item.Type, item.Default);
        CheckNames(errors, path.Child("defaultRequest"), item.Type, item.DefaultRequest);
        CheckNames(errors, path.Child("maxLimitRequestRatio"), item.Type, item.MaxLimitRequestRatio);
        AtMost(errors, path.Child("min"), item.Min, "min value", item.Max, "max value");
        AtMost(errors, path.Child("defaultRequest"), item.Min, "min value", item.DefaultRequest,
            "default request value");
        AtMost(errors, path.Child("defaultRequest"), item.DefaultRequest, "default request value", item.Max,
            "max value");
        AtMost(errors, path.Child("default"), item.Min, "min value", item.Default, "default value");
        AtMost(errors, path.Child("default"), item.Default, "default value", item.Max, "max value");
        AtMost(errors, path.Child("defaultRequest"), item.DefaultRequest, "default request value", item.Default,
            "default limit value");
        foreach (var (name, quantity) in item.Min.Concat(item.Max).Concat(item.Default).Concat(item.DefaultRequest))
        {
            NotNegative(errors, path.Key(name), quantity);
        }
    }

    private static void CheckNames(
        FieldErrors errors, FieldPath path, string type, ValueMap<Quantity> amounts)
    {
        foreach (var name in amounts.Keys)
        {
            ResourceRules.CheckRangedName(errors, path.Key(name), type, name);
        }
    }

    private static void AtMost(
        FieldErrors errors, FieldPath path, ValueMap<Quantity> low, string lowName, ValueMap<Quantity> high,
        string highName)
    {
        foreach (var (name, value) in low)
        {
            if (high.TryGetValue(name, out var bound) && value > bound)
            {
                errors.Invalid(path.Key(name), value.ToString(),
                    $"{lowName} {value} is greater than {highName} {bound}");
            }
        }
    }

    private static void NotNegative(FieldErrors errors, FieldPath path, Quantity quantity)
    {
        if (quantity.Sign < 0)
        {
            errors.Invalid(path, quantity.ToString(), MetadataRules.Negative);
        }
    }
}
