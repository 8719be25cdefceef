using System.Text;

namespace ActorOrchestrator.Domain.Scheduling;

/// <summary>Why nodes were refused, counted by reason, and told as kube-scheduler tells it:
/// <c>0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.</c></summary>
internal sealed class FailureReasons
{
    public const string NoNodes = "no nodes available to schedule pods";

    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    public void Add(string reason) => _counts[reason] = _counts.GetValueOrDefault(reason) + 1;

    /// <summary>Parts are sorted as text, counts included, as Kubernetes does.</summary>
    public string Describe(int nodeCount)
    {
        if (nodeCount == 0)
        {
            return NoNodes;
        }

        var text = new StringBuilder().Append("0/").Append(nodeCount).Append(" nodes are available");
        var parts = _counts.Select(entry => $"{entry.Value} {entry.Key}").Order(StringComparer.Ordinal).ToList();
        if (parts.Count > 0)
        {
            text.Append(": ").AppendJoin(", ", parts);
        }

        return text.Append('.').ToString();
    }
}
