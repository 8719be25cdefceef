using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Selectors;

namespace ActorOrchestrator.Domain.Ownership;

/// <summary>An owner's reconciliation: settle what was heard, let the kind take its next step, publish how it
/// stands.</summary>
public abstract partial class OwnerBehavior<TState, TOwner, TClaim>
{
    private const string RetryTimer = "retry-creation";

    /// <summary>The kind's next step, on claims that are settled; what it shows it leaves in the draft.</summary>
    protected abstract void Converge(
        EntityKey self, OwnerDraft<TState, TOwner> draft, in DecisionContext context);

    /// <summary>A child that was asked for exists; its claim as it was before.</summary>
    protected virtual void OnCreated(OwnerDraft<TState, TOwner> draft, TClaim claim)
    {
    }

    /// <summary>Whether a child whose name a stranger has is made under another one; where it has the one name that it
    /// may have, it is refused like others, and tried again later.</summary>
    protected virtual bool FindsAnotherName(TClaim claim) => true;

    /// <summary>A stranger has the child's name.</summary>
    protected virtual void OnNameTaken(OwnerDraft<TState, TOwner> draft, TClaim claim)
    {
    }

    /// <summary>A child was refused for a reason that lasts (a quota, a missing PriorityClass).</summary>
    protected virtual void OnCreationFailed(
        OwnerDraft<TState, TOwner> draft, TClaim claim, string message, DateTimeOffset now)
    {
    }

    private Decision Reconcile(EntityKey self, TState state, in DecisionContext context)
    {
        var draft = new OwnerDraft<TState, TOwner>(this, state);
        Confirm(draft);
        SettleRefusals(draft, context);
        Unclaim(self, draft);
        Converge(self, draft, context);
        draft.Publish(self);
        SetTimers(draft, context);
        return draft.Decision;
    }

    /// <summary>First reports end the wait for a child; an adoption that another controller won is given up
    /// below.</summary>
    private void Confirm(OwnerDraft<TState, TOwner> draft)
    {
        var first = draft.State.Claims.Values
            .Where(claim => !claim.IsConfirmed && claim.ControllerUid == draft.Shown.Metadata.Uid).ToList();
        Emit(draft, first.Count == 0 ? [] : Confirmed(first));
        var created = first.Where(claim => !claim.IsAdoption).ToList();
        created.ForEach(claim => OnCreated(draft, claim));
        if (created.Count > 0 && draft.State.Failure is not null)
        {
            draft.Emit(new CreationFailed(null));
        }
    }

    private void SettleRefusals(OwnerDraft<TState, TOwner> draft, in DecisionContext context)
    {
        var refused = draft.State.Claims.Values.Where(claim => claim.Refusal is not null).ToList();
        if (refused.Count == 0)
        {
            return;
        }

        Emit(draft, Unclaimed(refused));
        foreach (var claim in refused.Where(IsNameTaken))
        {
            OnNameTaken(draft, claim);
        }

        // A name that is taken is no failure: the next one is drawn at once.
        if (refused.Find(claim => !IsNameTaken(claim)) is not { Refusal: { } status } failed)
        {
            return;
        }

        var message = status.Message ?? status.Reason ?? "refused";
        draft.Emit(new CreationFailed(CreationFailure.After(draft.State.Failure, message, context.Now)));
        var isNamespaceGoing =
            status.Details?.Causes.Any(cause => cause.Reason == StatusReasons.NamespaceTerminating) == true;
        if (!isNamespaceGoing)
        {
            OnCreationFailed(draft, failed, message, context.Now);
        }
    }

    /// <summary>Drops children that are gone or another controller's, and releases those that the selector
    /// lost.</summary>
    private void Unclaim(EntityKey self, OwnerDraft<TState, TOwner> draft)
    {
        var (owner, selector) = (draft.Shown.Metadata, SelectorOf(draft.Shown));
        var lost = new List<TClaim>();
        foreach (var claim in draft.State.Claims.Values)
        {
            if (claim.IsGone || (claim.IsObserved && claim.ControllerUid != owner.Uid))
            {
                lost.Add(claim);
            }
            else if (owner.DeletionTimestamp is null && claim.Selectable is { } labels && !selector.Selects(labels))
            {
                lost.Add(claim);
                draft.Decision.Tell(KeyOf(self, claim), new Release(claim.Uid, owner.Uid!));
            }
        }

        Emit(draft, lost.Count == 0 ? [] : Unclaimed(lost));
    }

    /// <summary>The reminder starts anew when something new was asked; else one that runs goes on, with its longer and
    /// longer pauses.</summary>
    private static void SetTimers(OwnerDraft<TState, TOwner> draft, in DecisionContext context)
    {
        var hasAsked = draft.Decision.Events.Any(@event =>
            @event is { Scope: EventScope.Private } and not (IChildrenConfirmed or IChildrenUnclaimed));
        if (draft.State.HasOutstanding && (hasAsked || draft.State.AskAttempt is null))
        {
            var again = new AskAgain(0);
            draft.Emit(new ReminderSet(again.Attempt));
            draft.Decision.SetTimer(AskAgain.Timer, again.Due(context.Now), again);
        }

        if (draft.State.Failure?.RetryAt is { } retryAt && retryAt > context.Now)
        {
            draft.Decision.SetTimer(RetryTimer, retryAt, Domain.Reconcile.Instance);
        }
    }

    private bool IsNameTaken(TClaim claim) =>
        claim.Refusal?.Reason == StatusReasons.AlreadyExists && FindsAnotherName(claim);

    private static void Emit(OwnerDraft<TState, TOwner> draft, IEnumerable<DomainEvent> events)
    {
        foreach (var @event in events)
        {
            draft.Emit(@event);
        }
    }
}
