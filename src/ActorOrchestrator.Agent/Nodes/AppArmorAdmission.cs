using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Agent.Nodes;

/// <summary>Whether a machine can confine a pod as it asks for (kubelet's AppArmor admission). Whether a profile is
/// loaded the runtime finds when the container is created.</summary>
public static class AppArmorAdmission
{
    public static NodeRejection? Refusal(Pod pod, MachineFacts machine) =>
        machine.HasAppArmor || !AppArmor.IsNeededBy(pod)
            ? null
            : new NodeRejection("AppArmor", "Cannot enforce AppArmor: AppArmor is not enabled on the host");
}
