namespace ActorOrchestrator.Domain.Scheduling;

/// <summary>A resource of which a node has not enough left: what is requested, what is taken, and what there
/// is.</summary>
internal readonly record struct Shortage(int Column, long Requested, long Used, long Capacity)
{
    /// <summary>All of a node for one demand, in the order of the demand's columns. Resources that are not requested
    /// are not looked at.</summary>
    /// <param name="nodes">The table.</param>
    /// <param name="slot">The node.</param>
    /// <param name="demand">What is requested.</param>
    /// <param name="promised">What of a column is taken beside what the pods on the node request.</param>
    public static IEnumerable<Shortage> Of(
        NodeTable nodes, int slot, PodDemand demand, Func<int, long>? promised = null)
    {
        for (var i = 0; i < demand.Columns.Length; i++)
        {
            var column = demand.Columns[i];
            var cell = slot * nodes.Stride + column;
            var shortage = new Shortage(
                column, demand.Amounts[i], nodes.Requested[cell] + (promised?.Invoke(column) ?? 0),
                nodes.Allocatable[cell]);
            if (shortage.Used + shortage.Requested > shortage.Capacity)
            {
                yield return shortage;
            }
        }
    }
}
