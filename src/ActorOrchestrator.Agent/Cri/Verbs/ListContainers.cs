using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    public Task<IReadOnlyList<ContainerRuntimeStatus>> ListContainersAsync(CancellationToken cancellation) =>
        ListContainersAsync(new ContainerFilter(), cancellation);

    private async Task<IReadOnlyList<ContainerRuntimeStatus>> ListContainersAsync(
        ContainerFilter filter, CancellationToken cancellation)
    {
        filter.LabelSelector[RuntimeLabels.Owner] = _options.Owner;
        var answer = await CallAsync(Runtime(QueryTimeout).ListContainersAsync(
            new ListContainersRequest { Filter = filter }, cancellationToken: cancellation));
        foreach (var container in answer.Containers)
        {
            _sandboxOfContainer[container.Id] = container.PodSandboxId;
        }

        return [.. answer.Containers.Select(container => container.ToRecord())];
    }
}
