using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    public async Task<string> RunSandboxAsync(SandboxConfig config, CancellationToken cancellation)
    {
        var request = new RunPodSandboxRequest
        {
            Config = config.ToProto(_options.Owner), RuntimeHandler = _options.RuntimeHandler,
        };
        var answer = await CallAsync(Runtime(CallTimeout).RunPodSandboxAsync(request, cancellationToken: cancellation));
        return answer.PodSandboxId;
    }
}
