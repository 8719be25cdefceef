using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Validation.PodSecurity;

namespace ActorOrchestrator.Domain.Admission;

/// <summary>Kubernetes' plugin PodSecurity: a pod must keep to the standard that its namespace enforces by its
/// labels.</summary>
internal sealed class PodSecurityAdmission : IAdmissionStep
{
    public Admission Admit(KubeObject proposed, in AdmissionContext context)
    {
        if (proposed is not Pod pod)
        {
            return new Admission(proposed);
        }

        var policy = PodSecurityPolicy.Of(context.Namespace.Object, "enforce");
        return new Admission(pod, PodSecurityStandards.Violation(policy, pod.Metadata, pod.Spec) is { } violation
            ? violation.Replace("violate ", "violates ", StringComparison.Ordinal)
            : null);
    }
}
