using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.Ownership;

/// <summary>The durable events about claims are of each kind of child, for they are the schema of the journal; what
/// they do is the same for all. New children are claimed.</summary>
public interface IChildrenClaimed<out TClaim> where TClaim : Claim
{
    IEnumerable<TClaim> NewClaims();
}

/// <summary>The children exist and are ours.</summary>
public interface IChildrenConfirmed
{
    ValueList<string> Children();
}

/// <summary>The deletion of the children is asked for.</summary>
public interface IChildrenDeletionRequested
{
    ValueList<string> Children();
}

/// <summary>The children are gone, refused, or no longer ours.</summary>
public interface IChildrenUnclaimed
{
    ValueList<string> Children();
}

/// <summary>A durable event about children of one kind, by their uids.</summary>
public abstract record ChildrenEvent(ValueList<string> Uids) : DomainEvent
{
    public override EventScope Scope => EventScope.Private;

    public ValueList<string> Children() => Uids;
}

/// <summary>A child's report, as what its claim has become by it.</summary>
public sealed record ChildObserved(Claim Claim) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}

public sealed record ChildCreationRefused(string Uid, Status Status) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}

/// <summary>Creations fail, or (null) succeed again.</summary>
public sealed record CreationFailed(CreationFailure? Failure) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}

/// <summary>An owner starts anew, after creation of the actor or of the process: what it had only heard is
/// forgotten.</summary>
public sealed record ActivationBegan(DateTimeOffset At) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}

/// <summary>The answer about objects to adopt has come.</summary>
public sealed record AdoptableLookedUp : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}

/// <summary>A reminder to ask again is set, or (null) not needed any more.</summary>
public sealed record ReminderSet(int? Attempt) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}
