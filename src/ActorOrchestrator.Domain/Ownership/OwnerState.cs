using System.Collections.Immutable;
using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.Ownership;

/// <summary>An owner: the object, its durable claims on children, and what it has heard since activation.</summary>
public abstract record OwnerState<TClaim>(KubeObject? Object) : ObjectState(Object) where TClaim : Claim
{
    private static readonly TimeSpan ReportPatience = TimeSpan.FromSeconds(30);

    public ImmutableSortedDictionary<string, TClaim> Claims { get; init; } = Ownership.Claims.None<TClaim>();

    /// <summary>Matching objects without a controller were looked for, and adopted.</summary>
    public bool AdoptableKnown { get; init; }

    /// <summary>Why children cannot be created at present; null while they can.</summary>
    public CreationFailure? Failure { get; init; }

    /// <summary>When the actor started anew with claims to hear of; null for one that has run since its
    /// creation.</summary>
    public DateTimeOffset? ActiveSince { get; init; }

    /// <summary>How often in a row it has asked again for what is outstanding; null while no reminder is set.</summary>
    public int? AskAttempt { get; init; }

    /// <summary>It began so lately that children which have not reported are still waited for; after that they count as
    /// not ready.</summary>
    public bool IsFresh(DateTimeOffset now) => ActiveSince + ReportPatience > now;

    /// <summary>Something was asked that has not been answered.</summary>
    public virtual bool HasOutstanding => !AdoptableKnown || Claims.Values.Any(claim => claim.OwesAnswer);
}

/// <summary>Creations were refused <paramref name="Attempts"/> times in a row.</summary>
public sealed record CreationFailure(string Message, DateTimeOffset Since, DateTimeOffset RetryAt, int Attempts)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(1);

    public static CreationFailure After(CreationFailure? former, string message, DateTimeOffset now)
    {
        var attempts = (former?.Attempts ?? 0) + 1;
        var retryAt = now + BackOff.Pause(FirstPause, PauseMax, attempts - 1);
        return new CreationFailure(message, former?.Since ?? now, retryAt, attempts);
    }
}

internal static class BackOff
{
    /// <summary>Beyond so many doublings every pause here is longer than its maximum.</summary>
    private const int DoublingsMax = 10;

    public static TimeSpan Pause(TimeSpan first, TimeSpan max, int doublings)
    {
        var pause = first * Math.Pow(2, Math.Min(doublings, DoublingsMax));
        return pause < max ? pause : max;
    }
}
