using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Domain.Admission;

/// <summary>Kubernetes' plugin Priority (<see cref="PodPriority"/>).</summary>
internal sealed class PriorityAdmission : IAdmissionStep
{
    public Admission Admit(KubeObject proposed, in AdmissionContext context)
    {
        if (proposed is not Pod pod)
        {
            return new Admission(proposed);
        }

        var classes = context.Facts.Priorities;
        return PodPriority.Refusal(pod.Spec, classes) is { } refusal
            ? new Admission(pod, refusal)
            : new Admission(pod with { Spec = PodPriority.Apply(pod.Spec, classes) });
    }
}
