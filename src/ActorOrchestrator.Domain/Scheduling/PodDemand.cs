using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Scheduling;

/// <summary>What a pod takes of a node, compiled against the columns of a <see cref="NodeTable"/>.</summary>
internal sealed class PodDemand
{
    private PodDemand(int[] columns, long[] amounts, long scoredCpu, long scoredMemory, HostPort[] hostPorts)
    {
        Columns = columns;
        Amounts = amounts;
        ScoredCpu = scoredCpu;
        ScoredMemory = scoredMemory;
        HostPorts = hostPorts;
    }

    public int[] Columns { get; }

    /// <summary>By the same index as <see cref="Columns"/>; always has 1 for the count of pods.</summary>
    public long[] Amounts { get; }

    public long ScoredCpu { get; }

    public long ScoredMemory { get; }

    public HostPort[] HostPorts { get; }

    public long AmountOf(int column)
    {
        var index = Array.IndexOf(Columns, column);
        return index < 0 ? 0 : Amounts[index];
    }

    public static PodDemand Of(PodSpec spec, NodeTable nodes)
    {
        var requests = PodRequests.Of(spec);
        requests[PodRequests.Pods] = 1;
        var (cpu, memory) = PodRequests.ForScoring(spec);
        return new PodDemand(
            [.. requests.Keys.Select(nodes.ColumnOf)], [.. requests.Values], cpu, memory, [.. HostPort.Of(spec)]);
    }
}
