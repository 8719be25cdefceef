namespace ActorOrchestrator.Api.Core;

/// <summary>What a pod asks for as a whole (PodSpec.resources, KEP-2837).</summary>
public static class PodResources
{
    /// <returns>Null where it asks for nothing as a whole: its containers alone count then.</returns>
    public static ResourceRequirements? Of(PodSpec spec) =>
        spec.Resources is { } whole && (whole.Requests.Count > 0 || whole.Limits.Count > 0) ? whole : null;

    /// <summary>The limit that counts for a container: its own, or else that of its pod, which it shares.</summary>
    /// <returns>Null where neither has one; a limit of zero is none.</returns>
    public static Quantity? LimitOf(PodSpec spec, Container container, string resource) =>
        Limit(container.Resources, resource) ?? Limit(spec.Resources, resource);

    /// <summary>What the pod requests of it beyond what its containers do together.</summary>
    public static Quantity Unassigned(PodSpec spec, string resource)
    {
        if (spec.Resources is not { } whole || !whole.Requests.TryGetValue(resource, out var requested))
        {
            return Quantity.Zero;
        }

        var assigned = ContainerAmounts.Requests(spec).GetValueOrDefault(resource);
        return requested > assigned ? requested.Subtract(assigned) : Quantity.Zero;
    }

    private static Quantity? Limit(ResourceRequirements? resources, string resource) =>
        resources is not null && resources.Limits.TryGetValue(resource, out var limit) && !limit.IsZero ? limit : null;
}
