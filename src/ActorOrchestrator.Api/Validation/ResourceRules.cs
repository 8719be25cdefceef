using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of resource requests and limits.</summary>
internal static class ResourceRules
{
    private const string HugePages = "hugepages-";

    public static void Check(FieldErrors errors, FieldPath path, ResourceRequirements resources)
    {
        foreach (var (name, quantity) in resources.Limits)
        {
            CheckOne(errors, path.Child("limits").Key(name), name, quantity);
        }

        foreach (var (name, quantity) in resources.Requests)
        {
            CheckOne(errors, path.Child("requests").Key(name), name, quantity);
            CheckAgainstLimit(errors, path, resources, name, quantity);
        }

        var hugePages = resources.Limits.Keys.Concat(resources.Requests.Keys).Any(name => name.StartsWith(HugePages));
        var hasBase = resources.Limits.Keys.Concat(resources.Requests.Keys).Any(name => name is "cpu" or "memory");
        if (hugePages && !hasBase)
        {
            errors.Forbidden(path, "HugePages require cpu or memory");
        }
    }

    /// <summary>Resources of a container's kind by name, for the pod's overhead.</summary>
    public static void CheckOne(FieldErrors errors, FieldPath path, string name, Quantity quantity)
    {
        CheckContainerName(errors, path, name);
        CheckQuantity(errors, path, name, quantity);
        if (name.StartsWith(HugePages) && !IsWholePages(name, quantity))
        {
            errors.Invalid(path, quantity.ToString(), $"{quantity} is not positive integer multiple of {name}");
        }
    }

    private static bool IsWholePages(string name, Quantity quantity) =>
        Quantity.TryParse(name.AsSpan(HugePages.Length), out var page, out _)
        && page.Sign > 0 && page.MilliValue % 1000 == 0 && quantity.Value % page.Value == 0;

    public static void CheckQuantity(FieldErrors errors, FieldPath path, string name, Quantity quantity)
    {
        if (quantity.Sign < 0)
        {
            errors.Invalid(path, quantity.ToString(), MetadataRules.Negative);
        }

        // Devices, huge pages and counts come whole; only the native resources have fractions.
        var fractions = name is "cpu" or "memory" or "ephemeral-storage" or "storage";
        if (!fractions && quantity.MilliValue % 1000 != 0)
        {
            errors.Invalid(path, quantity.ToString(), "must be an integer");
        }
    }

    private static void CheckContainerName(FieldErrors errors, FieldPath path, string name)
    {
        var complaints = NameRules.QualifiedName(name);
        errors.Invalid(path, name, complaints);
        if (complaints.Count > 0)
        {
            return;
        }

        if (!name.Contains('/'))
        {
            if (name is not ("cpu" or "memory" or "ephemeral-storage") && !name.StartsWith(HugePages))
            {
                errors.Invalid(path, name, name is "storage" or "pods" or "services" or "secrets" or "configmaps"
                    ? "must be a standard resource for containers"
                    : "must be a standard resource type or fully qualified");
            }

            return;
        }

        if (name.StartsWith("requests."))
        {
            errors.Invalid(path, name, "doesn't follow extended resource name standard");
        }
    }

    private static void CheckAgainstLimit(
        FieldErrors errors, FieldPath path, ResourceRequirements resources, string name, Quantity request)
    {
        var overcommits = !name.StartsWith(HugePages) && (!name.Contains('/') || name.Contains("kubernetes.io/"));
        if (!resources.Limits.TryGetValue(name, out var limit))
        {
            if (!overcommits)
            {
                errors.Required(path.Child("limits"), "Limit must be set for non overcommitable resources");
            }

            return;
        }

        if (!overcommits && request.CompareTo(limit) != 0)
        {
            errors.Invalid(path.Child("requests"), request.ToString(), $"must be equal to {name} limit of {limit}");
        }
        else if (request > limit)
        {
            errors.Invalid(path.Child("requests"), request.ToString(),
                $"must be less than or equal to {name} limit of {limit}");
        }
    }
}
