using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    public Task UpdateResourcesAsync(
        string containerId, ResourceConfig resources, CancellationToken cancellation) => CallAsync(
        Runtime(CallTimeout).UpdateContainerResourcesAsync(
            new UpdateContainerResourcesRequest { ContainerId = containerId, Linux = resources.ToProto() },
            cancellationToken: cancellation));
}
