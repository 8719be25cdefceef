using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Admission;

/// <summary>Kubernetes' plugin RuntimeClass: what a sandbox costs is its class's to say, and there are no classes
/// here.</summary>
internal sealed class RuntimeClassAdmission : IAdmissionStep
{
    public Admission Admit(KubeObject proposed, in AdmissionContext context) => new(
        proposed,
        proposed is Pod { Spec.Overhead.Count: > 0 }
            ? "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"
            : null);
}
