using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.CronJobs;

/// <summary>A CronJob: the object, its durable claims on Jobs, how far its schedule is worked off, and what it has
/// heard since activation.</summary>
public sealed record CronJobState(KubeObject? Object) : OwnerState<ScheduledJobClaim>(Object)
{
    public static new readonly CronJobState Absent = new((KubeObject?)null);

    /// <summary>No time up to here starts a Job any more; durable. Null while none has been reached.</summary>
    public DateTimeOffset? Reached { get; init; }

    /// <summary>The last thing that was recorded as an Event about a time that started no Job, so that it is not
    /// recorded again.</summary>
    public PassedOver? PassedOver { get; init; }

    public CronJob? CronJob => (CronJob?)Object;
}

/// <summary>A time that started no Job, and why, as one word.</summary>
public sealed record PassedOver(string Reason, DateTimeOffset Time);

/// <summary>The schedule is worked off up to this time, a Job or not; a changed schedule counts from its
/// change.</summary>
public sealed record ScheduleReached(DateTimeOffset Time) : DomainEvent
{
    public override EventScope Scope => EventScope.Private;
}

/// <summary>That a time starts no Job has been recorded as an Event.</summary>
public sealed record TimePassedOver(PassedOver What) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}
