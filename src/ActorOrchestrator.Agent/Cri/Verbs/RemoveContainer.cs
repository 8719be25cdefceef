using ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    public async Task RemoveContainerAsync(string containerId, CancellationToken cancellation)
    {
        await CallUnlessGoneAsync(
            RuntimeService + "RemoveContainer", new RemoveContainerRequest { ContainerId = containerId },
            RemoveContainerResponse.Parser, CallTimeout, cancellation);
        _sandboxOfContainer.TryRemove(containerId, out _);
    }
}
