using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.Admission;

/// <summary>Kubernetes' plugin ResourceQuota: what is created must fit into what the quotas of its namespace have left.
/// The last step, for it counts the object as it is going to be.</summary>
internal sealed class ResourceQuotaAdmission : IAdmissionStep
{
    public Admission Admit(KubeObject proposed, in AdmissionContext context) => new(
        proposed, context.Facts.Quotas?.Charge(context.Self, proposed, context.IsDryRun, context.Now));
}
