using ActorOrchestrator.Api.Selectors;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;

namespace ActorOrchestrator.Domain.ReplicaSets;

/// <summary>A ReplicaSet's reconciliation: settle what was heard, take the next step, show how it stands.</summary>
internal static class ReplicaSetReconciler
{
    private const string Component = "replicaset-controller";

    private const string AvailableTimer = "available";

    private const string RetryTimer = "retry-creation";

    /// <summary>How long after a restart pods are waited for before those that stay silent count as not
    /// ready.</summary>
    private static readonly TimeSpan HearingPatience = TimeSpan.FromSeconds(30);

    public static Decision Reconcile(EntityKey self, Draft<ReplicaSetState> draft, in DecisionContext context)
    {
        var set = draft.State.Set!;
        Confirm(set, draft);
        SettleRefusals(set, draft, context);
        Unclaim(set, draft);
        var tally = ReplicaSetTally.Of(set, draft.State.Claims.Values, context.Now);
        var step = NextStep(set, draft.State, tally, context);
        Take(self, set, step, draft, context);
        if (step is ReplicaStep.Create or ReplicaStep.Delete)
        {
            tally = ReplicaSetTally.Of(set, draft.State.Claims.Values, context.Now);
        }

        ShowStatus(self, tally, step, draft, context.Now);
        SetTimers(tally, step, draft, context);
        return draft.Decision;
    }

    private static bool IsHearing(ReplicaSetState state, ReplicaSetTally tally, DateTimeOffset now) =>
        tally.Unobserved > 0 && state.ActiveSince + HearingPatience > now;

    /// <summary>First reports end the wait for a pod; an adoption that another controller won is given up
    /// below.</summary>
    private static void Confirm(ReplicaSet set, Draft<ReplicaSetState> draft)
    {
        var first = draft.State.Claims.Values
            .Where(claim => !claim.IsConfirmed && claim.Observation?.ControllerUid == set.Metadata.Uid).ToList();
        if (first.Count == 0)
        {
            return;
        }

        draft.Emit(new PodsConfirmed(first.Select(claim => claim.Uid).ToValueList()));
        var created = first.Where(claim => !claim.IsAdoption).ToList();
        foreach (var claim in created)
        {
            draft.Decision.RecordEvent(set, "Normal", "SuccessfulCreate", $"Created pod: {claim.Name}", Component);
        }

        if (created.Count > 0 && draft.State.Failure is not null)
        {
            draft.Emit(new CreationFailed(null));
        }
    }

    private static void SettleRefusals(ReplicaSet set, Draft<ReplicaSetState> draft, in DecisionContext context)
    {
        var refused = draft.State.Claims.Values.Where(claim => claim.Refusal is not null).ToList();
        if (refused.Count == 0)
        {
            return;
        }

        draft.Emit(new PodsUnclaimed(refused.Select(claim => claim.Uid).ToValueList()));
        // A name that is taken is no failure: the next one is drawn at once.
        if (refused.Select(claim => claim.Refusal!)
                .FirstOrDefault(status => status.Reason != StatusReasons.AlreadyExists) is not { } status)
        {
            return;
        }

        var message = status.Message ?? status.Reason ?? "refused";
        draft.Emit(new CreationFailed(CreationFailure.After(draft.State.Failure, message, context.Now)));
        if (status.Details?.Causes.Any(cause => cause.Reason == StatusReasons.NamespaceTerminating) != true)
        {
            draft.Decision.RecordEvent(set, "Warning", "FailedCreate", $"Error creating: {message}", Component);
        }
    }

    /// <summary>Drops pods that are gone or another controller's, and releases those that the selector lost.</summary>
    private static void Unclaim(ReplicaSet set, Draft<ReplicaSetState> draft)
    {
        var lost = new List<string>();
        foreach (var claim in draft.State.Claims.Values)
        {
            if (claim.IsGone || (claim.Observation is { } seen && seen.ControllerUid != set.Metadata.Uid))
            {
                lost.Add(claim.Uid);
            }
            else if (claim.Observation is { IsActive: true } observation && set.Metadata.DeletionTimestamp is null
                     && !set.Spec.Selector.Selects(observation.Labels))
            {
                lost.Add(claim.Uid);
                draft.Decision.Tell(PodKey(set, claim), new Release(claim.Uid, set.Metadata.Uid!));
            }
        }

        if (lost.Count > 0)
        {
            draft.Emit(new PodsUnclaimed(lost.ToValueList()));
        }
    }

    private static ReplicaStep NextStep(
        ReplicaSet set, ReplicaSetState state, ReplicaSetTally tally, in DecisionContext context)
    {
        var input = new ReplicaCountInput
        {
            Desired = set.Spec.Replicas ?? 1,
            Active = tally.Active,
            Wanted = tally.Wanted,
            Unconfirmed = tally.Unconfirmed,
            Unobserved = IsHearing(state, tally, context.Now) ? tally.Unobserved : tally.Adopting,
            AdoptableKnown = state.AdoptableKnown,
            IsTerminating = state.IsTerminating,
            RetryAt = state.Failure?.RetryAt,
        };
        return ReplicaCount.Next(input, context.Now);
    }

    private static void Take(
        EntityKey self, ReplicaSet set, ReplicaStep step, Draft<ReplicaSetState> draft, in DecisionContext context)
    {
        switch (step)
        {
            case ReplicaStep.Create create:
                CreatePods(set, create.Count, draft, context.Ids);
                break;
            case ReplicaStep.Delete delete:
                DeletePods(self, set, delete.Count, draft, context.Now);
                break;
        }
    }

    private static void CreatePods(ReplicaSet set, int count, Draft<ReplicaSetState> draft, IIdSource ids)
    {
        var taken = draft.State.Claims.Values.Select(claim => claim.Name).ToHashSet();
        var pods = new ClaimedPod[count];
        for (var i = 0; i < count; i++)
        {
            var name = PodFromTemplate.NewName(set.Metadata.Name!, ids);
            while (!taken.Add(name))
            {
                name = PodFromTemplate.NewName(set.Metadata.Name!, ids);
            }

            pods[i] = new ClaimedPod(ids.NewUid(), name);
        }

        draft.Emit(new PodsClaimed([.. pods], IsAdoption: false));
        foreach (var pod in pods)
        {
            var claim = draft.State.Claims[pod.Uid];
            draft.Decision.Tell(PodKey(set, claim), new Create(PodFromTemplate.Create(set, claim)));
        }
    }

    private static void DeletePods(
        EntityKey self, ReplicaSet set, int count, Draft<ReplicaSetState> draft, DateTimeOffset now)
    {
        var wanted = draft.State.Claims.Values.Where(claim => claim.IsWanted).ToList();
        var deleted = PodRanking.FirstToGo(wanted, count, set.Spec.MinReadySeconds, now);
        draft.Emit(new PodsDeletionRequested(deleted.Select(claim => claim.Uid).ToValueList()));
        foreach (var claim in deleted)
        {
            var pod = PodKey(set, claim);
            draft.Decision.Tell(pod, Delete.Exactly(claim.Uid));
            if (!claim.IsConfirmed)
            {
                // Perhaps it was never created; then nobody would report its end.
                draft.Decision.Tell(pod, new ReportToOwner(self, claim.Uid));
            }

            draft.Decision.RecordEvent(set, "Normal", "SuccessfulDelete", $"Deleted pod: {claim.Name}", Component);
        }
    }

    /// <summary>While pods have not reported after a restart, what they were is the best that is known; but the number
    /// of claims is shown always, for the Deployment counts on it (RollingUpdate).</summary>
    private static void ShowStatus(
        EntityKey self, ReplicaSetTally tally, ReplicaStep step, Draft<ReplicaSetState> draft, DateTimeOffset now)
    {
        var set = draft.State.Set!;
        var isShort = step is ReplicaStep.Create or ReplicaStep.BacksOff or ReplicaStep.WaitsForCreations;
        var status = IsHearing(draft.State, tally, now)
            ? set.Status with { Replicas = tally.Active }
            : tally.Status(set, isShort ? draft.State.Failure : null);
        if (status == set.Status)
        {
            return;
        }

        draft.Emit(new StatusChanged(status));
        ObjectLifecycle.ReportToController(self, draft.State.Set!, draft.Decision);
    }

    private static void SetTimers(
        ReplicaSetTally tally, ReplicaStep step, Draft<ReplicaSetState> draft, in DecisionContext context)
    {
        if (tally.NextAvailableAt is { } due)
        {
            draft.Decision.SetTimer(AvailableTimer, due, Domain.Reconcile.Instance);
        }

        if (step is ReplicaStep.BacksOff backOff)
        {
            draft.Decision.SetTimer(RetryTimer, backOff.Until, Domain.Reconcile.Instance);
        }

        if (ReplicaSetQuestions.HasOutstanding(draft.State))
        {
            var again = new AskAgain(0);
            draft.Decision.SetTimer(AskAgain.Timer, again.Due(context.Now), again);
        }
    }

    private static EntityKey PodKey(ReplicaSet set, PodClaim claim) =>
        new("pods", set.Metadata.Namespace ?? "", claim.Name);
}
