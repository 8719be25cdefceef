namespace ActorOrchestrator.Api.Core;

/// <summary>v1 PodStatus.qosClass: from what the pod asks for as a whole, where it does; else from the requests and
/// limits of all containers.</summary>
public static class PodQos
{
    public const string Guaranteed = "Guaranteed";
    public const string Burstable = "Burstable";
    public const string BestEffort = "BestEffort";

    /// <summary>What the pod was given when it was made, and keeps.</summary>
    public static string Of(Pod pod) => pod.Status.QosClass ?? ClassOf(pod.Spec);

    public static string ClassOf(PodSpec spec)
    {
        ResourceRequirements?[] asked = PodResources.Of(spec) is { } whole
            ? [whole]
            : [.. spec.InitContainers.Concat(spec.Containers).Select(container => container.Resources)];
        if (asked.All(resources => !Asks(resources?.Requests) && !Asks(resources?.Limits)))
        {
            return BestEffort;
        }

        return asked.All(resources => IsGuaranteed(resources, "cpu") && IsGuaranteed(resources, "memory"))
            ? Guaranteed
            : Burstable;
    }

    private static bool Asks(ValueMap<Quantity>? amounts) =>
        amounts is not null && amounts.Any(entry => entry.Key is "cpu" or "memory" && !entry.Value.IsZero);

    private static bool IsGuaranteed(ResourceRequirements? resources, string name) =>
        resources is not null
        && resources.Limits.TryGetValue(name, out var limit) && !limit.IsZero
        && (!resources.Requests.TryGetValue(name, out var request) || request.CompareTo(limit) == 0);
}
