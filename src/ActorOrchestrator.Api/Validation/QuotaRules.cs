using System.Globalization;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of ResourceQuotas and LimitRanges.</summary>
internal static class QuotaRules
{
    private static readonly FieldPath Spec = FieldPath.Root("spec");

    public static void Check(FieldErrors errors, ResourceQuota quota)
    {
        var path = Spec.Child("hard");
        foreach (var (name, quantity) in quota.Spec.Hard)
        {
            ResourceRules.CheckQuotaName(errors, path.Key(name), name);
            ResourceRules.CheckQuantity(errors, path.Key(name), name, quantity);
        }

        QuotaScopeRules.Check(errors, Spec, quota.Spec);
    }

    public static void CheckUpdate(FieldErrors errors, ResourceQuotaSpec old, ResourceQuotaSpec @new)
    {
        if (!old.Scopes.ToHashSet().SetEquals(@new.Scopes))
        {
            errors.InvalidJson(Spec.Child("scopes"), Shown.Strings(@new.Scopes), MetadataRules.Immutable);
        }
    }

    public static void Check(FieldErrors errors, LimitRange range)
    {
        var path = Spec.Child("limits");
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
        if (item.Type == "PersistentVolumeClaim"
            && !item.Min.ContainsKey("storage") && !item.Max.ContainsKey("storage"))
        {
            errors.Required(path.Child("limits"),
                "either minimum or maximum storage value is required, but neither was provided");
        }

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
        CheckRatios(errors, path.Child("maxLimitRequestRatio"), item);
        CheckWholes(errors, path.Child("defaultRequest"), item);
        foreach (var (name, quantity) in item.Min.Concat(item.Max).Concat(item.Default).Concat(item.DefaultRequest))
        {
            NotNegative(errors, path.Key(name), quantity);
        }
    }

    /// <summary>A limit is no less than its request, and no more times it than the bounds of both allow.</summary>
    private static void CheckRatios(FieldErrors errors, FieldPath path, LimitRangeItem item)
    {
        foreach (var (name, ratio) in item.MaxLimitRequestRatio)
        {
            if (ratio < Quantity.FromUnits(1))
            {
                errors.Invalid(path.Key(name), ratio.ToString(), $"ratio {ratio} is less than 1");
            }

            if (!item.Min.TryGetValue(name, out var min) || !item.Max.TryGetValue(name, out var max) || min.IsZero)
            {
                continue;
            }

            var most = (double)max.MilliValue / min.MilliValue;
            if (ratio.MilliValue / 1000.0 > most)
            {
                errors.Invalid(path.Key(name), ratio.ToString(), string.Create(
                    CultureInfo.InvariantCulture, $"ratio {ratio} is greater than max/min = {most:F6}"));
            }
        }
    }

    /// <summary>Of what cannot be overcommitted, what is asked for is what is had.</summary>
    private static void CheckWholes(FieldErrors errors, FieldPath path, LimitRangeItem item)
    {
        foreach (var (name, request) in item.DefaultRequest)
        {
            if (!ResourceRules.Overcommits(name) && item.Default.TryGetValue(name, out var limit)
                && limit.CompareTo(request) != 0)
            {
                errors.Invalid(path.Key(name), request.ToString(),
                    $"default value {limit} must equal to defaultRequest value {request} in {name}");
            }
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
