using ActorOrchestrator.Agent.Cri.Calls;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    /// <remarks>
    /// Stopped first, dead or not: a runtime gives the network back (CNI DEL) when it stops a sandbox.
    /// </remarks>
    public async Task RemoveSandboxAsync(string sandboxId, CancellationToken cancellation)
    {
        await StopSandboxAsync(sandboxId, cancellation);
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
