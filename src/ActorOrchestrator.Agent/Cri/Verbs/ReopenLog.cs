using ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    public Task ReopenLogAsync(string containerId, CancellationToken cancellation) => CallAsync(
        Runtime(QueryTimeout).ReopenContainerLogAsync(
            new ReopenContainerLogRequest { ContainerId = containerId }, cancellationToken: cancellation));
}
