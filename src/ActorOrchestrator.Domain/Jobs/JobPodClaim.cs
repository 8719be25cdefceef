using System.Globalization;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Domain.Jobs;

/// <summary>
/// A Job's claim on a pod. When the pod has ended, one row holds both the count in the Job's status and that the pod is
/// settled, so it counts exactly once whatever dies when. Until then the finalizer
/// <see cref="Finalizers.JobTracking"/> keeps the pod, whoever deletes it.
/// <code>
///   claimed ──► runs ──ended──► settled, counted ─────┐ finalizer gone, and stopped
///                 │                                   ├─────────────────────────────► (none)
///                 └──told to go──► settled, uncounted ┘
/// </code>
/// </summary>
public sealed record JobPodClaim(string Uid, string Name) : PodClaim(Uid, Name)
{
    /// <summary>The completion index that it was made for; null for none, and for one that was adopted.</summary>
    public int? MadeForIndex { get; init; }

    /// <summary>Its completion index; null for none, and while an adopted one has not told.</summary>
    public int? Index => MadeForIndex ?? Run?.Index;

    /// <summary>What a Job needs to know of it by its last report; null before the first.</summary>
    public PodRun? Run { get; init; }

    /// <summary>Its end is in the Job's status, or is not counted; durable.</summary>
    public bool IsSettled { get; init; }

    /// <summary>It may be running, for all we know, and its end will count.</summary>
    public bool IsActive => !IsSettled && MayBeActive && Observation is null or { IsActive: true };

    /// <summary>It shuts down, and may be running.</summary>
    public bool IsLeaving =>
        !IsGone && Observation is { IsTerminating: true, IsFinished: false } && Run is { IsStopped: false };

    /// <summary>Nothing of it runs, and nothing keeps it any more for this Job.</summary>
    public bool IsResolved => IsSettled && Run is { IsTracked: false } && !IsLeaving;

    /// <summary>A pod that has ended meanwhile is counted.</summary>
    public override Delete Deletion => base.Deletion with { UnlessFinished = true };

    /// <summary>Also until its finalizer is gone, once it is settled.</summary>
    public override bool OwesAnswer => base.OwesAnswer || IsSettled;

    public override Claim Observe(KubeObject? report)
    {
        var learned = (JobPodClaim)base.Observe(report);
        return ReferenceEquals(learned, this) || report is not Pod pod
            ? learned
            : learned with { Run = PodRun.Of(pod) };
    }

    public override Claim Forget() => (JobPodClaim)base.Forget() with { Run = null };
}

/// <summary>A container that has ended with another code than 0.</summary>
public readonly record struct ContainerFailure(string Container, int ExitCode);

/// <summary>A condition of a pod.</summary>
public readonly record struct PodSign(string Type, string Status);

/// <summary>Why a pod does not begin, or does not go on.</summary>
/// <param name="Container">The container that is not started; null while the pod has no node.</param>
/// <param name="Reason">Why, as one word.</param>
/// <param name="Message">Why, as a sentence.</param>
public sealed record PodTrouble(string? Container, string Reason, string? Message)
{
    /// <summary>Null of a pod that begins as it should.</summary>
    public static PodTrouble? Of(PodStatus status)
    {
        if (status.Conditions.FirstOrDefault(each => each is { Type: PodConditions.Scheduled, Status: "False" })
            is { } unscheduled)
        {
            return new PodTrouble(null, unscheduled.Reason ?? "Unschedulable", unscheduled.Message);
        }

        var stuck = status.InitContainerStatuses.Concat(status.ContainerStatuses).FirstOrDefault(container =>
            container.State?.Waiting?.Reason is not (null or "" or "ContainerCreating" or "PodInitializing"));
        return stuck?.State?.Waiting is { } waiting
            ? new PodTrouble(stuck.Name, waiting.Reason!, waiting.Message)
            : null;
    }
}

/// <summary>What a Job remembers of a pod's last report, beyond what every owner does.</summary>
public sealed record PodRun
{
    public static readonly PodRun None = new();

    /// <summary>It has the finalizer that keeps it for its Job.</summary>
    public bool IsTracked { get; init; }

    /// <summary>The completion index that its annotation tells; null without one.</summary>
    public int? Index { get; init; }

    /// <summary>It was deleted, and its machine has nothing left to stop, or nobody waits for that.</summary>
    public bool IsStopped { get; init; }

    /// <summary>Of a pod that has failed or is to go: which of its containers have failed, main ones
    /// first.</summary>
    public ValueList<ContainerFailure> Failures { get; init; } = [];

    /// <summary>Of a pod that has failed or is to go: its conditions.</summary>
    public ValueList<PodSign> Conditions { get; init; } = [];

    /// <summary>How often its containers were started again, but for sidecars, which work for nobody's
    /// completion.</summary>
    public int Restarts { get; init; }

    /// <summary>Why it does not begin, or does not go on; null while it does.</summary>
    public PodTrouble? Trouble { get; init; }

    /// <summary>When the last of its containers ended; null while one runs, or none has run.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    public static PodRun Of(Pod pod)
    {
        var sidecars = pod.Spec.InitContainers
            .Where(container => container.RestartPolicy == "Always").Select(container => container.Name).ToHashSet();
        var isFailing = pod is { Status.Phase: "Failed" } or { Metadata.DeletionTimestamp: not null };
        var ends = pod.Status.ContainerStatuses.Select(status => status.State?.Terminated?.FinishedAt).ToList();
        return new PodRun
        {
            IsTracked = pod.Metadata.Finalizers.Contains(Finalizers.JobTracking),
            Index = IndexOf(pod.Metadata.Annotations.GetValueOrDefault(JobNames.CompletionIndex)),
            IsStopped = pod.Metadata is { DeletionTimestamp: not null, DeletionGracePeriodSeconds: null or 0 },
            Failures = isFailing ? FailuresOf(pod.Status) : [],
            Conditions = isFailing
                ? pod.Status.Conditions.Select(each => new PodSign(each.Type, each.Status)).ToValueList()
                : [],
            Restarts = pod.Status.ContainerStatuses
                .Concat(pod.Status.InitContainerStatuses.Where(status => !sidecars.Contains(status.Name)))
                .Sum(status => status.RestartCount),
            Trouble = PodTrouble.Of(pod.Status),
            FinishedAt = ends.Contains(null) ? null : ends.Max(),
        };
    }

    private static ValueList<ContainerFailure> FailuresOf(PodStatus status) =>
        (from container in status.ContainerStatuses.Concat(status.InitContainerStatuses)
         let code = container.State?.Terminated?.ExitCode ?? 0
         where code != 0
         select new ContainerFailure(container.Name, code)).ToValueList();

    private static int? IndexOf(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;
}

/// <summary>A Job's pod to be, or one without a controller to be the Job's.</summary>
/// <param name="Uid">Its uid.</param>
/// <param name="Name">Its name.</param>
public readonly record struct ClaimedJobPod(string Uid, string Name);

public sealed record JobPodsClaimed(ValueList<ClaimedJobPod> Pods, bool IsAdoption)
    : DomainEvent, IChildrenClaimed<JobPodClaim>
{
    public override EventScope Scope => EventScope.Private;

    IEnumerable<JobPodClaim> IChildrenClaimed<JobPodClaim>.NewClaims() =>
        Pods.Select(pod => new JobPodClaim(pod.Uid, pod.Name) { IsAdoption = IsAdoption });
}

/// <summary>An Indexed Job's pod to be.</summary>
/// <param name="Uid">Its uid.</param>
/// <param name="Name">Its name.</param>
/// <param name="Index">The completion index that it is for.</param>
public readonly record struct ClaimedIndexedPod(string Uid, string Name, int Index);

public sealed record IndexedPodsClaimed(ValueList<ClaimedIndexedPod> Pods)
    : DomainEvent, IChildrenClaimed<JobPodClaim>
{
    public override EventScope Scope => EventScope.Private;

    IEnumerable<JobPodClaim> IChildrenClaimed<JobPodClaim>.NewClaims() =>
        Pods.Select(pod => new JobPodClaim(pod.Uid, pod.Name) { MadeForIndex = pod.Index });
}

/// <summary>The pods' ends are in the status that is written with this, or are not counted; what keeps the pods for the
/// Job may go.</summary>
/// <param name="Uids">The pods.</param>
/// <param name="FailuresInARow">How many pods have failed since the last success.</param>
/// <param name="LastFailedAt">When the last of them did.</param>
public sealed record JobPodsSettled(ValueList<string> Uids, int FailuresInARow, DateTimeOffset? LastFailedAt)
    : DomainEvent
{
    public override EventScope Scope => EventScope.Private;
}
