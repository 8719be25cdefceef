using System.Collections.Immutable;
using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.Ownership;

/// <summary>
/// An owner's claim on one child. It is durable before the child is asked for, so that after any crash the same child
/// (name, uid) is asked for again, and never another one beside it.
/// <code>
///            claimed              first report              deletion requested           reports that it is gone
///   (none) ───────────► claimed ───────────────► confirmed ────────────────────► being deleted ───────────────► (none)
///                        │  └── lost: asked for again ─┐ │                                                        ▲
///                        │  ◄──────────────────────────┘ └── gone, finished elsewhere, not ours any more ─────────┤
///                        └── refused ─────────────────────────────────────────────────────────────────────────────┘
/// </code>
/// "Confirmed" parts a child that was never created (ask again) from one that is gone (make another).
/// </summary>
public abstract record Claim(string Uid, string Name)
{
    /// <summary>The child's resource (<c>pods</c>).</summary>
    public abstract string Resource { get; }

    /// <summary>An object without a controller that was asked to be ours, instead of one asked to be created. Ends with
    /// the confirmation.</summary>
    public bool IsAdoption { get; init; }

    public bool IsConfirmed { get; init; }

    /// <summary>The owner asked for its deletion.</summary>
    public bool IsDeletionRequested { get; init; }

    /// <summary>It reported, since activation, that it does not exist.</summary>
    public bool IsGone { get; init; }

    /// <summary>Why it could not be created.</summary>
    public Status? Refusal { get; init; }

    /// <summary>It is older than the owner's last activation.</summary>
    public bool IsInherited { get; init; }

    /// <summary>It has reported since activation.</summary>
    public abstract bool IsObserved { get; }

    /// <summary>The uid of its controller by its last report; null without one, and before the first report.</summary>
    public abstract string? ControllerUid { get; }

    /// <summary>Its labels by its last report, if it is released when the selector does not match them.</summary>
    public abstract ValueMap<string>? Selectable { get; }

    /// <summary>It was never created, adopted or heard; or what it was told last has not been answered.</summary>
    public virtual bool OwesAnswer => !IsConfirmed || !IsObserved;

    /// <summary>Takes in a report; null says that it does not exist. A claim that learns nothing stays equal.</summary>
    public abstract Claim Observe(KubeObject? report);

    /// <summary>Forgets what was only observed.</summary>
    public virtual Claim Forget() => this with { IsGone = false, Refusal = null, IsInherited = true };

    public virtual Claim Confirm() => this with { IsConfirmed = true, IsAdoption = false };
}

/// <summary>All claims of one owner, ordered by uid.</summary>
public static class Claims
{
    public static ImmutableSortedDictionary<string, TClaim> None<TClaim>() where TClaim : Claim =>
        ImmutableSortedDictionary.Create<string, TClaim>(StringComparer.Ordinal);

    public static ImmutableSortedDictionary<string, TClaim> Add<TClaim>(
        this ImmutableSortedDictionary<string, TClaim> claims, IEnumerable<TClaim> added) where TClaim : Claim
    {
        var builder = claims.ToBuilder();
        foreach (var claim in added)
        {
            builder[claim.Uid] = claim;
        }

        return builder.ToImmutable();
    }

    /// <summary>Replaces the claims of the given uids; those that are not there any more stay away.</summary>
    public static ImmutableSortedDictionary<string, TClaim> Change<TClaim>(
        this ImmutableSortedDictionary<string, TClaim> claims, IEnumerable<string> uids, Func<TClaim, Claim> change)
        where TClaim : Claim
    {
        var builder = claims.ToBuilder();
        foreach (var uid in uids)
        {
            if (builder.TryGetValue(uid, out var claim))
            {
                builder[uid] = (TClaim)change(claim);
            }
        }

        return builder.ToImmutable();
    }

    public static ValueList<string> Uids<TClaim>(this IEnumerable<TClaim> claims) where TClaim : Claim =>
        claims.Select(claim => claim.Uid).ToValueList();
}
