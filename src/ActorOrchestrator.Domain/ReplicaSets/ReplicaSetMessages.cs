using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.ReplicaSets;

/// <summary>
/// A Deployment asks its ReplicaSet (<paramref name="Uid"/>) for another size, or brings its annotations and
/// minReadySeconds up to date. Obeyed only by the generation that the Deployment decided on, so a message that comes
/// late or twice changes nothing; and, if pods are to go, only while no more of them are available than it knew of:
/// what seemed broken may have come up since. Answered with a <see cref="ChildReport"/> in any case.
/// </summary>
/// <param name="Owner">Who asks, and is answered.</param>
/// <param name="OwnerUid">Refused if this is not the ReplicaSet's controller.</param>
/// <param name="Uid">The ReplicaSet that is meant.</param>
/// <param name="Generation">Its metadata.generation when this was decided.</param>
/// <param name="Available">Its status.availableReplicas when this was decided.</param>
/// <param name="Replicas">The new spec.replicas.</param>
/// <param name="MinReadySeconds">The new spec.minReadySeconds.</param>
/// <param name="Annotations">Annotations to set; others stay.</param>
public sealed record ResizeReplicaSet(
    EntityKey Owner,
    string OwnerUid,
    string Uid,
    long Generation,
    int Available,
    int Replicas,
    int MinReadySeconds,
    ValueMap<string> Annotations) : Message;

/// <summary>An owner's reminder to itself to ask again what was not answered.</summary>
/// <param name="Attempt">How often it has been asked again in a row; the pause doubles with it.</param>
public sealed record AskAgain(int Attempt) : Message
{
    public const string Timer = "ask-again";

    /// <summary>Long enough that a loaded machine answers before; a lost message is the only reason to ask
    /// again.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(1);

    public DateTimeOffset Due(DateTimeOffset now)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(Attempt, 10));
        return now + (pause < PauseMax ? pause : PauseMax);
    }
}

/// <summary>An owner's rare reminder to itself to ask all children, in case that a report was lost.</summary>
public sealed record Resync : Message
{
    public const string Timer = "resync";

    public static readonly Resync Instance = new();

    public static readonly TimeSpan Period = TimeSpan.FromMinutes(10);
}

/// <summary>An owner starts anew, after creation of the actor or of the process: what it had only heard is
/// forgotten.</summary>
public sealed record ActivationBegan(DateTimeOffset At) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}

/// <summary>The answer about orphans has come.</summary>
public sealed record AdoptableLookedUp : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}
