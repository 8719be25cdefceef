using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.Nodes;

/// <summary>A Node and when its agent was last heard of; null while nobody listens for it (after a restart, and once
/// its silence was noticed).</summary>
public sealed record NodeState(KubeObject? Object, DateTimeOffset? HeardAt) : ObjectState(Object)
{
    public static new readonly NodeState Absent = new(null, HeardAt: null);
}

/// <summary>The agent was heard of (or its being silent starts to count).</summary>
public sealed record NodeHeard(DateTimeOffset At) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}

/// <summary>The agent's silence was noticed.</summary>
public sealed record NodeFellSilent : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}

/// <summary>Time to see whether the agent is still heard of.</summary>
public sealed record CheckSilence : Message
{
    public static readonly CheckSilence Instance = new();
}
