using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.Admission;

/// <summary>Kubernetes' plugin ResourceQuota: what is created, or grows, must fit into what the quotas of its namespace
/// have left. The last step, for it counts the object as it is going to be.</summary>
internal sealed class ResourceQuotaAdmission : IAdmissionStep
{
    public bool Handles(in AdmissionContext context) => context.Current is null || context.IsChangeOfAmounts;

    public Admission Admit(KubeObject proposed, in AdmissionContext context) => new(
        proposed, context.Facts.Quotas?.Charge(
            context.Self, context.Current, proposed, context.IsDryRun, context.Now));
}
