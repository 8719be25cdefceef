using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Nodes;

namespace ActorOrchestrator.Domain.Pods;

/// <summary>What Kubernetes' admission plugins add to every new pod, whoever creates it: the service account
/// <c>default</c> (ServiceAccount) and tolerations of a lost node (DefaultTolerationSeconds); and its first
/// status.</summary>
public static class PodAdmission
{
    private const string DefaultServiceAccount = "default";

    public static Pod Admit(Pod pod)
    {
        var account = string.IsNullOrEmpty(pod.Spec.ServiceAccountName)
            ? DefaultServiceAccount
            : pod.Spec.ServiceAccountName;
        var admitted = DefaultTolerations.Apply(pod);
        return admitted with
        {
            Spec = admitted.Spec with { ServiceAccountName = account, ServiceAccount = account },
            Status = new PodStatus { Phase = "Pending", QosClass = PodQos.ClassOf(pod.Spec) },
        };
    }
}
