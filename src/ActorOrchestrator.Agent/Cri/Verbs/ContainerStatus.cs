using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    public async Task<ContainerRuntimeStatus?> ContainerStatusAsync(string containerId, CancellationToken cancellation)
    {
        try
        {
            var answer = await CallAsync(Runtime(QueryTimeout).ContainerStatusAsync(
                new ContainerStatusRequest { ContainerId = containerId }, cancellationToken: cancellation));
            if (answer.Status is not { } status)
            {
                return null;
            }

            var sandbox = await SandboxOfAsync(containerId, cancellation);
            return sandbox is null ? null : status.ToRecord(sandbox);
        }
        catch (ContainerRuntimeException gone) when (gone.Kind == RuntimeErrorKind.NotFound)
        {
            return null;
        }
    }

    /// <returns>Null if the container was removed meanwhile, or belongs to somebody else.</returns>
    private async Task<string?> SandboxOfAsync(string containerId, CancellationToken cancellation)
    {
        if (_sandboxOfContainer.TryGetValue(containerId, out var known))
        {
            return known;
        }

        var found = await ListContainersAsync(new ContainerFilter { Id = containerId }, cancellation);
        return found.Count > 0 ? found[0].SandboxId : null;
    }
}
