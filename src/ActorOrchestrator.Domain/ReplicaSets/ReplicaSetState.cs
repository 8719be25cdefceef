using System.Collections.Immutable;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;

namespace ActorOrchestrator.Domain.ReplicaSets;

/// <summary>A ReplicaSet: the object, its durable claims on pods, and what it has heard since activation.</summary>
public sealed record ReplicaSetState(KubeObject? Object) : ObjectState(Object)
{
    public static new readonly ReplicaSetState Absent = new((KubeObject?)null);

    public ImmutableSortedDictionary<string, PodClaim> Claims { get; init; } = PodClaims.None;

    public bool AdoptableKnown { get; init; }

    /// <summary>Why pods cannot be created at present; null while they can.</summary>
    public CreationFailure? Failure { get; init; }

    /// <summary>When the actor started anew with claims to hear of; null for one that has run since its
    /// creation.</summary>
    public DateTimeOffset? ActiveSince { get; init; }

    public ReplicaSet? Set => (ReplicaSet?)Object;
}

/// <summary>Creations were refused <paramref name="Attempts"/> times in a row.</summary>
public sealed record CreationFailure(string Message, DateTimeOffset Since, DateTimeOffset RetryAt, int Attempts)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(1);

    public static CreationFailure After(CreationFailure? former, string message, DateTimeOffset now)
    {
        var attempts = (former?.Attempts ?? 0) + 1;
        var pause = FirstPause * Math.Pow(2, Math.Min(attempts - 1, 10));
        var retryAt = now + (pause < PauseMax ? pause : PauseMax);
        return new CreationFailure(message, former?.Since ?? now, retryAt, attempts);
    }
}

/// <summary>Creations fail, or (null) succeed again.</summary>
public sealed record CreationFailed(CreationFailure? Failure) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}
