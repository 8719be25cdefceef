using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Domain.Admission;

/// <summary>No plugin, but where Kubernetes does it: what an owner makes keeps the rules of a new object of its kind.
/// The gateway checks only what clients send, and a template may say, or leave to others to say, what a pod that is
/// made from it may not.</summary>
internal sealed class OwnedObjectValidation : IAdmissionStep
{
    public Admission Admit(KubeObject proposed, in AdmissionContext context) => new(proposed)
    {
        Errors = ObjectLifecycle.ControllerOf(proposed) is null ? null : Validator.Validate(proposed),
    };
}
