using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>Why the node does not give a resized pod what it wants now.</summary>
/// <param name="Reason">Deferred: not while others have it. Infeasible: never.</param>
/// <param name="Message">What there is too little of.</param>
public sealed record ResizeRefusal(string Reason, string Message)
{
    public const string Deferred = "Deferred";
    public const string Infeasible = "Infeasible";
}

/// <summary>
/// What of cpu and memory a node has set aside for a pod's containers: what its spec says, or, after a resize that the
/// node does not grant, what it said before. A worker's pod is always the one with what is set aside.
/// </summary>
internal static class PodAllocation
{
    /// <summary>The pod with what is set aside for another version of it.</summary>
    public static Pod With(Pod pod, PodSpec allocated) => WithEach(pod, container =>
        Find(allocated, container.Name) is { } other ? Overlay(container.Resources, other.Resources) : null);

    /// <summary>The pod with what was set aside for it by its last report: an agent that starts anew goes on from
    /// there.</summary>
    public static Pod Reported(Pod pod) => WithEach(pod, container =>
    {
        var told = pod.Status.ContainerStatuses.Concat(pod.Status.InitContainerStatuses)
            .FirstOrDefault(status => status.Name == container.Name);
        return told?.Resources is { } resources
            ? Overlay(container.Resources, resources with { Requests = told.AllocatedResources })
            : null;
    });

    /// <summary>Whether any container has other cpu or memory.</summary>
    public static bool Differs(PodSpec one, PodSpec other) =>
        one.Containers.Concat(one.InitContainers).Any(container =>
            Find(other, container.Name) is { } same && Differs(container.Resources, same.Resources));

    public static bool Differs(ResourceRequirements one, ResourceRequirements other) =>
        Changed(one, other).Any();

    /// <summary>Which of cpu and memory differ.</summary>
    public static IEnumerable<string> Changed(ResourceRequirements one, ResourceRequirements other) =>
        from name in Resizable
        where one.Requests.GetValueOrDefault(name) != other.Requests.GetValueOrDefault(name)
            || one.Limits.GetValueOrDefault(name) != other.Limits.GetValueOrDefault(name)
        select name;

    private static readonly string[] Resizable = ["cpu", "memory"];

    private static Pod WithEach(Pod pod, Func<Container, ResourceRequirements?> allocated)
    {
        Container Of(Container container) => allocated(container) is { } resources && resources != container.Resources
            ? container with { Resources = resources }
            : container;
        var spec = pod.Spec with
        {
            Containers = pod.Spec.Containers.Transform(Of), InitContainers = pod.Spec.InitContainers.Transform(Of),
        };
        return spec == pod.Spec ? pod : pod with { Spec = spec };
    }

    private static ResourceRequirements Overlay(ResourceRequirements own, ResourceRequirements allocated) => own with
    {
        Requests = Overlay(own.Requests, allocated.Requests), Limits = Overlay(own.Limits, allocated.Limits),
    };

    private static ValueMap<Quantity> Overlay(ValueMap<Quantity> own, ValueMap<Quantity> allocated) =>
        ValueMap<Quantity>.From(own.Where(amount => !Resizable.Contains(amount.Key))
            .Concat(allocated.Where(amount => Resizable.Contains(amount.Key))));

    private static Container? Find(PodSpec spec, string name) =>
        spec.Containers.Concat(spec.InitContainers).FirstOrDefault(container => container.Name == name);
}
