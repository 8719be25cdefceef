using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.ConfigRollouts;
using ActorOrchestrator.Domain.ControllerRevisions;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.PersistentVolumeClaims;

namespace ActorOrchestrator.Domain.StatefulSets;

/// <summary>A StatefulSet's reconciliation: keep its revisions, look after the claims of its pods, take the next step,
/// show how it stands.</summary>
internal sealed class StatefulSetReconciler(
    EntityKey self, OwnerDraft<StatefulSetState, StatefulSet> draft, DecisionContext context)
{
    /// <summary>Of a StatefulSet's revisions, as Kubernetes labels them; their pods are labelled with their
    /// names.</summary>
    private const string RevisionHashLabel = "controller.kubernetes.io/hash";

    private const string AvailableTimer = "available";
    private const string AgainTimer = "look-again";
    private const string WaitTimer = "waiting";

    /// <summary>The message may have been lost.</summary>
    private static readonly TimeSpan TellAgain = TimeSpan.FromSeconds(5);

    /// <summary>What is waited for as long is told by an Event.</summary>
    private static readonly TimeSpan WaitPatience = TimeSpan.FromSeconds(30);

    public void Converge()
    {
        var (spec, status) = (draft.Shown.Spec, draft.Shown.Status);
        var keeper = new RevisionKeeper<StatefulSetState, StatefulSet>(self, draft, context);
        if (draft.State.IsTerminating || !keeper.IsHeard || keeper.AwaitsCopies)
        {
            return;
        }

        var update = keeper.Present(draft.Shown.Pinned(), status.CollisionCount, RevisionHashLabel);
        if (update is null || draft.State.AwaitsReports(context.Now))
        {
            return;
        }

        var volumes = new StatefulVolumes(self, draft, context.Now);
        volumes.SettleRefusals();
        volumes.Forget();
        var unkept = volumes.Keep();
        var plan = StatefulPlanner.Next(InputOf(draft.State, update) with { Unkept = unkept }, context.Now);
        Delete(plan.Deletes);
        var tellAgain = Replace(plan.Deletes);
        var waitingOn = Create(plan, update, volumes) ?? plan.WaitingOn;
        Show(update, waitingOn, isObserved: unkept.Count == 0);
        keeper.DeleteExpired(update, IsInUse, spec.RevisionHistoryLimit);
        if ((plan.AgainAt < tellAgain ? plan.AgainAt : tellAgain ?? plan.AgainAt) is { } again)
        {
            draft.Decision.SetTimer(AgainTimer, again, Reconcile.Instance);
        }
    }

    /// <summary>Nothing is to be done, and the status says so.</summary>
    public static bool IsSettled(StatefulSetState state, RevisionClaim update)
    {
        var (set, input) = (state.Set!, InputOf(state, update));
        var plan = StatefulPlanner.Next(input, DateTimeOffset.MaxValue);
        return plan.IsEmpty
            && StatefulSetTally.Of(input, DateTimeOffset.MaxValue).Status(set, input) == set.Status
            && StatefulWait.Shown(set.Status.Conditions, plan.WaitingOn, default) == set.Status.Conditions;
    }

    public static StatefulInput InputOf(StatefulSetState state, RevisionClaim update)
    {
        var (set, spec) = (state.Set!, state.Set!.Spec);
        var rolling = spec.UpdateStrategy.RollingUpdate;
        var replicas = spec.Replicas ?? 1;
        return new StatefulInput
        {
            Pods = PodsOf(state, update.Name),
            Start = StatefulPodFromTemplate.StartOf(spec),
            Replicas = replicas,
            IsOrdered = spec.PodManagementPolicy != "Parallel",
            MinReadySeconds = spec.MinReadySeconds,
            Rolls = spec.UpdateStrategy.Type == "RollingUpdate",
            Partition = rolling?.Partition ?? 0,
            MaxUnavailable = Math.Max(1, (rolling?.MaxUnavailable ?? 1).Scaled(replicas, roundUp: false) ?? 1),
            Current = state.Current?.Name ?? update.Name,
            Update = update.Name,
            Failures = state.Failures,
        };
    }

    public static EntityKey KeyOf(ProvideVolumeClaim question) =>
        new(PersistentVolumeClaimDecider.Resource, question.Set.Namespace, question.Claim.Metadata.Name!);

    /// <summary>Of two of one name one was only asked for, and is about to be refused.</summary>
    private static SortedDictionary<int, RevisionedPod> PodsOf(StatefulSetState state, string update)
    {
        var (name, minReady) = (state.Set!.Metadata.Name!, state.Set.Spec.MinReadySeconds);
        var pods = new SortedDictionary<int, RevisionedPod>();
        foreach (var claim in state.Claims.Values.OfType<PodClaim>().Where(claim => !claim.IsGone))
        {
            if (StatefulPodFromTemplate.OrdinalOf(name, claim.Name) is { } ordinal
                && !(pods.TryGetValue(ordinal, out var other) && other.IsConfirmed))
            {
                pods[ordinal] = RevisionedPod.Of(claim, RevisionOf(claim), update, minReady);
            }
        }

        return pods;
    }

    private static string? RevisionOf(PodClaim claim) =>
        RevisionedPod.RevisionOf(claim, (claim as StatefulPodClaim)?.Revision);

    private List<PodClaim> ClaimsOn(IEnumerable<LeavingPod> pods)
    {
        var names = pods.Select(leaving => leaving.Pod.Name).ToHashSet(StringComparer.Ordinal);
        return draft.State.Claims.Values.OfType<PodClaim>()
            .Where(claim => claim is { IsDeletionRequested: false, IsGone: false } && names.Contains(claim.Name))
            .ToList();
    }

    private void Delete(IReadOnlyList<LeavingPod> pods)
    {
        var claims = ClaimsOn(pods.Where(leaving => leaving.Why != LeaveReason.Broken));
        if (claims.Count == 0)
        {
            return;
        }

        foreach (var (pod, _) in pods.Where(leaving => leaving.Why == LeaveReason.Ended))
        {
            draft.Emit(new StatefulPodFailed(pod.Name, context.Now));
            var (type, reason, end) = pod.End == PodEnd.Failed
                ? ("Warning", "RecreatingFailedPod", "failed")
                : ("Normal", "RecreatingTerminatedPod", "terminated");
            Record(type, reason, $"StatefulSet {self.Namespace}/{self.Name} is recreating {end} Pod {pod.Name}");
        }

        OwnedPods.Delete(self, draft, draft.Shown, claims);
        claims.ForEach(RecordDeletion);
    }

    /// <summary>A pod that has come up since it was seen broken stays, so its deletion is decided anew as long as it
    /// seems so, and told again when nothing comes of it.</summary>
    /// <returns>When it is told again; null without such a pod.</returns>
    private DateTimeOffset? Replace(IReadOnlyList<LeavingPod> pods)
    {
        var claims = ClaimsOn(pods.Where(leaving => leaving.Why == LeaveReason.Broken));
        foreach (var claim in claims)
        {
            var isToldBefore = draft.State.ToldToGo.TryGetValue(claim.Uid, out var told);
            if (isToldBefore && told + TellAgain > context.Now)
            {
                continue;
            }

            draft.Emit(new BrokenPodTold(claim.Uid, context.Now));
            draft.Decision.Tell(
                new EntityKey(claim.Resource, self.Namespace, claim.Name), claim.Deletion with { UnlessReady = true });
            if (!isToldBefore)
            {
                Record("Normal", "ReplacingBrokenPod",
                    $"{claim.Name} does not get ready, and is not to be of revision {RevisionOf(claim)} any more");
                RecordDeletion(claim);
            }
        }

        return claims.Min(claim => (DateTimeOffset?)(draft.State.ToldToGo[claim.Uid] + TellAgain));
    }

    private void RecordDeletion(PodClaim claim) => Record(
        "Normal", "SuccessfulDelete", $"delete Pod {claim.Name} in StatefulSet {self.Name} successful");

    /// <summary>Makes the pods whose claims are there; what this waits for.</summary>
    private StatefulWait? Create(StatefulPlan plan, RevisionClaim update, StatefulVolumes volumes)
    {
        var isAsking = draft.State.Claims.Values.Any(claim => claim is PodClaim { IsConfirmed: false });
        if (plan.Creates.Count == 0)
        {
            if (draft.State.Failure is not null && !isAsking)
            {
                draft.Emit(new CreationFailed(null));
            }

            return null;
        }

        if (draft.State.Failure is { } failure && failure.RetryAt > context.Now)
        {
            return StatefulWait.Creation(failure);
        }

        var input = InputOf(draft.State, update);
        var claims = plan.Creates.Where(volumes.AreThere)
            .Select(ordinal => (Ordinal: ordinal, Claim: new StatefulPodClaim(
                context.Ids.NewUid(), StatefulPodFromTemplate.PodName(self.Name, ordinal), input.RevisionOf(ordinal))))
            .ToList();
        if (claims.Count > 0)
        {
            var templates = draft.State.Revisions.Where(revision => revision.Template is not null)
                .ToDictionary(revision => revision.Name, revision => revision.Template!);
            OwnedPods.Create(
                draft,
                new StatefulPodsClaimed(claims.Select(pod => new ClaimedStatefulPod(
                    pod.Claim.Uid, pod.Claim.Name, pod.Claim.Revision)).ToValueList()),
                claims.Select(pod => StatefulPodFromTemplate.Create(
                    draft.Shown, templates[pod.Claim.Revision], pod.Claim, pod.Ordinal)));
        }

        return volumes.Leaving is { } volume ? StatefulWait.Volume(volume) : null;
    }

    private void Show(RevisionClaim update, StatefulWait? waitingOn, bool isObserved)
    {
        var input = InputOf(draft.State, update);
        var tally = StatefulSetTally.Of(input, context.Now);
        var status = tally.Status(draft.Shown, input);
        draft.Shown = draft.Shown with
        {
            Status = status with
            {
                ObservedGeneration = isObserved
                    ? ConfigPins.ObservedGeneration(draft.Shown, status.ObservedGeneration)
                    : status.ObservedGeneration,
                Conditions = StatefulWait.Shown(status.Conditions, waitingOn, context.Now),
            },
        };
        if (tally.NextAvailableAt is { } due)
        {
            draft.Decision.SetTimer(AvailableTimer, due, Reconcile.Instance);
        }

        Tell(waitingOn);
    }

    /// <summary>What lasts, and needs help, is told once by an Event.</summary>
    private void Tell(StatefulWait? wait)
    {
        if (wait is not { NeedsHelp: true } || draft.State.Told == wait)
        {
            if (wait != draft.State.Told && draft.State.Told is not null)
            {
                draft.Emit(new WaitTold(null));
            }

            return;
        }

        var since = draft.Shown.Status.Conditions.First(each => each.Type == StatefulWait.Condition)
            .LastTransitionTime ?? context.Now;
        var due = since.Later(WaitPatience);
        if (due > context.Now)
        {
            draft.Decision.SetTimer(WaitTimer, due, Reconcile.Instance);
            return;
        }

        Record("Warning", wait.Reason, wait.Message);
        draft.Emit(new WaitTold(wait));
    }

    private bool IsInUse(RevisionClaim revision) => revision.Name == draft.Shown.Status.CurrentRevision
        || draft.State.Claims.Values.OfType<PodClaim>().Any(claim => RevisionOf(claim) == revision.Name);

    private void Record(string type, string reason, string message) =>
        draft.Decision.RecordEvent(draft.Shown, type, reason, message, StatefulSetDecider.ControllerName);
}
