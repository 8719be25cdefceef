using ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    public Task StopSandboxAsync(string sandboxId, CancellationToken cancellation) => CallUnlessGoneAsync(
        Runtime(CallTimeout).StopPodSandboxAsync(
            new StopPodSandboxRequest { PodSandboxId = sandboxId }, cancellationToken: cancellation));
}
