using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.Priorities;

namespace ActorOrchestrator.Domain.Pods;

/// <summary>What Kubernetes' admission plugins add to every new pod, whoever creates it: the service account
/// <c>default</c> (ServiceAccount), tolerations of a lost node (DefaultTolerationSeconds) and its priority (Priority);
/// and its first status.</summary>
public static class PodAdmission
{
    private const string DefaultServiceAccount = "default";

    public static Pod Admit(Pod pod, PriorityClasses classes)
    {
        var account = string.IsNullOrEmpty(pod.Spec.ServiceAccountName)
            ? DefaultServiceAccount
            : pod.Spec.ServiceAccountName;
        var admitted = DefaultTolerations.Apply(pod);
        return admitted with
        {
            Spec = PodPriority.Apply(admitted.Spec, classes) with
            {
                ServiceAccountName = account, ServiceAccount = account,
            },
            Status = new PodStatus { Phase = "Pending", QosClass = PodQos.ClassOf(pod.Spec) },
        };
    }
}
