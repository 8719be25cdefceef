using System.Collections.Immutable;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Selectors;

namespace ActorOrchestrator.Domain.Ownership;

/// <summary>
/// What owners of children have in common: they persist a claim on a child (<see cref="Claim"/>) before they ask for
/// it, adopt what matches and has no controller, release what matches no more, ask again for what is not answered, hear
/// of their children by reports, and try refused creations again. What is wanted of children is the kind's own:
/// <see cref="Converge"/>, on each <see cref="Reconcile"/>.
/// <para>
/// It relies on one thing of the transport: messages from one entity to another may be lost, or come twice in a row,
/// but do not overtake each other. A late "there is no such child" would be believed, and the child replaced.
/// </para>
/// </summary>
public abstract partial class OwnerBehavior<TState, TOwner, TClaim> : ObjectBehavior<TState>
    where TState : OwnerState<TClaim> where TOwner : KubeObject where TClaim : Claim
{
    /// <summary>Every child has answered, and nothing stands in the way of creating others.</summary>
    public override bool IsAtRest(TState state) => state.Object is null
        || (!state.HasOutstanding && state.Failure is null
            && state.Claims.Values.All(claim => claim is { IsGone: false, Refusal: null }));

    public override Decision OnRecoveryCompleted(EntityKey self, TState state, in DecisionContext context)
    {
        if (state.Object is not TOwner owner)
        {
            return new Decision();
        }

        var draft = new Draft<TState>(this, state);
        draft.Emit(new ActivationBegan(context.Now));
        draft.Decision.Add(FindAdoptable(owner));
        AskAll(self, draft.State, draft.Decision);
        return Remind(draft.Decision, attempt: 0, context).Reconcile();
    }

    protected abstract LabelSelector? SelectorOf(TOwner owner);

    /// <summary>What the claimed child is asked to be; null if it is not wanted any more as it was claimed.</summary>
    protected abstract KubeObject? ManifestOf(TState state, TOwner owner, TClaim claim);

    /// <summary>A claim on an object that exists, to be adopted.</summary>
    protected abstract TClaim Adoption(EntityKey child, string uid);

    /// <summary>Whether the kind takes such an object, provided that it has no controller and matches.</summary>
    protected virtual bool IsWorthAdopting(TOwner owner, KubeObject candidate) =>
        candidate.Metadata.DeletionTimestamp is null;

    /// <summary>Whether a child that says it is ours, which we do not know, is claimed.</summary>
    protected virtual bool IsWorthTaking(TOwner owner, KubeObject stray) => true;

    /// <summary>What is entered of such a child when it is claimed.</summary>
    protected virtual IEnumerable<DomainEvent> Taken(TState state, TClaim claim, KubeObject stray) => Claimed([claim]);

    protected abstract IEnumerable<DomainEvent> Claimed(IReadOnlyList<TClaim> claims);

    protected abstract IEnumerable<DomainEvent> Confirmed(IReadOnlyList<TClaim> claims);

    protected abstract IEnumerable<DomainEvent> Unclaimed(IReadOnlyList<TClaim> claims);

    /// <summary>Tells a child (again) what it has not answered; without such a thing it is asked to report.</summary>
    protected virtual void Ask(EntityKey self, TOwner owner, TClaim claim, Decision decision) =>
        decision.Tell(KeyOf(self, claim), new ReportToOwner(self, claim.Uid));

    /// <summary>The kind's own messages while it exists.</summary>
    protected virtual Decision OnOtherMessage(
        EntityKey self, TState state, TOwner owner, Message message, in DecisionContext context) => new();

    /// <summary>A message to a name under which nothing exists.</summary>
    protected virtual Decision OnMessageToAbsent(EntityKey self, Message message) => new();

    protected override Decision OnCreate(EntityKey self, TState state, Create create, in DecisionContext context)
    {
        var decision = base.OnCreate(self, state, create, context);
        if (decision.Events.OfType<ObjectCreated>().FirstOrDefault()?.Object is not TOwner owner)
        {
            return decision;
        }

        decision.Add(FindAdoptable(owner));
        AskFacts(state, decision);
        return Remind(decision, attempt: 0, context);
    }

    protected sealed override Decision OnMessage(
        EntityKey self, TState state, Message message, in DecisionContext context)
    {
        if (state.Object is not TOwner owner)
        {
            return OnMessageToAbsent(self, message);
        }

        return message switch
        {
            ChildReport report => OnChildReport(self, state, owner, report),
            ChildRefused refused when state.Claims.ContainsKey(refused.Uid) =>
                new Decision().Emit(new ChildCreationRefused(refused.Uid, refused.Status)),
            AdoptableFound found => Adopt(self, state, owner, found),
            AskAgain again => AskOutstanding(self, state, again, context),
            Resync => Remind(AskAll(self, state, new Decision()), attempt: 0, context),
            Domain.Reconcile => Reconcile(self, state, context),
            _ => OnOtherMessage(self, state, owner, message, context),
        };
    }

    protected override TState ApplyOwn(TState state, DomainEvent @event) => @event switch
    {
        ChildObserved observed =>
            With(state, state.Claims.SetItem(observed.Claim.Uid, (TClaim)observed.Claim)),
        IChildrenClaimed<TClaim> claimed => With(state, state.Claims.Add(claimed.NewClaims())),
        IChildrenConfirmed confirmed =>
            With(state, state.Claims.Change(confirmed.Children(), claim => claim.Confirm())),
        IChildrenDeletionRequested deletion => With(state, state.Claims.Change(
            deletion.Children(), claim => (Claim)claim with { IsDeletionRequested = true })),
        IChildrenUnclaimed unclaimed => With(state, state.Claims.RemoveRange(unclaimed.Children())),
        ChildCreationRefused refused => With(state, state.Claims.Change(
            [refused.Uid], claim => (Claim)claim with { Refusal = refused.Status })),
        CreationFailed failed => (TState)((OwnerState<TClaim>)state with { Failure = failed.Failure }),
        AdoptableLookedUp => (TState)((OwnerState<TClaim>)state with { AdoptableKnown = true }),
        ReminderSet reminder => (TState)((OwnerState<TClaim>)state with { AskAttempt = reminder.Attempt }),
        ActivationBegan began => (TState)((OwnerState<TClaim>)state with
        {
            Claims = state.Claims.Change([.. state.Claims.Keys], claim => claim.Forget()),
            AdoptableKnown = false, Failure = null, ActiveSince = began.At, AskAttempt = null,
        }),
        _ => base.ApplyOwn(state, @event),
    };

    protected override IEnumerable<DomainEvent> OwnHistory(TState state) =>
    [
        .. Claimed([.. state.Claims.Values]),
        .. Confirmed([.. state.Claims.Values.Where(claim => claim.IsConfirmed)]),
    ];

    protected override TState OnObject(TState state, DomainEvent @event) =>
        @event is ObjectDeleted ? Initial : state;

    protected static EntityKey KeyOf(EntityKey self, Claim claim) => new(claim.Resource, self.Namespace, claim.Name);

    private static TState With(TState state, ImmutableSortedDictionary<string, TClaim> claims) =>
        (TState)((OwnerState<TClaim>)state with { Claims = claims });

    private Decision OnChildReport(EntityKey self, TState state, TOwner owner, ChildReport report)
    {
        if (!state.Claims.TryGetValue(report.Uid, out var claim))
        {
            return report.Object is { } child && ObjectLifecycle.ControllerOf(child)?.Uid == owner.Metadata.Uid
                && IsWorthTaking(owner, child)
                ? TakeStray(self, state, owner, report.Child, child)
                : new Decision();
        }

        if (claim.Resource != report.Child.Resource)
        {
            return new Decision();
        }

        var wasNeverCreated = report.Object is null && !claim.IsObserved
            && claim is { IsConfirmed: false, IsAdoption: false, IsDeletionRequested: false };
        if (wasNeverCreated)
        {
            return owner.Metadata.DeletionTimestamp is null && ManifestOf(state, owner, claim) is { } manifest
                ? new Decision().Tell(report.Child, new Create(manifest))
                : Emit(new Decision(), Unclaimed([claim]));
        }

        var learned = claim.Observe(report.Object);
        return learned.Equals(claim) ? new Decision() : new Decision().Emit(new ChildObserved(learned));
    }

    /// <summary>A child that says it is ours, which we do not know: made by hand with our reference, or its report is
    /// older than our release of it. It is asked again, and counts meanwhile. Whatever its references say, an object of
    /// another kind than children are (this one itself, too) is none.</summary>
    private Decision TakeStray(EntityKey self, TState state, TOwner owner, EntityKey key, KubeObject stray)
    {
        var claim = Adoption(key, stray.Metadata.Uid!);
        return claim.Resource != key.Resource
            ? new Decision()
            : Emit(new Decision(), Taken(state, claim, stray))
                .Tell(key, new Adopt(self, claim.Uid, Owners.ReferenceTo(owner)));
    }

    private Decision Adopt(EntityKey self, TState state, TOwner owner, AdoptableFound found)
    {
        var decision = new Decision();
        if (!state.AdoptableKnown)
        {
            decision.Emit(new AdoptableLookedUp());
        }

        var adopted = found.Objects.Where(candidate => IsAdoptable(state, owner, candidate)).ToList();
        if (adopted.Count == 0)
        {
            return decision;
        }

        Emit(decision, Claimed([.. adopted.Select(
            child => Adoption(EntityKey.Of(child), child.Metadata.Uid!))]));
        foreach (var child in adopted)
        {
            decision.Tell(EntityKey.Of(child), new Adopt(self, child.Metadata.Uid!, Owners.ReferenceTo(owner)));
        }

        return decision;
    }

    private bool IsAdoptable(TState state, TOwner owner, KubeObject candidate) =>
        owner.Metadata.DeletionTimestamp is null
        && IsWorthAdopting(owner, candidate)
        && ObjectLifecycle.ControllerOf(candidate) is null
        && candidate.Metadata.Namespace == owner.Metadata.Namespace
        && !state.Claims.ContainsKey(candidate.Metadata.Uid!)
        && SelectorOf(owner).Selects(candidate.Metadata.Labels);

    private static Decision Emit(Decision decision, IEnumerable<DomainEvent> events)
    {
        foreach (var @event in events)
        {
            decision.Emit(@event);
        }

        return decision;
    }
}
