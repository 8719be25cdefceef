using ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    public Task ReopenLogAsync(string containerId, CancellationToken cancellation) => CallAsync(
        RuntimeService + "ReopenContainerLog", new ReopenContainerLogRequest { ContainerId = containerId },
        ReopenContainerLogResponse.Parser, QueryTimeout, cancellation);
}
