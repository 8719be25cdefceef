using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.CronJobs;

/// <summary>
/// A CronJob (batch/v1) makes a Job at each time of its <see cref="Schedule"/>. What it does is recomputed on each
/// <see cref="Reconcile"/> (<see cref="CronJobReconciler"/>): the last time that is reached and not worked off is
/// looked for, judged (<see cref="NextRun"/>) and claimed, and old Jobs go (<see cref="JobHistory"/>).
/// <code>
///                       time reached, and it may start
///   waiting ────────────────────────────────────────────► claimed, Job asked for
///      ▲  │ suspended, too late, or (Forbid) a Job runs         │
///      └──┴─────────────────────────────────────────────────────┘ timer for the next time
/// </code>
/// It finds no Jobs by labels, so it adopts none; one that names it as controller is known for its history.
/// </summary>
public sealed class CronJobDecider : OwnerBehavior<CronJobState, CronJob, ScheduledJobClaim>
{
    internal const string Component = "cronjob-controller";

    protected override CronJobState Initial => CronJobState.Absent;

    public override bool IsAtRest(CronJobState state) => state.CronJob is not { } cronJob
        || (Rest.IsAtRest(cronJob) && base.IsAtRest(state)
            && state.Claims.Values.All(claim => claim.Observation is { IsFinished: true })
            && JobHistory.Expired(cronJob.Spec, state.Claims.Values).Count == 0);

    protected override LabelSelector? SelectorOf(CronJob owner) => null;

    protected override KubeObject? ManifestOf(CronJobState state, CronJob owner, ScheduledJobClaim claim) =>
        JobFromTemplate.Make(owner, claim);

    protected override ScheduledJobClaim Adoption(EntityKey child, string uid) =>
        new(uid, child.Name) { IsAdoption = true };

    protected override IEnumerable<DomainEvent> Claimed(IReadOnlyList<ScheduledJobClaim> claims) =>
        claims.Select(claim => new ScheduledJobClaimed(claim.Uid, claim.Name, claim.ScheduledAt));

    protected override IEnumerable<DomainEvent> Confirmed(IReadOnlyList<ScheduledJobClaim> claims) =>
        claims.Count == 0 ? [] : [new ScheduledJobsConfirmed(claims.Uids())];

    protected override IEnumerable<DomainEvent> Unclaimed(IReadOnlyList<ScheduledJobClaim> claims) =>
        [new ScheduledJobsUnclaimed(claims.Uids())];

    /// <summary>What was missed by a schedule that is no more is not made up for.</summary>
    protected override Decision OnReplace(
        EntityKey self, CronJobState state, Replace replace, in DecisionContext context)
    {
        var decision = base.OnReplace(self, state, replace, context);
        var written = decision.Events.OfType<ObjectReplaced>().FirstOrDefault()?.Object as CronJob;
        return written is not null && state.CronJob is { } before
            && (written.Spec.Schedule, written.Spec.TimeZone) != (before.Spec.Schedule, before.Spec.TimeZone)
            ? decision.Emit(new ScheduleReached(state.Reached > context.Now ? state.Reached.Value : context.Now))
            : decision;
    }

    protected override void Ask(EntityKey self, CronJob owner, ScheduledJobClaim claim, Decision decision)
    {
        if (claim.IsDeletionRequested)
        {
            decision.Tell(KeyOf(self, claim), JobHistory.Deletion(claim));
        }

        base.Ask(self, owner, claim, decision);
    }

    protected override void Converge(
        EntityKey self, OwnerDraft<CronJobState, CronJob> draft, in DecisionContext context) =>
        CronJobReconciler.Converge(self, draft, context);

    protected override void OnCreated(OwnerDraft<CronJobState, CronJob> draft, ScheduledJobClaim claim) =>
        CronJobReconciler.ShowCreated(draft, claim);

    /// <summary>The time is used up: its name stays with the stranger.</summary>
    protected override void OnNameTaken(OwnerDraft<CronJobState, CronJob> draft, ScheduledJobClaim claim) =>
        CronJobReconciler.ShowRefusal(
            draft, $"the name {claim.Name} is taken by a Job that is not of this CronJob");

    /// <summary>The time is given back, to be tried again while it is the last one and not too late.</summary>
    protected override void OnCreationFailed(
        OwnerDraft<CronJobState, CronJob> draft, ScheduledJobClaim claim, string message, DateTimeOffset now)
    {
        CronJobReconciler.ShowRefusal(draft, message);
        if (claim.ScheduledAt is { } time && draft.State.Reached == time)
        {
            draft.Emit(new ScheduleReached(time - TimeSpan.FromSeconds(1)));
        }
    }

    protected override CronJobState ApplyOwn(CronJobState state, DomainEvent @event) => @event switch
    {
        ScheduleReached reached => state with { Reached = reached.Time },
        TimePassedOver passed => state with { PassedOver = passed.What },
        ScheduledJobClaimed { Time: { } time } => base.ApplyOwn(state, @event) with { Reached = time },
        ActivationBegan => base.ApplyOwn(state, @event) with { PassedOver = null },
        _ => base.ApplyOwn(state, @event),
    };

    protected override IEnumerable<DomainEvent> OwnHistory(CronJobState state)
    {
        var deleted = state.Claims.Values.Where(claim => claim.IsDeletionRequested).Uids();
        return
        [
            .. base.OwnHistory(state),
            .. deleted.Count == 0 ? (DomainEvent[])[] : [new ScheduledJobsDeletionRequested(deleted)],
            .. state.Reached is { } reached ? (DomainEvent[])[new ScheduleReached(reached)] : [],
        ];
    }
}
