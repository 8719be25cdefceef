using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Ownership;

/// <summary>An owner of pods.</summary>
public abstract class PodOwnerBehavior<TState, TOwner, TClaim> : OwnerBehavior<TState, TOwner, TClaim>
    where TState : OwnerState<TClaim> where TOwner : KubeObject where TClaim : PodClaim
{
    protected sealed override string ChildResource => OwnedPods.Resource;

    protected override bool IsWorthAdopting(KubeObject candidate) =>
        candidate is Pod pod && PodObservation.Of(pod).IsActive;

    protected sealed override IEnumerable<DomainEvent> Confirmed(ValueList<string> uids) =>
        uids.Count == 0 ? [] : [new PodsConfirmed(uids)];

    protected sealed override IEnumerable<DomainEvent> Unclaimed(ValueList<string> uids) => [new PodsUnclaimed(uids)];

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

    protected override KubeObject ManifestOf(TOwner owner, PodClaim claim) =>
        PodFromTemplate.Create(owner, TemplateOf(owner), claim);

    protected sealed override PodClaim Adoption(string uid, string name) => new(uid, name) { IsAdoption = true };

    protected sealed override IEnumerable<DomainEvent> Claimed(IReadOnlyList<PodClaim> claims) =>
        from claim in claims
        group new ClaimedPod(claim.Uid, claim.Name) by claim.IsAdoption into pods
        orderby pods.Key
        select new PodsClaimed(pods.ToValueList(), pods.Key);
}
