using System.Collections.Immutable;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>
/// A Deployment's claim on one ReplicaSet; its life is that of a ReplicaSet's claim on a pod (PodClaim), but that the
/// manifest is kept until it exists, so that exactly the same is asked for again.
/// </summary>
public sealed record ReplicaSetClaim(string Uid, string Name)
{
    /// <summary>The object to be created; null once it was seen, and for an adoption.</summary>
    public ReplicaSet? Manifest { get; init; }

    public bool IsConfirmed { get; init; }

    /// <summary>The last resizing. It is kept when it was answered: a report from before it shows itself by
    /// that.</summary>
    public ResizeRequested? Resize { get; init; }

    /// <summary>The last report since activation; null before the first.</summary>
    public ReplicaSet? Observed { get; init; }

    /// <summary>It reported, since activation, that it does not exist.</summary>
    public bool IsGone { get; init; }

    /// <summary>Why it could not be created.</summary>
    public Status? Refusal { get; init; }

    public bool IsAdoption => Manifest is null && !IsConfirmed;

    /// <summary>It exists, is heard of, and nothing is under way to it: a step may count on it.</summary>
    public bool IsSettled => IsConfirmed && Observed is not null && HasAnswered;

    public bool HasAnswered => Resize is null || (Observed is not null && Resize.IsAnsweredBy(Observed));

    /// <summary>A report of an older generation, or older within one, changes nothing.</summary>
    public ReplicaSetClaim Observe(ReplicaSet? report)
    {
        if (IsGone || report is null)
        {
            return this with { IsGone = true };
        }

        if (Observed is { } former && (report.Metadata.Generation < former.Metadata.Generation
                || report.Status.ObservedGeneration < former.Status.ObservedGeneration))
        {
            return this;
        }

        return this with { Observed = report, Refusal = null };
    }
}

public sealed record ReplicaSetClaimed(string Uid, string Name, ReplicaSet? Manifest) : DomainEvent
{
    public override EventScope Scope => EventScope.Private;
}

/// <summary>The ReplicaSet exists and is ours.</summary>
public sealed record ReplicaSetConfirmed(string Uid) : DomainEvent
{
    public override EventScope Scope => EventScope.Private;
}

/// <summary>The ReplicaSet is gone, refused, or no longer ours.</summary>
public sealed record ReplicaSetUnclaimed(string Uid) : DomainEvent
{
    public override EventScope Scope => EventScope.Private;
}

/// <summary>A resizing is about to be told to the ReplicaSet of this generation (ResizeReplicaSet).</summary>
public sealed record ResizeRequested(
    string Uid, long Generation, int Available, int Replicas, int MinReadySeconds, ValueMap<string> Annotations)
    : DomainEvent
{
    public override EventScope Scope => EventScope.Private;

    /// <summary>Obeyed, or refused because somebody else was faster or more pods came up.</summary>
    public bool IsAnsweredBy(ReplicaSet report) =>
        report.Metadata.Generation > Generation
        || (Replicas < report.Spec.Replicas && report.Status.AvailableReplicas > Available)
        || (report.Metadata.Generation == Generation
            && report.Spec.Replicas == Replicas
            && report.Spec.MinReadySeconds == MinReadySeconds
            && Annotations.All(entry => report.Metadata.Annotations.GetValueOrDefault(entry.Key) == entry.Value));
}

/// <summary>A report; a null set says that it does not exist.</summary>
public sealed record ReplicaSetObserved(string Uid, ReplicaSet? Set) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}

public sealed record ReplicaSetRefused(string Uid, Status Status) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}

/// <summary>All claims of one Deployment, ordered by uid.</summary>
public static class ReplicaSetClaims
{
    public static readonly ImmutableSortedDictionary<string, ReplicaSetClaim> None =
        ImmutableSortedDictionary.Create<string, ReplicaSetClaim>(StringComparer.Ordinal);

    /// <summary>Replaces the claim of <paramref name="uid"/>; one that is not there any more stays away.</summary>
    public static ImmutableSortedDictionary<string, ReplicaSetClaim> Change(
        this ImmutableSortedDictionary<string, ReplicaSetClaim> claims,
        string uid, Func<ReplicaSetClaim, ReplicaSetClaim> change) =>
        claims.TryGetValue(uid, out var claim) ? claims.SetItem(uid, change(claim)) : claims;

    /// <summary>Forgets what was only observed; all ReplicaSets are asked to report again.</summary>
    public static ImmutableSortedDictionary<string, ReplicaSetClaim> ForgetObservations(
        this ImmutableSortedDictionary<string, ReplicaSetClaim> claims) => claims.Keys.Aggregate(claims, (all, uid) =>
        all.Change(uid, claim => claim with { Observed = null, IsGone = false, Refusal = null }));

    /// <summary>The shortest series of events that makes these claims.</summary>
    public static IEnumerable<DomainEvent> History(this IEnumerable<ReplicaSetClaim> claims)
    {
        foreach (var claim in claims)
        {
            yield return new ReplicaSetClaimed(claim.Uid, claim.Name, claim.Manifest);
            if (claim.IsConfirmed)
            {
                yield return new ReplicaSetConfirmed(claim.Uid);
            }

            if (claim.Resize is { } request)
            {
                yield return request;
            }
        }
    }
}
