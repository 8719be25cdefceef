using ActorOrchestrator.Agent.Cri.Calls;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    public async Task RemoveContainerAsync(string containerId, CancellationToken cancellation)
    {
        await CallUnlessGoneAsync(Removal.ContainerAsync(_channel, CallTimeout, containerId, cancellation));
        _sandboxOfContainer.TryRemove(containerId, out _);
        _signalled.TryRemove(containerId, out _);
    }
}
