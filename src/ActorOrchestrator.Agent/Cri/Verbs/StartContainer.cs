using ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    public Task StartContainerAsync(string containerId, CancellationToken cancellation) => CallAsync(
        RuntimeService + "StartContainer", new StartContainerRequest { ContainerId = containerId },
        StartContainerResponse.Parser, CallTimeout, cancellation);
}
