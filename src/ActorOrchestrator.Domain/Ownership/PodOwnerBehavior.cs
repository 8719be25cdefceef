using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Ownership;

/// <summary>An owner of pods.</summary>
public abstract class PodOwnerBehavior<TState, TOwner, TClaim> : OwnerBehavior<TState, TOwner, TClaim>
    where TState : OwnerState<TClaim> where TOwner : KubeObject where TClaim : PodClaim
{
    protected override bool IsWorthAdopting(TOwner owner, KubeObject candidate) =>
        candidate is Pod pod && PodObservation.Of(pod).IsActive;

    protected sealed override IEnumerable<DomainEvent> Confirmed(IReadOnlyList<TClaim> claims) =>
        claims.Count == 0 ? [] : [new PodsConfirmed(claims.Uids())];

    protected sealed override IEnumerable<DomainEvent> Unclaimed(IReadOnlyList<TClaim> claims) =>
        [new PodsUnclaimed(claims.Uids())];

    protected override void Ask(EntityKey self, TOwner owner, TClaim claim, Decision decision) =>
        OwnedPods.Ask(self, KeyOf(self, claim), claim, decision);

    protected override IEnumerable<DomainEvent> OwnHistory(TState state)
    {
        var deleted = state.Claims.Values.Where(claim => claim.IsDeletionRequested).Uids();
        return deleted.Count == 0
            ? base.OwnHistory(state)
            : [.. base.OwnHistory(state), new PodsDeletionRequested(deleted)];
    }
}

/// <summary>An owner of pods that are all made of its template.</summary>
public abstract class PodOwnerBehavior<TState, TOwner> : PodOwnerBehavior<TState, TOwner, PodClaim>
    where TState : OwnerState<PodClaim> where TOwner : KubeObject
{
    protected abstract PodTemplateSpec TemplateOf(TOwner owner);

    protected override KubeObject? ManifestOf(TState state, TOwner owner, PodClaim claim) =>
        PodFromTemplate.Create(owner, TemplateOf(owner), claim);

    protected sealed override PodClaim Adoption(EntityKey child, string uid) =>
        new(uid, child.Name) { IsAdoption = true };

    protected sealed override IEnumerable<DomainEvent> Claimed(IReadOnlyList<PodClaim> claims) =>
        OwnedPods.Claimed(claims);
}
