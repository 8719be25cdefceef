using ActorOrchestrator.Api.Selectors;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.ReplicaSets;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>
/// A Deployment (apps/v1) moves its pods from template to template by sizing one ReplicaSet per template. There is no
/// rollout procedure: on each <see cref="Reconcile"/> the next step is recomputed from what the ReplicaSets reported,
/// see <see cref="RollingUpdate"/> (and why its bounds always hold), <see cref="ProportionalScaling"/>,
/// <see cref="Revisions"/>, <see cref="RolloutStatus"/>. An undo is nothing of its own: kubectl patches an old template
/// back, and its ReplicaSet is found again.
/// </summary>
public sealed class DeploymentDecider : ObjectBehavior<DeploymentState>
{
    private const string ReplicaSets = "replicasets.apps";

    protected override DeploymentState Initial => DeploymentState.Absent;

    /// <summary>Every ReplicaSet has answered, the status shows what they said, and no old one is to be
    /// deleted.</summary>
    public override bool IsAtRest(DeploymentState state)
    {
        if (state.Deployment is not { } deployment)
        {
            return true;
        }

        var view = RolloutView.Of(deployment, state.Claims.Values);
        return Rest.IsComplete(deployment) && view.NewReplicaSet is not null
            && state is { AdoptableKnown: true, RetryAt: null }
            && state.Claims.Values.All(claim => claim is { IsSettled: true, IsGone: false, Refusal: null })
            && RolloutStatus.Count(deployment, view.NewReplicaSet, view.All, DateTimeOffset.MinValue)
                == deployment.Status
            && !HistoryCleanup.Expired(view.Old, deployment.Spec.RevisionHistoryLimit).Any();
    }

    public override Decision OnRecoveryCompleted(EntityKey self, DeploymentState state, in DecisionContext context)
    {
        if (state.Deployment is not { } deployment)
        {
            return new Decision();
        }

        var draft = new Draft<DeploymentState>(this, state);
        draft.Emit(new ActivationBegan(context.Now));
        var decision = draft.Decision.Add(FindAdoptable(deployment));
        AskAll(self, draft.State, decision);
        return Remind(decision, attempt: 0, context).Reconcile();
    }

    protected override Decision OnCreate(
        EntityKey self, DeploymentState state, Create create, in DecisionContext context)
    {
        var decision = base.OnCreate(self, state, create, context);
        return decision.Events.OfType<ObjectCreated>().FirstOrDefault()?.Object is Deployment deployment
            ? Remind(decision.Add(FindAdoptable(deployment)), attempt: 0, context)
            : decision;
    }

    protected override Decision OnMessage(
        EntityKey self, DeploymentState state, Message message, in DecisionContext context)
    {
        if (state.Deployment is not { } deployment)
        {
            return message is SetScale ? ObjectLifecycle.Reject(Statuses.NotFound(self.Resource, self.Name)) : new();
        }

        return message switch
        {
            ChildReport report => OnChildReport(self, state, deployment, report),
            ChildRefused refused when state.Claims.ContainsKey(refused.Uid) =>
                new Decision().Emit(new ReplicaSetRefused(refused.Uid, refused.Status)),
            AdoptableFound found => AdoptFound(self, state, deployment, found),
            SetScale scale => Scale(self, state, deployment, scale, context),
            AskAgain again => AskOutstanding(self, state, deployment, again, context),
            Resync => Remind(AskAll(self, state, new Decision()), attempt: 0, context),
            Reconcile => DeploymentReconciler.Reconcile(self, new DeploymentDraft(this, state), context),
            _ => new Decision(),
        };
    }

    protected override DeploymentState ApplyOwn(DeploymentState state, DomainEvent @event) => @event switch
    {
        ReplicaSetClaimed claimed => state with
        {
            Claims = state.Claims.SetItem(
                claimed.Uid, new ReplicaSetClaim(claimed.Uid, claimed.Name) { Manifest = claimed.Manifest }),
        },
        ReplicaSetConfirmed confirmed => state with
        {
            Claims = state.Claims.Change(confirmed.Uid, claim => claim with { IsConfirmed = true, Manifest = null }),
            RetryAt = null,
        },
        ReplicaSetUnclaimed unclaimed => state with { Claims = state.Claims.Remove(unclaimed.Uid) },
        ResizeRequested requested => state with
        {
            Claims = state.Claims.Change(requested.Uid, claim => claim with { Resize = requested }),
        },
        ReplicaSetObserved observed => state with
        {
            Claims = state.Claims.Change(observed.Uid, claim => claim.Observe(observed.Set)),
        },
        ReplicaSetRefused refused => state with
        {
            Claims = state.Claims.Change(refused.Uid, claim => claim with { Refusal = refused.Status }),
        },
        ReplicaSetCreationFailed failed => state with { RetryAt = failed.RetryAt },
        AdoptableLookedUp => state with { AdoptableKnown = true },
        ActivationBegan => state with
        {
            Claims = state.Claims.ForgetObservations(), AdoptableKnown = false, RetryAt = null,
        },
        _ => base.ApplyOwn(state, @event),
    };

    protected override IEnumerable<DomainEvent> OwnHistory(DeploymentState state) => state.Claims.Values.History();

    protected override DeploymentState OnObject(DeploymentState state, DomainEvent @event) =>
        @event is ObjectDeleted ? DeploymentState.Absent : state;

    private static Decision OnChildReport(
        EntityKey self, DeploymentState state, Deployment deployment, ChildReport report)
    {
        var set = report.Object as ReplicaSet;
        if (!state.Claims.TryGetValue(report.Uid, out var claim))
        {
            return set is not null && ObjectLifecycle.ControllerOf(set)?.Uid == deployment.Metadata.Uid
                ? TakeStray(self, deployment, report)
                : new Decision();
        }

        if (set is null && claim is { IsConfirmed: false, Observed: null, Manifest: { } manifest })
        {
            return deployment.Metadata.DeletionTimestamp is null
                ? new Decision().Tell(report.Child, new Create(manifest))
                : new Decision().Emit(new ReplicaSetUnclaimed(claim.Uid));
        }

        return set is not null && claim.Observe(set) == claim
            ? new Decision()
            : new Decision().Emit(new ReplicaSetObserved(claim.Uid, set));
    }

    /// <summary>A ReplicaSet that says it is ours, which we do not know: made by hand with our reference.</summary>
    private static Decision TakeStray(EntityKey self, Deployment deployment, ChildReport report) => new Decision()
        .Emit(new ReplicaSetClaimed(report.Uid, report.Child.Name, Manifest: null))
        .Tell(report.Child, new Adopt(self, report.Uid, PodFromTemplate.ReferenceTo(deployment)));

    private static Decision AdoptFound(
        EntityKey self, DeploymentState state, Deployment deployment, AdoptableFound found)
    {
        var decision = new Decision();
        if (!state.AdoptableKnown)
        {
            decision.Emit(new AdoptableLookedUp());
        }

        foreach (var set in found.Objects.OfType<ReplicaSet>())
        {
            var isAdoptable = deployment.Metadata.DeletionTimestamp is null
                && set.Metadata.DeletionTimestamp is null
                && ObjectLifecycle.ControllerOf(set) is null
                && set.Metadata.Namespace == deployment.Metadata.Namespace
                && !state.Claims.ContainsKey(set.Metadata.Uid!)
                && deployment.Spec.Selector.Selects(set.Metadata.Labels);
            if (isAdoptable)
            {
                var adopt = new Adopt(self, set.Metadata.Uid!, PodFromTemplate.ReferenceTo(deployment));
                decision.Emit(new ReplicaSetClaimed(set.Metadata.Uid!, set.Metadata.Name!, Manifest: null))
                    .Tell(EntityKey.Of(set), adopt);
            }
        }

        return decision;
    }

    /// <summary>The scale subresource is a replacement of one field.</summary>
    private static Decision Scale(
        EntityKey self, DeploymentState state, Deployment deployment, SetScale scale, in DecisionContext context)
    {
        var scaled = deployment with
        {
            Metadata = deployment.Metadata with { ResourceVersion = scale.ResourceVersion },
            Spec = deployment.Spec with { Replicas = scale.Replicas },
        };
        var owned = scale.Owned(deployment, scaled);
        return ObjectLifecycle.Replace(self, state, new Replace(owned) { DryRun = scale.DryRun }, context);
    }

    private static Decision AskOutstanding(
        EntityKey self, DeploymentState state, Deployment deployment, AskAgain again, in DecisionContext context)
    {
        var decision = new Decision();
        var outstanding = state.Claims.Values.Where(claim => !claim.IsSettled).ToList();
        if (!state.AdoptableKnown)
        {
            decision.Add(FindAdoptable(deployment));
        }
        else if (outstanding.Count == 0)
        {
            return decision;
        }

        foreach (var claim in outstanding)
        {
            Ask(self, deployment, claim, decision);
        }

        return Remind(decision, again.Attempt + 1, context);
    }

    private static Decision AskAll(EntityKey self, DeploymentState state, Decision decision)
    {
        foreach (var claim in state.Claims.Values)
        {
            Ask(self, state.Deployment!, claim, decision);
        }

        return decision;
    }

    /// <summary>Tells (again) what has not been answered; all of it may be told twice.</summary>
    private static void Ask(EntityKey self, Deployment deployment, ReplicaSetClaim claim, Decision decision)
    {
        var set = KeyOf(self, claim);
        if (claim.IsAdoption)
        {
            decision.Tell(set, new Adopt(self, claim.Uid, PodFromTemplate.ReferenceTo(deployment)));
        }
        else if (claim is { Resize: { } request, HasAnswered: false })
        {
            decision.Tell(set, Resize(self, deployment, request));
        }
        else
        {
            // A ReplicaSet that was never created answers so, and is then asked for again.
            decision.Tell(set, new ReportToOwner(self, claim.Uid));
        }
    }

    internal static EntityKey KeyOf(EntityKey self, ReplicaSetClaim claim) =>
        new(ReplicaSets, self.Namespace, claim.Name);

    internal static ResizeReplicaSet Resize(EntityKey self, Deployment deployment, ResizeRequested request) => new(
        self, deployment.Metadata.Uid!, request.Uid, request.Generation, request.Available, request.Replicas,
        request.MinReadySeconds, request.Annotations);

    private static Effect FindAdoptable(Deployment deployment) =>
        new Effect.FindAdoptable(ReplicaSets, deployment.Spec.Selector ?? LabelSelector.Empty);

    private static Decision Remind(Decision decision, int attempt, in DecisionContext context)
    {
        var again = new AskAgain(attempt);
        return decision
            .SetTimer(AskAgain.Timer, again.Due(context.Now), again)
            .SetTimer(Resync.Timer, context.Now + Resync.Period, Resync.Instance);
    }
}
