using ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    public Task StopSandboxAsync(string sandboxId, CancellationToken cancellation) => CallUnlessGoneAsync(
        RuntimeService + "StopPodSandbox", new StopPodSandboxRequest { PodSandboxId = sandboxId },
        StopPodSandboxResponse.Parser, CallTimeout, cancellation);
}
