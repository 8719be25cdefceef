using ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    public async Task RemoveSandboxAsync(string sandboxId, CancellationToken cancellation)
    {
        await CallUnlessGoneAsync(Runtime(CallTimeout).RemovePodSandboxAsync(
            new RemovePodSandboxRequest { PodSandboxId = sandboxId }, cancellationToken: cancellation));
        foreach (var (container, sandbox) in _sandboxOfContainer)
        {
            if (sandbox == sandboxId) _sandboxOfContainer.TryRemove(container, out _);
        }
    }
}
