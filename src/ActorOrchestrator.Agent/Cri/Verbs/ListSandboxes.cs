using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    public Task<IReadOnlyList<SandboxStatus>> ListSandboxesAsync(CancellationToken cancellation) =>
        ListSandboxesAsync(new PodSandboxFilter(), cancellation);

    private async Task<IReadOnlyList<SandboxStatus>> ListSandboxesAsync(
        PodSandboxFilter filter, CancellationToken cancellation)
    {
        filter.LabelSelector[RuntimeLabels.Owner] = _options.Owner;
        var answer = await CallAsync(Runtime(QueryTimeout).ListPodSandboxAsync(
            new ListPodSandboxRequest { Filter = filter }, cancellationToken: cancellation));
        return [.. answer.Items.Select(item => item.ToRecord())];
    }
}
