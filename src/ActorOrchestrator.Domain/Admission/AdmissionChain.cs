using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.Admission;

/// <summary>
/// Kubernetes' admission plugins in their order: first those that complete an object, then those that judge it; what
/// the gateway has not checked is validated in between. This happens to every object that is new or changed in its own
/// entity, whoever asks for it: a client through the API, or a controller. (That its namespace exists and is not going
/// is asked before the object's entity is.)
/// </summary>
internal static class AdmissionChain
{
    private static readonly IAdmissionStep[] Steps =
    [
        new LimitRangeDefaults(),
        new ServiceAccountAdmission(),
        new PriorityAdmission(),
        new DefaultTolerationSeconds(),
        new OwnedObjectValidation(),
        new LimitRanger(),
        new PodSecurityAdmission(),
        new RuntimeClassAdmission(),
        new ResourceQuotaAdmission(),
    ];

    /// <summary>The object as it is to be stored, or the refusal.</summary>
    public static (KubeObject Object, Status? Refusal) Admit(in AdmissionContext context, KubeObject proposed)
    {
        foreach (var step in Steps)
        {
            if (!step.Handles(context))
            {
                continue;
            }

            var admission = step.Admit(proposed, context);
            if (RefusalOf(admission, context.Self) is { } refusal)
            {
                return (proposed, refusal);
            }

            proposed = admission.Object;
        }

        return (proposed, null);
    }

    private static Status? RefusalOf(in Admission admission, EntityKey self) =>
        admission.Errors is { Count: > 0 } errors ? errors.ToStatus(KindRegistry.Of(admission.Object), self.Name)
        : admission.Refusal is { } refusal ? Statuses.Forbidden(self.Resource, self.Name, refusal)
        : null;
}
