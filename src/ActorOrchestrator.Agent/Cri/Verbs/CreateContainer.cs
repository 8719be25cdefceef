using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Protocol;
using ContainerConfig = ActorOrchestrator.Agent.Containers.ContainerConfig;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    public async Task<string> CreateContainerAsync(
        string sandboxId, ContainerConfig config, SandboxConfig sandbox, CancellationToken cancellation)
    {
        var request = new CreateContainerRequest
        {
            PodSandboxId = sandboxId,
            Config = config.ToProto(sandbox, _options.Owner),
            SandboxConfig = sandbox.ToProto(_options.Owner),
        };
        var answer = await CallAsync(
            Runtime(CallTimeout).CreateContainerAsync(request, cancellationToken: cancellation));
        _sandboxOfContainer[answer.ContainerId] = sandboxId;
        return answer.ContainerId;
    }
}
