using System.Collections.Immutable;
using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.ReplicaSets;

/// <summary>
/// A ReplicaSet's claim on one pod. It is durable before the pod is asked for, so that after any crash the same pod
/// (name, uid) is asked for again, and never another one beside it.
/// <code>
///           PodsClaimed             first report               PodsDeletionRequested           reports that it is gone
///   (none) ─────────────► claimed ───────────────► confirmed ───────────────────► being deleted ─────────────► (none)
///                          │  └── lost: asked for again ─┐ │                                                      ▲
///                          │  ◄──────────────────────────┘ └── gone, finished elsewhere, not ours any more ───────┤
///                          └── refused ───────────────────────────────────────────────────────────────────────────┘
/// </code>
/// "Confirmed" parts a pod that was never created (ask again) from one that is gone (make another).
/// </summary>
public sealed record PodClaim(string Uid, string Name)
{
    /// <summary>An orphan that was asked to be ours, instead of a pod asked to be created.</summary>
    public bool IsAdoption { get; init; }

    public bool IsConfirmed { get; init; }

    /// <summary>The ReplicaSet asked for its deletion.</summary>
    public bool IsDeletionRequested { get; init; }

    /// <summary>The last report since activation; null before the first.</summary>
    public PodObservation? Observation { get; init; }

    /// <summary>It reported, since activation, that it does not exist.</summary>
    public bool IsGone { get; init; }

    /// <summary>Why it could not be created.</summary>
    public Status? Refusal { get; init; }

    /// <summary>It may be a running replica, for all we know: only a report (gone, terminating, finished) or a refusal
    /// ends that, not what we asked for. This is what must never exceed the bounds of a rollout.</summary>
    public bool MayBeActive => !IsGone && Refusal is null && Observation is null or { IsActive: true };

    /// <summary>A replica that is to stay.</summary>
    public bool IsWanted => MayBeActive && !IsDeletionRequested;
}

/// <summary>A pod to be, or an orphan to be ours.</summary>
public readonly record struct ClaimedPod(string Uid, string Name);

public sealed record PodsClaimed(ValueList<ClaimedPod> Pods, bool IsAdoption) : DomainEvent
{
    public override EventScope Scope => EventScope.Private;
}

/// <summary>The pods exist and are ours.</summary>
public sealed record PodsConfirmed(ValueList<string> Uids) : DomainEvent
{
    public override EventScope Scope => EventScope.Private;
}

/// <summary>The deletion of the pods is asked for.</summary>
public sealed record PodsDeletionRequested(ValueList<string> Uids) : DomainEvent
{
    public override EventScope Scope => EventScope.Private;
}

/// <summary>The pods are gone, refused, or no longer ours.</summary>
public sealed record PodsUnclaimed(ValueList<string> Uids) : DomainEvent
{
    public override EventScope Scope => EventScope.Private;
}

/// <summary>A report; a null observation says that the pod does not exist.</summary>
public sealed record PodObserved(string Uid, PodObservation? Observation) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}

public sealed record PodRefused(string Uid, Status Status) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}

/// <summary>All claims of one ReplicaSet, ordered by uid.</summary>
public static class PodClaims
{
    public static readonly ImmutableSortedDictionary<string, PodClaim> None =
        ImmutableSortedDictionary.Create<string, PodClaim>(StringComparer.Ordinal);

    public static ImmutableSortedDictionary<string, PodClaim> Claim(
        this ImmutableSortedDictionary<string, PodClaim> claims, PodsClaimed @event)
    {
        var builder = claims.ToBuilder();
        foreach (var pod in @event.Pods.AsSpan())
        {
            builder[pod.Uid] = new PodClaim(pod.Uid, pod.Name) { IsAdoption = @event.IsAdoption };
        }

        return builder.ToImmutable();
    }

    /// <summary>Replaces the claims of the given uids; those that are not there any more stay away.</summary>
    public static ImmutableSortedDictionary<string, PodClaim> Change(
        this ImmutableSortedDictionary<string, PodClaim> claims,
        ValueList<string> uids,
        Func<PodClaim, PodClaim> change)
    {
        var builder = claims.ToBuilder();
        foreach (var uid in uids.AsSpan())
        {
            if (builder.TryGetValue(uid, out var claim))
            {
                builder[uid] = change(claim);
            }
        }

        return builder.ToImmutable();
    }

    /// <summary>A pod that was seen terminating or gone stays so: a late report changes nothing.</summary>
    public static PodClaim Observe(this PodClaim claim, PodObservation? observation) => (claim, observation) switch
    {
        ({ IsGone: true }, _) => claim,
        (_, null) => claim with { IsGone = true },
        ({ Observation.IsTerminating: true }, { IsTerminating: false }) => claim,
        _ => claim with { Observation = observation, Refusal = null },
    };

    /// <summary>The shortest series of events that makes these claims.</summary>
    public static IEnumerable<DomainEvent> History(this IEnumerable<PodClaim> claims)
    {
        var all = claims.ToList();
        foreach (var isAdoption in (bool[])[false, true])
        {
            if (all.Where(claim => claim.IsAdoption == isAdoption).ToList() is { Count: > 0 } claimed)
            {
                yield return new PodsClaimed(
                    claimed.Select(claim => new ClaimedPod(claim.Uid, claim.Name)).ToValueList(), isAdoption);
            }
        }

        if (Uids(all, claim => claim.IsConfirmed) is { Count: > 0 } confirmed)
        {
            yield return new PodsConfirmed(confirmed);
        }

        if (Uids(all, claim => claim.IsDeletionRequested) is { Count: > 0 } deleted)
        {
            yield return new PodsDeletionRequested(deleted);
        }
    }

    private static ValueList<string> Uids(IEnumerable<PodClaim> claims, Func<PodClaim, bool> isMeant) =>
        claims.Where(isMeant).Select(claim => claim.Uid).ToValueList();

    /// <summary>Forgets what was only observed; all pods are asked to report again.</summary>
    public static ImmutableSortedDictionary<string, PodClaim> ForgetObservations(
        this ImmutableSortedDictionary<string, PodClaim> claims) =>
        claims.Change([.. claims.Keys], claim => claim with { Observation = null, IsGone = false, Refusal = null });
}
