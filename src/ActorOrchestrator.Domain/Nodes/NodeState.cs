using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.Nodes;

/// <summary>A Node and when its agent was last heard of; null while nobody listens for it (after a restart, and once
/// its silence was noticed).</summary>
public sealed record NodeState(KubeObject? Object, DateTimeOffset? HeardAt) : ObjectState(Object)
{
    public static new readonly NodeState Absent = new(null, HeardAt: null);

    /// <summary>The connection on which a member hears the machine, if it only runs pods; null: none is known (after a
    /// restart, and of a member's machine).</summary>
    public string? Connection { get; init; }

    /// <summary>When the member was lost that carried the machine, if nothing was heard of that since.</summary>
    public DateTimeOffset? AdriftSince { get; init; }

    /// <summary>The time after which its fenced pods have ended is running (<see cref="NodeFences"/>).</summary>
    public bool IsFenceAwaited { get; init; }

    /// <summary>Since when a machine is said not to be heard of which no connection is known.</summary>
    public DateTimeOffset? DoubtedSince { get; init; }
}

/// <summary>The agent was heard of (or its being silent starts to count).</summary>
public sealed record NodeHeard(DateTimeOffset At) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}

/// <summary>A member hears the machine on a connection.</summary>
public sealed record NodeConnected(string Connection) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}

/// <summary>A member does not hear the machine, and whether another one does is not known yet.</summary>
public sealed record NodeDoubted(DateTimeOffset At) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}

/// <summary>The member that carried the machine is not heard.</summary>
public sealed record NodeAdrift(DateTimeOffset At) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}

/// <summary>The machine has connected to another member by now, or is lost, too.</summary>
public sealed record CheckAdrift : Message
{
    public static readonly CheckAdrift Instance = new();
}

/// <summary>The agent's silence was noticed.</summary>
public sealed record NodeFellSilent : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}

/// <summary>The machine's lease was renewed. What counts is that the row was stored: no other activation of the Node
/// has written since.</summary>
public sealed record NodeLeaseRenewed(int TermSeconds) : DomainEvent
{
    public override EventScope Scope => EventScope.Private;
}

/// <summary>The time after which the node's fenced pods have ended begins, or is of no interest any more.</summary>
public sealed record NodeFenceAwaited(bool IsAwaited) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}

/// <summary>The machine has ended its fenced pods, if the Node was not heard meanwhile.</summary>
public sealed record FenceDue : Message
{
    public static readonly FenceDue Instance = new();
}

/// <summary>Time to see whether the agent is still heard of.</summary>
public sealed record CheckSilence : Message
{
    public static readonly CheckSilence Instance = new();
}
