using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Scheduling;

namespace ActorOrchestrator.Domain.Priorities;

/// <summary>The two classes that every cluster has (scheduling SystemPriorityClasses): created at the start where
/// absent, and never deleted.</summary>
public static class SystemPriorityClasses
{
    public const string ClusterCritical = "system-cluster-critical";
    public const string NodeCritical = "system-node-critical";

    /// <summary>The least of priorities that are the system's own (scheduling SystemCriticalPriority).</summary>
    public const int ClusterCriticalValue = 2_000_000_000;
    public const int NodeCriticalValue = 2_000_001_000;

    public static ValueList<Create> Creations =>
    [
        new Create(Named(ClusterCritical, ClusterCriticalValue,
            "Used for system critical pods that must run in the cluster, but can be moved to another node if "
            + "necessary.")),
        new Create(Named(NodeCritical, NodeCriticalValue,
            "Used for system critical pods that must not be moved from their current node.")),
    ];

    public static bool Contains(string name) => name is ClusterCritical or NodeCritical;

    private static PriorityClass Named(string name, int value, string description) => new()
    {
        Metadata = new ObjectMeta { Name = name },
        Value = value,
        Description = description,
        PreemptionPolicy = "PreemptLowerPriority",
    };
}
