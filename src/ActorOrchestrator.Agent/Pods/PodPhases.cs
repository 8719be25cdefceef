using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>That a pod's run is over, and how it ended.</summary>
internal sealed record PodVerdict(string Phase, string? Reason, string? Message)
{
    /// <summary>The most that its containers get to end in; null: what the pod asks for.</summary>
    public TimeSpan? GraceMax { get; init; }
}

/// <summary>pod.status.phase from the containers' states (kubelet's rules).</summary>
internal static class PodPhases
{
    public const string Pending = "Pending";
    public const string Running = "Running";
    public const string Succeeded = "Succeeded";
    public const string Failed = "Failed";

    private const string DeadlineReason = "DeadlineExceeded";
    private const string DeadlineMessage = "Pod was active on the node longer than the specified deadline";

    public static bool IsTerminal(string? phase) => phase is Succeeded or Failed;

    /// <summary>Whether the pod's run is over for good; once it is, it stays so.</summary>
    public static PodVerdict? Verdict(PodDraft draft)
    {
        var known = draft.State.LastStatus ?? draft.Pod.Status;
        if (IsTerminal(known.Phase))
        {
            return new PodVerdict(known.Phase!, known.Reason, known.Message);
        }

        if (draft.State.Rejection is { } rejection)
        {
            return new PodVerdict(Failed, rejection.Reason, rejection.Message);
        }

        if (draft.State.Eviction is { } eviction)
        {
            var end = HadSucceeded(draft, eviction.Spares) ? Succeeded : Failed;
            return new PodVerdict(end, eviction.Reason, eviction.Message) { GraceMax = eviction.GraceMax };
        }

        if (DeadlineOf(draft) is { } deadline)
        {
            if (deadline <= draft.Now)
            {
                return new PodVerdict(Failed, DeadlineReason, DeadlineMessage);
            }

            draft.Wake(deadline);
        }

        if (draft.State.Storage is { } use && StorageLimits.Exceeded(draft.Pod, use) is { } excess)
        {
            // As kubelet, whoever is evicted for what it has written is given no time to write more.
            return new PodVerdict(Failed, PodEviction.Evicted, excess) { GraceMax = TimeSpan.Zero };
        }

        return Ended(draft) is { } phase ? new PodVerdict(phase, null, null) : null;
    }

    /// <summary>The phase of a pod that is not over.</summary>
    public static string Of(PodDraft draft)
    {
        if (!IsInitialized(draft))
        {
            return Pending;
        }

        return draft.Mains.Any(c => draft.Track(c).Current is null or { State: ContainerRuntimeState.Created })
            ? Pending
            : Running;
    }

    /// <summary>The phase of a terminating pod whose containers are all stopped.</summary>
    public static string Final(PodDraft draft)
    {
        var ended = draft.Mains.Select(c => draft.Track(c).Current).ToList();
        if (ended.Any(c => c is null))
        {
            return ended.All(c => c is null) ? Pending : Failed;
        }

        return ended.All(c => c!.ExitCode == 0) ? Succeeded : Failed;
    }

    /// <summary>Every init container has completed; a main container that exists proves it too.</summary>
    public static bool IsInitialized(PodDraft draft) =>
        draft.Mains.Any(c => draft.Track(c).Current is not null)
        || draft.Containers.All(c => c.Role switch
        {
            ContainerRole.Main or ContainerRole.Ephemeral => true,
            ContainerRole.Sidecar => draft.Track(c).IsStarted(c.Spec),
            _ => draft.Track(c) is { HasExited: true, Current.ExitCode: 0 },
        });

    /// <summary>Whether a container has ended and is not to run again.</summary>
    public static bool IsDone(PodDraft draft, PodContainer container)
    {
        var track = draft.Track(container);
        return track is { HasExited: true, RestartAsked: false }
            && !container.RestartsAfter(track.Current!.ExitCode, draft.Pod.Spec.RestartPolicy);
    }

    private static bool HadSucceeded(PodDraft draft, DateTimeOffset? by) =>
        Ended(draft) is Succeeded && draft.Mains.All(c => draft.Track(c).Current!.FinishedAt < by);

    private static string? Ended(PodDraft draft)
    {
        if (draft.Containers.Any(c => c.Role == ContainerRole.Init && IsDone(draft, c)
            && draft.Track(c).Current!.ExitCode != 0))
        {
            return Failed;
        }
        if (!draft.Mains.All(c => IsDone(draft, c)))
        {
            return null;
        }

        return draft.Mains.All(c => draft.Track(c).Current!.ExitCode == 0) ? Succeeded : Failed;
    }

    private static DateTimeOffset? DeadlineOf(PodDraft draft)
    {
        var startedAt = draft.Pod.Status.StartTime ?? draft.State.StartTime;
        return draft.Pod.Spec.ActiveDeadlineSeconds is { } seconds && startedAt is { } at
            ? at.Later(seconds)
            : null;
    }
}
