using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Nodes;

namespace ActorOrchestrator.Domain.Admission;

/// <summary>Kubernetes' plugin DefaultTolerationSeconds (<see cref="DefaultTolerations"/>).</summary>
internal sealed class DefaultTolerationSeconds : IAdmissionStep
{
    public Admission Admit(KubeObject proposed, in AdmissionContext context) =>
        new(proposed is Pod pod ? context.Facts.Tolerations.Apply(pod) : proposed);
}
