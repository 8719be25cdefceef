using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of a ResourceQuota's scopes: which there are, what can be bounded within each, and which exclude
/// each other.</summary>
internal static class QuotaScopeRules
{
    private static readonly HashSet<string> OfPods =
    [
        "pods", "cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory",
    ];

    private static readonly HashSet<string> OfClaims = ["persistentvolumeclaims", "requests.storage"];

    private static readonly (string One, string Other)[] Opposites =
    [
        ("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating"),
    ];

    public static void Check(FieldErrors errors, FieldPath spec, ResourceQuotaSpec quota)
    {
        var path = spec.Child("scopes");
        foreach (var scope in quota.Scopes)
        {
            if (!IsScope(scope))
            {
                errors.InvalidJson(path, Shown.Strings(quota.Scopes), "unsupported scope");
            }

            CheckBounded(errors, path, quota, scope, Shown.Strings(quota.Scopes));
        }

        CheckOpposites(errors, path, quota, quota.Scopes);
        if (quota.ScopeSelector is { } selector)
        {
            CheckSelector(errors, spec.Child("scopeSelector", "matchExpressions"), quota, selector);
        }
    }

    private static void CheckSelector(
        FieldErrors errors, FieldPath path, ResourceQuotaSpec quota, ScopeSelector selector)
    {
        foreach (var wanted in selector.MatchExpressions)
        {
            if (!IsScope(wanted.ScopeName))
            {
                errors.Invalid(path.Child("scopeName"), wanted.ScopeName, "unsupported scope");
            }

            CheckBounded(errors, path, quota, wanted.ScopeName, Shown.Of(selector));
            if (IsYesOrNo(wanted.ScopeName) && wanted.Operator != "Exists")
            {
                errors.Invalid(path.Child("operator"), wanted.Operator,
                    "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, "
                    + "ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, "
                    + "ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity");
            }

            CheckValues(errors, path, wanted);
        }

        CheckOpposites(errors, path, quota, selector.MatchExpressions.Select(wanted => wanted.ScopeName));
    }

    private static void CheckValues(FieldErrors errors, FieldPath path, ScopedResourceSelectorRequirement wanted)
    {
        switch (wanted.Operator)
        {
            case "In" or "NotIn":
                if (wanted.Values.Count == 0)
                {
                    errors.Required(path.Child("values"),
                        "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
                }

                break;
            case "Exists" or "DoesNotExist":
                if (wanted.Values.Count > 0)
                {
                    errors.InvalidJson(path.Child("values"), Shown.Strings(wanted.Values),
                        "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector");
                }

                break;
            default:
                errors.Invalid(path.Child("operator"), wanted.Operator, "not a valid selector operator");
                break;
        }
    }

    private static void CheckBounded(
        FieldErrors errors, FieldPath path, ResourceQuotaSpec quota, string scope, string shown)
    {
        var strays = quota.Hard.Keys.Where(name => ResourceRules.IsOfQuotas(name) && !Bounds(scope, name));
        foreach (var _ in strays)
        {
            errors.InvalidJson(path, shown, "unsupported scope applied to resource");
        }
    }

    private static void CheckOpposites(
        FieldErrors errors, FieldPath path, ResourceQuotaSpec quota, IEnumerable<string> scopes)
    {
        var set = scopes.ToHashSet();
        foreach (var _ in Opposites.Where(pair => set.Contains(pair.One) && set.Contains(pair.Other)))
        {
            errors.InvalidJson(path, Shown.Strings(quota.Scopes), "conflicting scopes");
        }
    }

    private static bool Bounds(string scope, string resource) => scope switch
    {
        "BestEffort" => resource == "pods",
        "VolumeAttributesClass" => OfClaims.Contains(resource),
        _ => !IsScope(scope) || OfPods.Contains(resource),
    };

    private static bool IsScope(string scope) =>
        IsYesOrNo(scope) || scope is "PriorityClass" or "VolumeAttributesClass";

    /// <summary>A scope that an object is in or not, without values.</summary>
    private static bool IsYesOrNo(string scope) => scope is "Terminating" or "NotTerminating" or "BestEffort"
        or "NotBestEffort" or "CrossNamespacePodAffinity";
}
