using ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    public Task StartContainerAsync(string containerId, CancellationToken cancellation) => CallAsync(
        Runtime(CallTimeout).StartContainerAsync(
            new StartContainerRequest { ContainerId = containerId }, cancellationToken: cancellation));
}
