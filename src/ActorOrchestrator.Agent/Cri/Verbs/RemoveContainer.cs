using ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    public async Task RemoveContainerAsync(string containerId, CancellationToken cancellation)
    {
        await CallUnlessGoneAsync(Runtime(CallTimeout).RemoveContainerAsync(
            new RemoveContainerRequest { ContainerId = containerId }, cancellationToken: cancellation));
        _sandboxOfContainer.TryRemove(containerId, out _);
    }
}
