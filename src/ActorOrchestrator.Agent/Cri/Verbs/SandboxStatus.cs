using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    public async Task<SandboxStatus?> SandboxStatusAsync(string sandboxId, CancellationToken cancellation)
    {
        try
        {
            var answer = await CallAsync(Runtime(QueryTimeout).PodSandboxStatusAsync(
                new PodSandboxStatusRequest { PodSandboxId = sandboxId }, cancellationToken: cancellation));
            return answer.Status?.ToRecord();
        }
        catch (ContainerRuntimeException gone) when (gone.Kind == RuntimeErrorKind.NotFound)
        {
            return null;
        }
    }
}
