using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.Jobs;

/// <summary>
/// A Job (batch/v1) runs pods until so many have succeeded. On each <see cref="Reconcile"/> it takes its pods' ends
/// into account (<see cref="JobLedger"/>), judges what becomes of it (<see cref="JobVerdict"/>) and takes the next step
/// (<see cref="JobReconciler"/>).
/// <code>
///              first reconciliation          criteria met, or failed           all pods ended
///   (created) ─────────────────────► running ───────────────────────► ending ────────────────► Complete | Failed
///                    │                │    ▲                                                        │ ttl
///                    └─► Suspended ◄──┘    └── resumed: a new startTime                             ▼
///                            └─────────────────┘                                                 deleted
/// </code>
/// One that others run (spec.managedBy) is left to them.
/// </summary>
public sealed class JobDecider : PodOwnerBehavior<JobState, Job, JobPodClaim>
{
    protected override JobState Initial => JobState.Absent;

    public override bool IsAtRest(JobState state) => state.Job is not { } job
        || (Rest.IsAtRest(job) && base.IsAtRest(state) && (state.Claims.IsEmpty || !IsOurs(job)));

    /// <summary>Whether it is ours to run.</summary>
    public static bool IsOurs(Job job) => job.Spec.ManagedBy is null or JobNames.Controller;

    /// <summary>One that was stored before Jobs were run here has none.</summary>
    protected override LabelSelector? SelectorOf(Job owner) =>
        IsOurs(owner) ? owner.Spec.Selector ?? GeneratedSelector.Of(owner.Metadata.Uid!) : null;

    protected override KubeObject? ManifestOf(JobState state, Job owner, JobPodClaim claim) =>
        JobPods.Manifest(state, owner, claim);

    protected override JobPodClaim Adoption(EntityKey child, string uid) =>
        new(uid, child.Name) { IsAdoption = true };

    protected override IEnumerable<DomainEvent> Claimed(IReadOnlyList<JobPodClaim> claims) =>
        claims.GroupBy(claim => (claim.IsAdoption, IsIndexed: claim.MadeForIndex is not null))
            .OrderBy(pods => pods.Key)
            .Select(pods => JobPods.Claimed([.. pods], pods.Key.IsAdoption));

    /// <summary>One that has ended without our finalizer has been counted before, or never was ours to count.</summary>
    protected override bool IsWorthTaking(Job owner, KubeObject stray) => stray is Api.Core.Pod pod
        && (PodRun.Of(pod).IsTracked || PodObservation.Of(pod).IsActive);

    /// <summary>Our finalizer is on pods that we made, which we claimed before, and forget only once they are settled
    /// or given up. So one that has it, and is not known, has been counted if it was to be, whatever its reports say (a
    /// member that was frozen tells late how its pods once were), and goes should it run.</summary>
    protected override IEnumerable<DomainEvent> Taken(JobState state, JobPodClaim claim, KubeObject stray) =>
        stray is Api.Core.Pod pod && PodRun.Of(pod).IsTracked
            ? Claimed([claim]).Append(Settled([claim.Uid], state.BackOff))
            : Claimed([claim]);

    protected override Decision OnCreate(EntityKey self, JobState state, Create create, in DecisionContext context)
    {
        if (state.Object is not null || create.Object is not Job job)
        {
            return base.OnCreate(self, state, create, context);
        }

        var (completed, refusal) = GeneratedSelector.Complete(job, job.Metadata.Uid ?? context.Ids.NewUid());
        return refusal is null
            ? base.OnCreate(self, state, create with { Object = completed }, context)
            : ObjectLifecycle.RefuseCreation(self, job, refusal);
    }

    protected override Decision OnReplace(
        EntityKey self, JobState state, Replace replace, in DecisionContext context) =>
        state.Job is { } current && replace.Object is Job written
            ? base.OnReplace(self, state, replace with { Object = GeneratedSelector.Keep(current, written) }, context)
            : base.OnReplace(self, state, replace, context);

    protected override void Ask(EntityKey self, Job owner, JobPodClaim claim, Decision decision)
    {
        if (claim.IsSettled)
        {
            decision.Tell(KeyOf(self, claim), new FinalizerDone(claim.Uid, Finalizers.JobTracking));
        }

        base.Ask(self, owner, claim, decision);
    }

    protected override void Converge(
        EntityKey self, OwnerDraft<JobState, Job> draft, in DecisionContext context)
    {
        if (IsOurs(draft.Shown))
        {
            JobReconciler.Converge(self, draft, context);
        }
    }

    protected override void OnCreated(OwnerDraft<JobState, Job> draft, JobPodClaim claim) =>
        draft.Decision.RecordEvent(
            draft.Shown, "Normal", "SuccessfulCreate", $"Created pod: {claim.Name}", JobNames.Component);

    protected override void OnCreationFailed(
        OwnerDraft<JobState, Job> draft, JobPodClaim claim, string message, DateTimeOffset now) =>
        draft.Decision.RecordEvent(
            draft.Shown, "Warning", "FailedCreate", $"Error creating: {message}", JobNames.Component);

    protected override JobState ApplyOwn(JobState state, DomainEvent @event) => @event switch
    {
        JobPodsSettled settled => state with
        {
            Claims = state.Claims.Change(settled.Uids, claim => claim with { IsSettled = true }),
            BackOff = new JobBackOff(settled.FailuresInARow, settled.LastFailedAt),
        },
        JobIndexesFailed failed => state with
        {
            IndexFailures = failed.Indexes.Aggregate(state.IndexFailures, (all, index) =>
                index is { Counted: 0, Ignored: 0 } ? all.Remove(index.Index) : all.SetItem(index.Index, index)),
        },
        JobObstaclesTold told => state with { Told = told.Obstacles },
        _ => base.ApplyOwn(state, @event),
    };

    protected override IEnumerable<DomainEvent> OwnHistory(JobState state)
    {
        var settled = state.Claims.Values.Where(claim => claim.IsSettled).Uids();
        var history = base.OwnHistory(state);
        if (settled.Count > 0 || state.BackOff != default)
        {
            history = history.Append(Settled(settled, state.BackOff));
        }

        return state.IndexFailures.IsEmpty
            ? history
            : history.Append(new JobIndexesFailed(state.IndexFailures.Values.ToValueList()));
    }

    private static JobPodsSettled Settled(ValueList<string> uids, JobBackOff backOff) =>
        new(uids, backOff.FailuresInARow, backOff.LastFailedAt);
}
