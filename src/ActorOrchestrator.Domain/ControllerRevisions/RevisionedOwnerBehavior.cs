using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.ControllerRevisions;

/// <summary>An owner of pods that keeps its templates as ControllerRevisions: DaemonSet and StatefulSet. It claims both
/// kinds of children.</summary>
public abstract class RevisionedOwnerBehavior<TState, TOwner> : OwnerBehavior<TState, TOwner, Claim>
    where TState : OwnerState<Claim> where TOwner : KubeObject
{
    /// <summary>Whose Events they are, as Kubernetes' controllers call themselves.</summary>
    protected abstract string Component { get; }

    /// <summary>What the claimed pod is asked to be; null if it is not wanted any more.</summary>
    protected abstract Pod? ManifestOf(TState state, TOwner owner, PodClaim claim);

    /// <summary>A name that a stranger has means that the hash collided: the next hash is counted on by one.</summary>
    protected abstract void OnHashTaken(OwnerDraft<TState, TOwner> draft);

    /// <summary>The events that claim pods, with what the kind keeps of each.</summary>
    protected virtual IEnumerable<DomainEvent> Claimed(IReadOnlyList<PodClaim> pods) => OwnedPods.Claimed(pods);

    protected sealed override KubeObject? ManifestOf(TState state, TOwner owner, Claim claim) => claim switch
    {
        RevisionClaim revision => revision.Manifest,
        PodClaim pod => ManifestOf(state, owner, pod),
        _ => throw new InvalidOperationException($"the claim on {claim.Name} has no manifest"),
    };

    protected sealed override Claim Adoption(EntityKey child, string uid) => child.Resource == RevisionHistory.Resource
        ? RevisionClaim.Of(uid, child.Name, manifest: null)
        : new PodClaim(uid, child.Name) { IsAdoption = true };

    protected override bool IsWorthAdopting(TOwner owner, KubeObject candidate) => candidate is Pod pod
        ? PodObservation.Of(pod).IsActive
        : base.IsWorthAdopting(owner, candidate);

    protected sealed override IEnumerable<DomainEvent> Claimed(IReadOnlyList<Claim> claims) =>
    [
        .. claims.OfType<RevisionClaim>().Select(claim => new RevisionClaimed(claim.Uid, claim.Name, claim.Manifest)),
        .. Claimed(claims.OfType<PodClaim>().ToList()),
    ];

    protected sealed override IEnumerable<DomainEvent> Confirmed(IReadOnlyList<Claim> claims)
    {
        if (Uids<RevisionClaim>(claims) is { Count: > 0 } revisions)
        {
            yield return new RevisionsConfirmed(revisions);
        }

        if (Uids<PodClaim>(claims) is { Count: > 0 } pods)
        {
            yield return new PodsConfirmed(pods);
        }
    }

    protected sealed override IEnumerable<DomainEvent> Unclaimed(IReadOnlyList<Claim> claims)
    {
        if (Uids<RevisionClaim>(claims) is { Count: > 0 } revisions)
        {
            yield return new RevisionsUnclaimed(revisions);
        }

        if (Uids<PodClaim>(claims) is { Count: > 0 } pods)
        {
            yield return new PodsUnclaimed(pods);
        }
    }

    protected override IEnumerable<DomainEvent> OwnHistory(TState state)
    {
        var deleted = state.Claims.Values.Where(claim => claim.IsDeletionRequested).ToList();
        foreach (var @event in base.OwnHistory(state))
        {
            yield return @event;
        }

        if (Uids<RevisionClaim>(deleted) is { Count: > 0 } revisions)
        {
            yield return new RevisionsDeletionRequested(revisions);
        }

        if (Uids<PodClaim>(deleted) is { Count: > 0 } pods)
        {
            yield return new PodsDeletionRequested(pods);
        }
    }

    protected override TState ApplyOwn(TState state, DomainEvent @event) => @event switch
    {
        RevisionRenumbered renumbered => (TState)((OwnerState<Claim>)state with
        {
            Claims = state.Claims.Change(
                [renumbered.Uid], claim => (RevisionClaim)claim with { Renumbered = renumbered.Number }),
        }),
        _ => base.ApplyOwn(state, @event),
    };

    protected sealed override void Ask(EntityKey self, TOwner owner, Claim claim, Decision decision)
    {
        switch (claim)
        {
            case PodClaim pod:
                OwnedPods.Ask(self, KeyOf(self, claim), pod, decision);
                break;
            case { IsDeletionRequested: true }:
                decision.Tell(KeyOf(self, claim), Delete.Exactly(claim.Uid));
                base.Ask(self, owner, claim, decision);
                break;
            case RevisionClaim { Renumbered: { } number } revision when number > revision.Observed?.Revision:
                decision.Tell(
                    KeyOf(self, claim),
                    new RenumberRevision(self, owner.Metadata.Uid!, revision.Uid, number));
                break;
            default:
                base.Ask(self, owner, claim, decision);
                break;
        }
    }

    protected override void OnCreated(OwnerDraft<TState, TOwner> draft, Claim claim)
    {
        if (claim is PodClaim)
        {
            draft.Decision.RecordEvent(
                draft.Shown, "Normal", "SuccessfulCreate", $"Created pod: {claim.Name}", Component);
        }
    }

    protected override void OnNameTaken(OwnerDraft<TState, TOwner> draft, Claim claim)
    {
        if (claim is RevisionClaim)
        {
            OnHashTaken(draft);
        }
    }

    protected override void OnCreationFailed(
        OwnerDraft<TState, TOwner> draft, Claim claim, string message, DateTimeOffset now) =>
        draft.Decision.RecordEvent(draft.Shown, "Warning", "FailedCreate", $"Error creating: {message}", Component);

    private static ValueList<string> Uids<TClaim>(IEnumerable<Claim> claims) where TClaim : Claim =>
        claims.OfType<TClaim>().Uids();
}
