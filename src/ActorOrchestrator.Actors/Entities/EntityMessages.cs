using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors.Entities;

/// <summary>One message for an entity, as it goes through regions and shards. The sender is whoever is to hear the
/// answer of a command.</summary>
/// <param name="To">The entity.</param>
/// <param name="Message">What it is told.</param>
/// <param name="RequestId">The asker's number of a command that is answered; 0 for a message without an
/// answer.</param>
public sealed record EntityEnvelope(EntityKey To, Message Message, long RequestId = 0)
{
    /// <summary>The entity as regions and shards name it; each of them asks for it.</summary>
    public string EntityId { get; } = To.ToString();
}

/// <summary>A command's answer.</summary>
/// <param name="RequestId">Of the <see cref="EntityEnvelope"/>.</param>
/// <param name="Reply">The outcome; an accepted object carries its resourceVersion.</param>
/// <param name="Ordering">The row that the answer stands on: whoever has folded up to it sees what the entity
/// saw.</param>
public sealed record CommandAnswer(long RequestId, Reply Reply, long Ordering);

/// <summary>A command that was not decided, or whose decision was not stored.</summary>
/// <param name="RequestId">Of the <see cref="EntityEnvelope"/>.</param>
/// <param name="Failure">What went wrong.</param>
/// <param name="Reason">Why, for whoever asked; null where <paramref name="Failure"/> says it all.</param>
/// <param name="FoundNobody">Whether no activation has seen the command: it may be told again, and nothing happens
/// twice.</param>
public sealed record CommandFailed(
    long RequestId, CommandFailure Failure, string? Reason, bool FoundNobody = false);

public enum CommandFailure
{
    /// <summary>Too many commands wait.</summary>
    Overloaded,

    /// <summary>The journal refused the row, or does not answer; nothing was stored as far as is known.</summary>
    NotStored,

    /// <summary>A bug: the behaviour threw, or gave no answer. It is in the log of the member.</summary>
    Faulted,

    /// <summary>The entity stopped before it decided: it moves, or the member stops.</summary>
    Unavailable,

    /// <summary>The member that had the entity was lost before it answered; nobody knows what it stored.</summary>
    Lost,
}

/// <summary>Brings an entity into memory, where it re-derives its timers and what it has to send. Of one that is there
/// already it asks nothing.</summary>
public sealed record Wake : Message
{
    public static readonly Wake Instance = new();
}

/// <summary>What a member of another release says and this one does not know, or not like this. It goes on to another
/// member as it came.</summary>
/// <param name="Manifest">What it is.</param>
/// <param name="Payload">It.</param>
public sealed record UnknownMessage(string Manifest, ReadOnlyMemory<byte> Payload) : Message;

/// <summary>The region asks an entity to stop: between two decisions, never within one.</summary>
public sealed class StopEntity
{
    public static readonly StopEntity Instance = new();

    private StopEntity()
    {
    }
}
