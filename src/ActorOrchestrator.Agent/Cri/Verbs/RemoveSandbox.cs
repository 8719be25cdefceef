using ActorOrchestrator.Agent.Cri.Calls;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    public async Task RemoveSandboxAsync(string sandboxId, CancellationToken cancellation)
    {
        await CallUnlessGoneAsync(Removal.SandboxAsync(_channel, CallTimeout, sandboxId, cancellation));
        foreach (var (container, sandbox) in _sandboxOfContainer)
        {
            if (sandbox == sandboxId)
            {
                _sandboxOfContainer.TryRemove(container, out _);
            }
        }
    }
}
