using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.Admission;

/// <summary>
/// Kubernetes' admission plugins in their order. They judge every object that is new or changed in its own entity,
/// whoever asks for it: a client through the API, or a controller. (That its namespace exists and is not going is asked
/// before the object's entity is.)
/// </summary>
internal static class AdmissionChain
{
    private static readonly IAdmissionStep[] Steps =
    [
        new LimitRanger(),
        new ServiceAccountAdmission(),
        new PriorityAdmission(),
        new DefaultTolerationSeconds(),
        new PodSecurityAdmission(),
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

            var (admitted, refusal) = step.Admit(proposed, context);
            if (refusal is not null)
            {
                return (proposed, Statuses.Forbidden(
                    context.Self.Resource, context.Self.Name, refusal));
            }

            proposed = admitted;
        }

        return (proposed, null);
    }
}
