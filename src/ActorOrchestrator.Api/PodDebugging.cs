using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Api.Patching;

namespace ActorOrchestrator.Api;

/// <summary>What a write of <c>pods/ephemeralcontainers</c> takes: the ephemeral containers, and nothing else
/// (Kubernetes' strategy of the same name).</summary>
public static class PodDebugging
{
    /// <summary>The pod after the write.</summary>
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
        Spec = current.Spec with { EphemeralContainers = given.Spec.EphemeralContainers },
    });

    /// <summary>The same of fields: those that the write takes.</summary>
    internal static FieldSet Taken(FieldSet fields) => FieldSet.Empty.WithBelow("f:spec",
        FieldSet.Empty.WithBelow("f:ephemeralContainers", fields.Below("f:spec").Below("f:ephemeralContainers")));
}
