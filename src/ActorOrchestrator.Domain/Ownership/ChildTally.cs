using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.CronJobs;
using ActorOrchestrator.Domain.Jobs;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.ReplicaSets;

namespace ActorOrchestrator.Domain.Ownership;

/// <summary>
/// The children of one owner as the log has them, counted by what its status counts them by. A status that shows
/// another number has not heard of one of them, or is about to be written.
/// </summary>
internal readonly record struct ChildTally
{
    /// <summary>All of them; what nothing is counted of is none.</summary>
    public int All { get; private init; }

    /// <summary>Pods that are neither over nor on their way out, or the replicas that ReplicaSets show.</summary>
    public int Active { get; private init; }

    /// <summary>Those of them that are ready.</summary>
    public int Ready { get; private init; }

    /// <summary>Those of them that wait for another one in their place.</summary>
    public int Replaced { get; private init; }

    /// <summary>What ReplicaSets show as available.</summary>
    public int Available { get; private init; }

    /// <summary>Jobs of a schedule that have not ended.</summary>
    public int Running { get; private init; }

    /// <summary>Those of them that are on their way out: whether they are shown is said by who wanted that.</summary>
    public int Leaving { get; private init; }

    public static ChildTally Of(KubeObject? child) => child switch
    {
        null => default,
        Pod pod => Of(pod),
        ReplicaSet { Status: var status } => new ChildTally
        {
            All = 1, Active = status.Replicas, Ready = status.ReadyReplicas, Available = status.AvailableReplicas,
        },
        Job job when JobObservation.Of(job) is { IsScheduled: true, IsFinished: false } => new ChildTally
        {
            All = 1, Running = 1, Leaving = job.Metadata.DeletionTimestamp is null ? 0 : 1,
        },
        Job => new ChildTally { All = 1 },
        _ => default,
    };

    public static ChildTally operator +(ChildTally one, ChildTally other) => new()
    {
        All = one.All + other.All,
        Active = one.Active + other.Active,
        Ready = one.Ready + other.Ready,
        Replaced = one.Replaced + other.Replaced,
        Available = one.Available + other.Available,
        Running = one.Running + other.Running,
        Leaving = one.Leaving + other.Leaving,
    };

    public static ChildTally operator -(ChildTally one, ChildTally other) => new()
    {
        All = one.All - other.All,
        Active = one.Active - other.Active,
        Ready = one.Ready - other.Ready,
        Replaced = one.Replaced - other.Replaced,
        Available = one.Available - other.Available,
        Running = one.Running - other.Running,
        Leaving = one.Leaving - other.Leaving,
    };

    /// <summary>Whether the owner's status may show these children. A DaemonSet counts nodes, so it shows fewer while
    /// some have two pods.</summary>
    public bool IsShownBy(KubeObject owner) => owner switch
    {
        ReplicaSet or ReplicationController => IsShownBy(ReplicaOwners.ViewOf(owner)),
        Deployment { Status: var status } => (Active, Ready, Available)
            == (status.Replicas, status.ReadyReplicas, status.AvailableReplicas),
        DaemonSet { Status: var status } => All == status.CurrentNumberScheduled + status.NumberMisscheduled
            && Ready >= status.NumberReady && Ready <= status.NumberReady + status.NumberMisscheduled,
        StatefulSet { Status: var status } => (All, Ready) == (status.Replicas, status.ReadyReplicas),
        Job { Status: var status } job => !JobDecider.IsOurs(job)
            || (Active, Ready) == (status.Active, status.Ready ?? 0),
        CronJob { Status.Active: var shown } => shown.Count <= Running && shown.Count >= Running - Leaving,
        _ => true,
    };

    /// <summary>One more is made for each that is to be replaced first.</summary>
    private bool IsShownBy(ReplicaSet set) =>
        (Active, Ready) == (set.Status.Replicas, set.Status.ReadyReplicas)
        && (Replaced == 0 || Active > (set.Spec.Replicas ?? 1));

    private static ChildTally Of(Pod pod)
    {
        var isActive = pod.Metadata.DeletionTimestamp is null && pod.Status.Phase is not ("Succeeded" or "Failed");
        return new ChildTally
        {
            All = 1,
            Active = isActive ? 1 : 0,
            Ready = isActive && PodConditions.IsReady(pod.Status) ? 1 : 0,
            Replaced = isActive && Replacement.IsAwaited(pod) ? 1 : 0,
        };
    }
}
