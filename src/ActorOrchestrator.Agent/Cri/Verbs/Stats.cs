using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Protocol;
using Proto = ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    /// <remarks>Only running containers that the runtime has figures of; a figure it lacks is 0.</remarks>
    public async Task<IReadOnlyList<Containers.ContainerStats>> StatsAsync(
        string? podUid, CancellationToken cancellation)
    {
        var filter = new ContainerStatsFilter();
        filter.LabelSelector[RuntimeLabels.Owner] = _options.Owner;
        if (podUid is not null)
        {
            filter.LabelSelector[RuntimeLabels.PodUid] = podUid;
        }

        var answer = await CallAsync(Runtime(QueryTimeout).ListContainerStatsAsync(
            new ListContainerStatsRequest { Filter = filter }, cancellationToken: cancellation));
        return [.. answer.Stats.Where(stats => stats.Cpu is not null).Select(Figures)];
    }

    private static Containers.ContainerStats Figures(Proto.ContainerStats stats) => new(
        stats.Attributes?.Id ?? "",
        stats.Attributes?.Labels.GetValueOrDefault(RuntimeLabels.ContainerName) ?? "",
        stats.Attributes?.Labels.GetValueOrDefault(RuntimeLabels.PodUid) ?? "",
        CriConversions.Time(stats.Cpu.Timestamp),
        (long)(stats.Cpu.UsageCoreNanoSeconds?.Value ?? 0),
        (long)(stats.Memory?.WorkingSetBytes?.Value ?? 0),
        (long)(stats.WritableLayer?.UsedBytes?.Value ?? 0));
}
