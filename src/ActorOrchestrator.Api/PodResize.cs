using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Api.Patching;

namespace ActorOrchestrator.Api;

/// <summary>What a write of <c>pods/resize</c> takes: the resources of containers and their resize policies, and
/// nothing else (Kubernetes' resize strategy).</summary>
public static class PodResize
{
    private static readonly string[] ContainerLists = ["f:containers", "f:initContainers"];

    private static readonly string[] Written = ["f:resources", "f:resizePolicy"];

    /// <summary>The pod after the write. Other containers than there are, and resources of the pod as a whole, stay as
    /// they were sent: that is refused, and not overlooked.</summary>
    /// <param name="current">The pod as it is.</param>
    /// <param name="given">The pod as it was sent.</param>
    public static Pod Of(Pod current, Pod given) => Defaults.Apply(current with
    {
        Metadata = current.Metadata with
        {
            Uid = given.Metadata.Uid,
            ResourceVersion = given.Metadata.ResourceVersion,
            ManagedFields = given.Metadata.ManagedFields,
        },
        Spec = current.Spec with
        {
            Containers = Resized(current.Spec.Containers, given.Spec.Containers),
            InitContainers = Resized(current.Spec.InitContainers, given.Spec.InitContainers),
            Resources = AsksAsAWhole(given.Spec) ? given.Spec.Resources : current.Spec.Resources,
        },
    });

    /// <summary>Whether a pod has resources as a whole, beside those of its containers.</summary>
    internal static bool AsksAsAWhole(PodSpec pod) =>
        pod.Resources is { Requests.Count: > 0 } or { Limits.Count: > 0 };

    /// <summary>The same of fields: those that the write takes.</summary>
    internal static FieldSet Taken(FieldSet fields)
    {
        var spec = fields.Below("f:spec");
        var lists = ContainerLists.Aggregate(
            FieldSet.Empty, (taken, list) => taken.WithBelow(list, OfContainers(spec.Below(list))));
        return FieldSet.Empty.WithBelow("f:spec", lists);
    }

    private static FieldSet OfContainers(FieldSet containers) => containers.Steps.Aggregate(
        FieldSet.Empty, (taken, container) =>
        {
            var fields = containers.Below(container);
            return taken.WithBelow(
                container, fields.WithoutBranches([.. fields.Steps.Where(step => !Written.Contains(step))]));
        });

    private static ValueList<Container> Resized(ValueList<Container> current, ValueList<Container> given) =>
        current.Select(container => container.Name).SequenceEqual(given.Select(container => container.Name))
            ? current.Zip(given, (old, @new) => old with
            {
                Resources = @new.Resources, ResizePolicy = @new.ResizePolicy,
            }).ToValueList()
            : given;
}
