using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.ConfigRollouts;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.ControllerRevisions;

/// <summary>Keeps an owner's revisions in line with its template: the step of a reconciliation that comes before any
/// pod is made of it.</summary>
/// <param name="self">The owner.</param>
/// <param name="draft">The owner's decision.</param>
/// <param name="context">Its context.</param>
internal sealed class RevisionKeeper<TState, TOwner>(
    EntityKey self, OwnerDraft<TState, TOwner> draft, DecisionContext context)
    where TState : OwnerState<Claim> where TOwner : KubeObject
{
    private IEnumerable<RevisionClaim> All => draft.State.Claims.Values.OfType<RevisionClaim>();

    /// <summary>Every revision has been heard of, or is about to be made.</summary>
    public bool IsHeard =>
        draft.State.AdoptableKnown && All.All(revision => revision.IsObserved || revision.Manifest is not null);

    /// <summary>The template is a new one, and copies of ConfigMaps or Secrets that it is to use are still to be
    /// made.</summary>
    public bool AwaitsCopies => ConfigPins.Awaited(
        draft.Shown, () => RevisionHistory.Find(All, draft.Shown.Pinned()) is not null).Count > 0;

    /// <summary>The revision of the template, with the highest number of all; null while it is still to be made. Until
    /// it exists its name may prove to be taken, so pods wait for it.</summary>
    public RevisionClaim? Present(PodTemplateSpec template, int? collisionCount, string hashLabel)
    {
        var found = RevisionHistory.Find(All, template);
        var number = RevisionHistory.NextNumber(All, found);
        if (found is null)
        {
            if (!(draft.State.Failure?.RetryAt > context.Now))
            {
                Claim(template, collisionCount, hashLabel, number);
            }

            return null;
        }

        if (found is { IsConfirmed: true, Observed: not null } && found.Number < number)
        {
            draft.Emit(new RevisionRenumbered(found.Uid, number));
            draft.Decision.Tell(
                KeyOf(found), new RenumberRevision(self, draft.Shown.Metadata.Uid!, found.Uid, number));
        }

        return found.IsConfirmed ? found : null;
    }

    public void DeleteExpired(RevisionClaim current, Func<RevisionClaim, bool> isInUse, int? limit)
    {
        var expired = RevisionHistory.Expired(All, current, isInUse, limit);
        if (expired.Count == 0)
        {
            return;
        }

        draft.Emit(new RevisionsDeletionRequested(expired.Uids()));
        foreach (var revision in expired)
        {
            draft.Decision.Tell(KeyOf(revision), Delete.Exactly(revision.Uid));
        }
    }

    private void Claim(PodTemplateSpec template, int? collisionCount, string hashLabel, long number)
    {
        var hash = Deployments.PodTemplateHash.Of(template, collisionCount);
        var made = RevisionHistory.Make(draft.Shown, template, hash, hashLabel, number);
        var manifest = made with { Metadata = made.Metadata with { Uid = context.Ids.NewUid() } };
        var claimed = new RevisionClaimed(manifest.Metadata.Uid!, manifest.Metadata.Name!, manifest);
        draft.Emit(claimed);
        draft.Decision.Tell(
            self with { Resource = RevisionHistory.Resource, Name = claimed.Name }, new Create(manifest));
    }

    private EntityKey KeyOf(RevisionClaim revision) =>
        self with { Resource = RevisionHistory.Resource, Name = revision.Name };
}
