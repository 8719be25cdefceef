using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.ReplicaSets;

/// <summary>A ReplicaSet's reconciliation: take the next step towards the number of pods, show how it stands.</summary>
internal static class ReplicaSetReconciler
{
    private const string AvailableTimer = "available";
    private const string BackOffTimer = "back-off";

    private static readonly TimeSpan RejectionPause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan RejectionPauseMax = TimeSpan.FromMinutes(5);

    public static void Converge(
        EntityKey self, OwnerDraft<ReplicaSetState, KubeObject> draft, in DecisionContext context)
    {
        var tally = ReplicaSetTally.Of(draft.State, context.Now);
        var step = NextStep(ReplicaOwners.ViewOf(draft.Shown), draft.State, tally, context);
        switch (step)
        {
            case ReplicaStep.Create create:
                CreatePods(draft, create.Count, context.Ids);
                break;
            case ReplicaStep.Delete delete:
                DeletePods(self, draft, claim => !claim.AwaitsReplacement, delete.Count, context.Now);
                break;
            case ReplicaStep.LetGo letGo:
                DeletePods(self, draft, claim => claim.AwaitsReplacement, letGo.Count, context.Now);
                break;
            case ReplicaStep.Settled when draft.State.Failure is not null:
                draft.Emit(new CreationFailed(null));
                break;
        }

        if (step is ReplicaStep.Create or ReplicaStep.Delete or ReplicaStep.LetGo)
        {
            tally = ReplicaSetTally.Of(draft.State, context.Now);
        }

        ShowStatus(draft, tally, step, context.Now);
        if (step is ReplicaStep.BacksOff backsOff)
        {
            draft.Decision.SetTimer(BackOffTimer, backsOff.Until, Reconcile.Instance);
        }

        if (tally.NextAvailableAt is { } due)
        {
            draft.Decision.SetTimer(AvailableTimer, due, Reconcile.Instance);
        }
    }

    private static bool AwaitsReports(ReplicaSetState state, ReplicaSetTally tally, DateTimeOffset now) =>
        tally.Unobserved > 0 && state.IsFresh(now);

    private static ReplicaStep NextStep(
        ReplicaSet set, ReplicaSetState state, ReplicaSetTally tally, in DecisionContext context)
    {
        var input = new ReplicaCountInput
        {
            Desired = set.Spec.Replicas ?? 1,
            Active = tally.Active,
            Wanted = tally.Wanted,
            Unconfirmed = tally.Unconfirmed,
            Replaced = tally.Replaced,
            ReplacedUnavailable = tally.ReplacedUnavailable,
            Available = tally.Available,
            Unobserved = AwaitsReports(state, tally, context.Now) ? tally.Unobserved : tally.Adopting,
            AdoptableKnown = state.AdoptableKnown,
            IsTerminating = state.IsTerminating,
            RetryAt = Later(state.Failure?.RetryAt, AfterRejections(set, tally)),
        };
        return ReplicaCount.Next(input, context.Now);
    }

    /// <summary>Pods that are not taken are replaced ever more slowly: after 1 s, 2 s … 5 min, by how often all
    /// replicas have been refused. The failed pods themselves are what is counted, so a restart forgets
    /// nothing.</summary>
    private static DateTimeOffset? AfterRejections(ReplicaSet set, ReplicaSetTally tally) =>
        tally.LastRejectedAt is { } last
            ? last.Later(BackOff.Pause(
                RejectionPause, RejectionPauseMax, (tally.Rejected - 1) / Math.Max(1, set.Spec.Replicas ?? 1)))
            : null;

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other > one ? other : one;

    private static void CreatePods(OwnerDraft<ReplicaSetState, KubeObject> draft, int count, IIdSource ids)
    {
        var owner = draft.Shown;
        var taken = draft.State.Claims.Values.Select(claim => claim.Name).ToHashSet();
        var pods = new PodClaim[count];
        for (var i = 0; i < count; i++)
        {
            var name = PodFromTemplate.NewName(owner.Metadata.Name!, taken, ids);
            pods[i] = new PodClaim(ids.NewUid(), name);
        }

        OwnedPods.Create(draft, owner, ReplicaOwners.ViewOf(owner).Spec.Template, pods);
    }

    private static void DeletePods(
        EntityKey self, OwnerDraft<ReplicaSetState, KubeObject> draft, Func<PodClaim, bool> mayGo, int count,
        DateTimeOffset now)
    {
        var wanted = draft.State.Claims.Values.Where(claim => claim.IsWanted && mayGo(claim)).ToList();
        var deleted = PodRanking.FirstToGo(
            wanted, count, ReplicaOwners.ViewOf(draft.Shown).Spec.MinReadySeconds, now);
        OwnedPods.Delete(self, draft, draft.Shown, deleted);
        foreach (var claim in deleted)
        {
            draft.Decision.RecordEvent(
                draft.Shown, "Normal", "SuccessfulDelete", $"Deleted pod: {claim.Name}",
                ReplicaOwners.ComponentOf(draft.Shown));
        }
    }

    /// <summary>While pods have not reported after a restart, what they were is the best that is known; but new claims
    /// are counted always, for the Deployment counts on it (RollingUpdate).</summary>
    private static void ShowStatus(
        OwnerDraft<ReplicaSetState, KubeObject> draft, ReplicaSetTally tally, ReplicaStep step, DateTimeOffset now)
    {
        var set = ReplicaOwners.ViewOf(draft.Shown);
        var isShort = step is ReplicaStep.Create or ReplicaStep.BacksOff or ReplicaStep.WaitsForCreations;
        var status = AwaitsReports(draft.State, tally, now)
            ? set.Status with { Replicas = tally.PodsUpperBound }
            : tally.Status(set, isShort, draft.State.Failure);
        draft.Shown = ReplicaOwners.WithStatus(draft.Shown, status);
    }
}
