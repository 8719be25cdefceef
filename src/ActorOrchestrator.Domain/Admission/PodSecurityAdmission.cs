using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Validation.PodSecurity;

namespace ActorOrchestrator.Domain.Admission;

/// <summary>Kubernetes' plugin PodSecurity: a pod must keep to the standard that its namespace enforces by its
/// labels, also when its images change, or it is given ephemeral containers.</summary>
internal sealed class PodSecurityAdmission : IAdmissionStep
{
    public bool Handles(in AdmissionContext context) => context.Current is null or Pod;

    public Admission Admit(KubeObject proposed, in AdmissionContext context)
    {
        if (proposed is not Pod pod || (context.Current is Pod current && SameImages(current.Spec, pod.Spec)))
        {
            return new Admission(proposed);
        }

        var policy = PodSecurityPolicy.Of(context.Namespace.Object, "enforce");
        return new Admission(pod, PodSecurityStandards.Violation(policy, pod.Metadata, pod.Spec) is { } violation
            ? violation.Replace("violate ", "violates ", StringComparison.Ordinal)
            : null);
    }

    private static bool SameImages(PodSpec one, PodSpec other) =>
        one.AllContainers().Select(container => container.Image).SequenceEqual(
            other.AllContainers().Select(container => container.Image));
}
