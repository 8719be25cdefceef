using ActorOrchestrator.Api.Selectors;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.ReplicaSets;

/// <summary>
/// A ReplicaSet (apps/v1) keeps <c>spec.replicas</c> pods of its template running. It hears of its pods by their
/// reports, and on each <see cref="Reconcile"/> recomputes the next step from its claims: see <see cref="PodClaim"/>
/// for the life of a claim, <see cref="ReplicaCount"/> for the number, <see cref="PodRanking"/> for who goes first.
/// A finished pod (Succeeded, Failed) is replaced and stays listed, as Kubernetes leaves it.
/// It relies on one thing of the transport: messages from one entity to another may be lost, or come twice in a row,
/// but do not overtake each other. A late "there is no such pod" would be believed, and the pod replaced.
/// </summary>
public sealed class ReplicaSetDecider : ObjectBehavior<ReplicaSetState>
{
    protected override ReplicaSetState Initial => ReplicaSetState.Absent;

    /// <summary>Every pod has answered, and the status shows what they said.</summary>
    public override bool IsAtRest(ReplicaSetState state) => base.IsAtRest(state) && (state.Set is not { } set
        || (!ReplicaSetQuestions.HasOutstanding(state)
            && state.Claims.Values.All(claim => claim is { IsGone: false, Refusal: null })
            && ReplicaSetTally.Of(set, state.Claims.Values, DateTimeOffset.MaxValue)
                .Status(set, state.Failure) == set.Status));

    public override Decision OnRecoveryCompleted(EntityKey self, ReplicaSetState state, in DecisionContext context)
    {
        if (state.Set is not { } set)
        {
            return new Decision();
        }

        var draft = new Draft<ReplicaSetState>(this, state);
        draft.Emit(new ActivationBegan(context.Now));
        var decision = draft.Decision.Add(new Effect.FindAdoptable("pods", set.Spec.Selector ?? LabelSelector.Empty));
        ReplicaSetQuestions.AskAll(self, draft.State, decision);
        return Remind(decision, attempt: 0, context).Reconcile();
    }

    protected override Decision OnCreate(
        EntityKey self, ReplicaSetState state, Create create, in DecisionContext context)
    {
        var decision = base.OnCreate(self, state, create, context);
        var created = decision.Events.OfType<ObjectCreated>().FirstOrDefault()?.Object;
        return created is ReplicaSet { Spec.Selector: { } selector }
            ? Remind(decision.Add(new Effect.FindAdoptable("pods", selector)), attempt: 0, context)
            : decision;
    }

    protected override Decision OnMessage(
        EntityKey self, ReplicaSetState state, Message message, in DecisionContext context)
    {
        if (state.Set is not { } set)
        {
            return message is ResizeReplicaSet late
                ? new Decision().Tell(late.Owner, new ChildReport(self, late.Uid, null))
                : message is SetScale ? ObjectLifecycle.Reject(Statuses.NotFound(self.Resource, self.Name)) : new();
        }

        return message switch
        {
            ChildReport report => OnChildReport(self, state, set, report),
            ChildRefused refused when state.Claims.ContainsKey(refused.Uid) =>
                new Decision().Emit(new PodRefused(refused.Uid, refused.Status)),
            AdoptableFound found => AdoptFound(self, state, set, found),
            ResizeReplicaSet resize => Resize(self, set, resize),
            SetScale scale => Scale(self, state, set, scale, context),
            AskAgain again => AskOutstanding(self, state, again, context),
            Resync => Remind(ReplicaSetQuestions.AskAll(self, state, new Decision()), attempt: 0, context),
            Reconcile => ReplicaSetReconciler.Reconcile(self, new Draft<ReplicaSetState>(this, state), context),
            _ => new Decision(),
        };
    }

    protected override ReplicaSetState ApplyOwn(ReplicaSetState state, DomainEvent @event) => @event switch
    {
        PodsClaimed claimed => state with { Claims = state.Claims.Claim(claimed) },
        PodsConfirmed confirmed => state with
        {
            Claims = state.Claims.Change(
                confirmed.Uids, claim => claim with { IsConfirmed = true, IsAdoption = false }),
        },
        PodsDeletionRequested deletion => state with
        {
            Claims = state.Claims.Change(deletion.Uids, claim => claim with { IsDeletionRequested = true }),
        },
        PodsUnclaimed unclaimed => state with { Claims = state.Claims.RemoveRange(unclaimed.Uids) },
        PodObserved observed => state with
        {
            Claims = state.Claims.Change([observed.Uid], claim => claim.Observe(observed.Observation)),
        },
        PodRefused refused => state with
        {
            Claims = state.Claims.Change([refused.Uid], claim => claim with { Refusal = refused.Status }),
        },
        CreationFailed failed => state with { Failure = failed.Failure },
        AdoptableLookedUp => state with { AdoptableKnown = true },
        ActivationBegan began => state with
        {
            Claims = state.Claims.ForgetObservations(), AdoptableKnown = false, Failure = null, ActiveSince = began.At,
        },
        _ => base.ApplyOwn(state, @event),
    };

    protected override IEnumerable<DomainEvent> OwnHistory(ReplicaSetState state) => state.Claims.Values.History();

    protected override ReplicaSetState OnObject(ReplicaSetState state, DomainEvent @event) =>
        @event is ObjectDeleted ? ReplicaSetState.Absent : state;

    private static Decision OnChildReport(EntityKey self, ReplicaSetState state, ReplicaSet set, ChildReport report)
    {
        var pod = report.Object as Pod;
        if (!state.Claims.TryGetValue(report.Uid, out var claim))
        {
            return pod is not null && ObjectLifecycle.ControllerOf(pod)?.Uid == set.Metadata.Uid
                ? TakeStray(self, set, report)
                : new Decision();
        }

        var neverCreated = pod is null
            && claim is { IsConfirmed: false, IsAdoption: false, IsDeletionRequested: false, Observation: null };
        if (neverCreated)
        {
            return set.Metadata.DeletionTimestamp is null
                ? new Decision().Tell(report.Child, new Create(PodFromTemplate.Create(set, claim)))
                : new Decision().Emit(new PodsUnclaimed([claim.Uid]));
        }

        var observation = pod is null ? null : PodObservation.Of(pod);
        return observation == claim.Observation && observation is not null
            ? new Decision()
            : new Decision().Emit(new PodObserved(claim.Uid, observation));
    }

    /// <summary>A pod that says it is ours, which we do not know: made by hand with our reference, or its report is
    /// older than our release of it. It is asked again, and counts meanwhile.</summary>
    private static Decision TakeStray(EntityKey self, ReplicaSet set, ChildReport report) => new Decision()
        .Emit(new PodsClaimed([new ClaimedPod(report.Uid, report.Child.Name)], IsAdoption: true))
        .Tell(report.Child, new Adopt(self, report.Uid, PodFromTemplate.ReferenceTo(set)));

    private static Decision AdoptFound(EntityKey self, ReplicaSetState state, ReplicaSet set, AdoptableFound found)
    {
        var decision = new Decision();
        if (!state.AdoptableKnown)
        {
            decision.Emit(new AdoptableLookedUp());
        }

        var orphans = set.Metadata.DeletionTimestamp is not null
            ? []
            : found.Objects.OfType<Pod>().Where(pod => IsAdoptable(state, set, pod)).ToList();
        if (orphans.Count == 0)
        {
            return decision;
        }

        decision.Emit(new PodsClaimed(
            orphans.Select(pod => new ClaimedPod(pod.Metadata.Uid!, pod.Metadata.Name!)).ToValueList(),
            IsAdoption: true));
        foreach (var pod in orphans)
        {
            var adopt = new Adopt(self, pod.Metadata.Uid!, PodFromTemplate.ReferenceTo(set));
            decision.Tell(EntityKey.Of(pod), adopt);
        }

        return decision;
    }

    private static bool IsAdoptable(ReplicaSetState state, ReplicaSet set, Pod pod) =>
        PodObservation.Of(pod) is { IsActive: true, ControllerUid: null }
        && pod.Metadata.Namespace == set.Metadata.Namespace
        && !state.Claims.ContainsKey(pod.Metadata.Uid!)
        && set.Spec.Selector.Selects(pod.Metadata.Labels);

    private static Decision Resize(EntityKey self, ReplicaSet set, ResizeReplicaSet resize)
    {
        var isMeant = set.Metadata.Uid == resize.Uid
            && set.Metadata.Generation == resize.Generation
            && ObjectLifecycle.ControllerOf(set)?.Uid == resize.OwnerUid
            && (resize.Replicas >= set.Spec.Replicas || set.Status.AvailableReplicas <= resize.Available);
        var changed = set with
        {
            Metadata = set.Metadata with
            {
                Annotations = ValueMap<string>.From(set.Metadata.Annotations.Concat(resize.Annotations)),
            },
            Spec = set.Spec with { Replicas = resize.Replicas, MinReadySeconds = resize.MinReadySeconds },
        };
        return !isMeant || changed == set
            ? new Decision().Tell(
                resize.Owner, new ChildReport(self, resize.Uid, set.Metadata.Uid == resize.Uid ? set : null))
            : ObjectLifecycle.Write(self, set, changed);
    }

    /// <summary>The scale subresource is a replacement of one field.</summary>
    private static Decision Scale(
        EntityKey self, ReplicaSetState state, ReplicaSet set, SetScale scale, in DecisionContext context)
    {
        var scaled = set with
        {
            Metadata = set.Metadata with { ResourceVersion = scale.ResourceVersion },
            Spec = set.Spec with { Replicas = scale.Replicas },
        };
        var owned = scale.Owned(set, scaled);
        return ObjectLifecycle.Replace(self, state, new Replace(owned) { DryRun = scale.DryRun }, context);
    }

    private static Decision AskOutstanding(
        EntityKey self, ReplicaSetState state, AskAgain again, in DecisionContext context)
    {
        var decision = new Decision();
        return ReplicaSetQuestions.AskOutstanding(self, state, decision)
            ? Remind(decision, again.Attempt + 1, context).Reconcile()
            : decision;
    }

    private static Decision Remind(Decision decision, int attempt, in DecisionContext context)
    {
        var again = new AskAgain(attempt);
        return decision
            .SetTimer(AskAgain.Timer, again.Due(context.Now), again)
            .SetTimer(Resync.Timer, context.Now + Resync.Period, Resync.Instance);
    }
}
