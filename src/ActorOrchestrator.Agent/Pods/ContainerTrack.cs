using System.Collections.Immutable;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Probes;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>How far a container's image is; asked anew before every start.</summary>
public abstract record ImageProgress
{
    private ImageProgress()
    {
    }

    public sealed record Unknown : ImageProgress;

    /// <summary>On this machine. <paramref name="Image"/> tells the user that the image runs as.</summary>
    public sealed record Present(ImageInfo Image) : ImageProgress;

    /// <summary>
    /// Not to be had; <paramref name="Reason"/> is the waiting reason (ErrImagePull …) of the failure itself.
    /// </summary>
    public sealed record Failing(string Reason, string Message, BackOff Entry, DateTimeOffset FailedAt) : ImageProgress
    {
        /// <summary>
        /// For so long the failure itself is shown, then that the next pull waits (ImagePullBackOff).
        /// </summary>
        public static readonly TimeSpan ShownFor = TimeSpan.FromSeconds(2);

        public bool IsDue(DateTimeOffset now) => RetryTime.IsDue(RetryAt, now, Entry.Delay);

        public DateTimeOffset RetryAt => FailedAt + Entry.Delay;

        public bool IsPullFailure => Reason is WaitingReasons.ErrImagePull or WaitingReasons.RegistryUnavailable;
    }
}

/// <summary>Why a container could not be made or started, and when it is tried again.</summary>
public sealed record StartTrouble(string Reason, string Message, DateTimeOffset RetryAt)
{
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    public bool IsDue(DateTimeOffset now) => RetryTime.IsDue(RetryAt, now, RetryAfter);
}

/// <summary>
/// The postStart hook of the current incarnation; <c>None</c> after a restart of the agent: never run twice.
/// </summary>
public enum HookPhase { None, Due, Running, Done, Failed }

/// <summary>Why the agent ends a container that ought to run.</summary>
public enum KillCause { PodStops, DefinitionChanged, Resized, LivenessFailed, StartupFailed, PostStartFailed, Unknown }

/// <summary>
/// What is known of one container of a pod: the newest incarnation in the runtime, the one before it, and what
/// the agent remembers beside the runtime. An incarnation's attempt number is the restart count.
/// </summary>
public sealed record ContainerTrack(string Name)
{
    public ContainerRuntimeStatus? Current { get; init; }

    public ContainerRuntimeStatus? Previous { get; init; }

    /// <summary>Incarnations older than <see cref="Previous"/> that the runtime still holds.</summary>
    public ImmutableArray<ContainerRuntimeStatus> Older { get; init; } = [];

    public ImageProgress Image { get; init; } = new ImageProgress.Unknown();

    public StartTrouble? Trouble { get; init; }

    /// <summary>The crash loop's back-off; belongs to the definition with <see cref="BackOffHash"/>.</summary>
    public BackOff? BackOff { get; init; }

    public string BackOffHash { get; init; } = "";

    /// <summary>The resources that the newest incarnation was given last; null before the first.</summary>
    public ResourceRequirements? Applied { get; init; }

    public HookPhase PostStart { get; init; }

    /// <summary>The agent killed <see cref="Current"/> to start it anew, whatever its exit code will be.</summary>
    public bool RestartAsked { get; init; }

    public ProbeTrack Startup { get; init; } = ProbeTrack.Initial(ProbeKind.Startup);

    public ProbeTrack Liveness { get; init; } = ProbeTrack.Initial(ProbeKind.Liveness);

    public ProbeTrack Readiness { get; init; } = ProbeTrack.Initial(ProbeKind.Readiness);

    public bool IsRunning => Current is { State: ContainerRuntimeState.Running };

    public bool HasExited => Current is { State: ContainerRuntimeState.Exited };

    public ProbeTrack Probe(ProbeKind kind) => kind switch
    {
        ProbeKind.Startup => Startup,
        ProbeKind.Liveness => Liveness,
        _ => Readiness,
    };

    public ContainerTrack WithProbe(ProbeKind kind, ProbeTrack track) => kind switch
    {
        ProbeKind.Startup => this with { Startup = track },
        ProbeKind.Liveness => this with { Liveness = track },
        _ => this with { Readiness = track },
    };

    /// <summary>Running, past its start-up probe: what <c>status.containerStatuses[].started</c> says.</summary>
    public bool IsStarted(Container spec) =>
        IsRunning && PostStart is (HookPhase.None or HookPhase.Done)
        && (spec.StartupProbe is null || Startup.Verdict == ProbeVerdict.Success);

    /// <summary>Whether it runs with other cpu or memory than it is to have.</summary>
    public bool IsToBeResized(Container spec) =>
        IsRunning && Applied is { } applied && PodAllocation.Differs(applied, spec.Resources);

    public bool IsReady(Container spec) =>
        IsStarted(spec) && (spec.ReadinessProbe is null || Readiness.Verdict == ProbeVerdict.Success);

    /// <summary>Takes in what the runtime says of one incarnation, whatever order such news come in.</summary>
    public ContainerTrack Observed(ContainerRuntimeStatus status)
    {
        if (Current is null)
        {
            return Fresh(status);
        }

        if (status.Id == Current.Id)
        {
            return this with { Current = Newer(Current, status) };
        }

        if (status.Id == Previous?.Id)
        {
            return this with { Previous = Newer(Previous, status) };
        }

        if (IsAfter(status, Current))
        {
            var aged = this with { Previous = Current, Older = Previous is null ? Older : Older.Add(Previous) };
            return aged.Fresh(status);
        }
        if (Previous is null || IsAfter(status, Previous))
        {
            return this with { Previous = status, Older = Previous is null ? Older : Older.Add(Previous) };
        }

        return Older.Any(old => old.Id == status.Id) ? this : this with { Older = Older.Add(status) };
    }

    /// <summary>
    /// The agent itself has just started this incarnation: its postStart hook is due, if there is one.
    /// </summary>
    public ContainerTrack Started(ContainerRuntimeStatus status, bool hasHook)
    {
        var seen = Observed(status) with { Trouble = null };
        return hasHook && seen.Current!.Id == status.Id && seen.PostStart == HookPhase.None
            ? seen with { PostStart = HookPhase.Due }
            : seen;
    }

    /// <summary>The runtime no longer holds an incarnation; one that never ran leaves no trace in the count.</summary>
    public ContainerTrack Forgotten(string id) =>
        Current is { State: ContainerRuntimeState.Created } current && current.Id == id
            ? this with { Current = Previous, Previous = null }
            : this with { Older = Older.RemoveAll(old => old.Id == id) };

    /// <summary>The attempt that an incarnation's files are named by; null when they are another one's, too.</summary>
    public uint? OwnFilesOf(ContainerRuntimeStatus incarnation) =>
        Older.Append(Current).Append(Previous).Any(other =>
            other is not null && other.Id != incarnation.Id && other.Attempt == incarnation.Attempt)
                ? null
                : incarnation.Attempt;

    private ContainerTrack Fresh(ContainerRuntimeStatus status) => this with
    {
        Current = status,
        Trouble = null,
        RestartAsked = false,
        PostStart = HookPhase.None,
        Image = new ImageProgress.Unknown(),
        Startup = ProbeTrack.Initial(ProbeKind.Startup),
        Liveness = ProbeTrack.Initial(ProbeKind.Liveness),
        Readiness = ProbeTrack.Initial(ProbeKind.Readiness),
    };

    private static bool IsAfter(ContainerRuntimeStatus a, ContainerRuntimeStatus b) =>
        (a.Attempt, a.CreatedAt).CompareTo((b.Attempt, b.CreatedAt)) > 0;

    /// <summary>A dead container does not come back: late news of its life are ignored.</summary>
    private static ContainerRuntimeStatus Newer(ContainerRuntimeStatus known, ContainerRuntimeStatus told) =>
        Rank(told.State) < Rank(known.State) ? known : told;

    private static int Rank(ContainerRuntimeState state) => state switch
    {
        ContainerRuntimeState.Created => 0,
        ContainerRuntimeState.Exited => 2,
        _ => 1,
    };
}

/// <summary>containerStatuses[].state.waiting.reason as kubelet writes it.</summary>
public static class WaitingReasons
{
    public const string ContainerCreating = "ContainerCreating";
    public const string PodInitializing = "PodInitializing";
    public const string CrashLoopBackOff = "CrashLoopBackOff";
    public const string ErrImagePull = "ErrImagePull";
    public const string ImagePullBackOff = "ImagePullBackOff";
    public const string ErrImageNeverPull = "ErrImageNeverPull";
    public const string InvalidImageName = "InvalidImageName";
    public const string RegistryUnavailable = "RegistryUnavailable";
    public const string ImageInspectError = "ImageInspectError";
    public const string CreateContainerConfigError = "CreateContainerConfigError";
    public const string CreateContainerError = "CreateContainerError";
    public const string RunContainerError = "RunContainerError";
    public const string PostStartHookError = "PostStartHookError";
}
