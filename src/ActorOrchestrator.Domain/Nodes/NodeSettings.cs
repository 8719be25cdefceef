namespace ActorOrchestrator.Domain.Nodes;

/// <summary>How a node's silence is judged.</summary>
/// <param name="SilenceMax">Without a heartbeat for this long a node's state is unknown. Kubernetes waits 40 to 50 s
/// for heartbeats every 10 s; here agents send one every 2 s straight to the entity, so four lost in a row mean more
/// than a pause of garbage collection or a busy disk.</param>
/// <param name="HeartbeatTimeRefresh">How old <c>lastHeartbeatTime</c> may get before it alone is worth a write:
/// Kubernetes' own nodeStatusReportFrequency.</param>
public sealed record NodeSettings(TimeSpan SilenceMax, TimeSpan HeartbeatTimeRefresh)
{
    /// <summary>As <see cref="SilenceMax"/>, for a node whose agent has said that it stops: a server is restarted or
    /// upgraded within that.</summary>
    public TimeSpan RestartPatience { get; init; } = TimeSpan.FromMinutes(2);

    public static readonly NodeSettings Default = new(TimeSpan.FromSeconds(8), TimeSpan.FromMinutes(5));
}
