using System.Collections.Immutable;
using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>The pod's sandbox as the runtime has it.</summary>
public sealed record SandboxView(string Id, uint Attempt, bool Ready, DateTimeOffset CreatedAt, ValueList<string> Ips)
{
    /// <summary>
    /// The runtime was told to stop it, and so has given back its network. One that died by itself still has addresses
    /// and published ports.
    /// </summary>
    public bool Released { get; init; }

    /// <summary>Of the users that are the pod's own; null: it has the machine's.</summary>
    public uint? FirstUser { get; init; }

    public static SandboxView From(SandboxStatus status) =>
        new(status.Id, status.Attempt, status.Ready, status.CreatedAt, status.Ips.ToValueList())
        {
            FirstUser = SandboxPlan.FirstUserOf(status),
        };
}

public enum VolumePhase { Absent, Ready, Gone }

/// <summary>A step that failed and is tried again at <paramref name="RetryAt"/>.</summary>
public sealed record Setback(string Message, int Failures, DateTimeOffset RetryAt)
{
    /// <summary>No step waits longer than that before it is tried again.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(122);

    public bool IsDue(DateTimeOffset now) => RetryTime.IsDue(RetryAt, now, Longest);
}

/// <summary>
/// Everything a worker knows of its pod apart from the spec: what the runtime holds and what the agent remembers.
/// Immutable; folded from <see cref="PodFact"/>s by <see cref="PodFacts"/>, read by <see cref="PodPlan"/>.
/// </summary>
public sealed record PodState
{
    public static readonly PodState Empty = new();

    /// <summary>The newest sandbox.</summary>
    public SandboxView? Sandbox { get; init; }

    /// <summary>Older sandboxes that the runtime still holds.</summary>
    public ImmutableArray<SandboxView> StaleSandboxes { get; init; } = [];

    public Setback? SandboxSetback { get; init; }

    public VolumePhase Volumes { get; init; }

    /// <summary>A ConfigMap or Secret changed since the volumes were written.</summary>
    public bool VolumesOutdated { get; init; }

    public Setback? VolumeSetback { get; init; }

    /// <summary>When mounted tokens are to be renewed.</summary>
    public DateTimeOffset? VolumesRefreshAt { get; init; }

    /// <summary>How far the images of volumes are that some container wanted, by volume.</summary>
    public ImmutableSortedDictionary<string, ImageProgress> VolumeImages { get; init; } =
        ImmutableSortedDictionary.Create<string, ImageProgress>(StringComparer.Ordinal);

    /// <summary>What the pod had on disk when it was last measured, where it has limits.</summary>
    public StorageUse? Storage { get; init; }

    public ImmutableSortedDictionary<string, ContainerTrack> Containers { get; init; } =
        ImmutableSortedDictionary.Create<string, ContainerTrack>(StringComparer.Ordinal);

    /// <summary>Keys of the operations under way.</summary>
    public ImmutableSortedSet<string> InFlight { get; init; } =
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>
    /// Operations that failed for reasons outside the pod, by key: not begun again before their time.
    /// </summary>
    public ImmutableSortedDictionary<string, Setback> Setbacks { get; init; } =
        ImmutableSortedDictionary.Create<string, Setback>(StringComparer.Ordinal);

    /// <summary>The object is gone from the cluster: nobody is told any more, all that runs is to end.</summary>
    public bool Removed { get; init; }

    /// <summary>Why the node does not take the pod: nothing of it runs. Null when it does.</summary>
    public NodeRejection? Rejection { get; init; }

    /// <summary>Why the node ends the pod though that has done nothing wrong; null when it does not.</summary>
    public PodEviction? Eviction { get; init; }

    /// <summary>The pod has ended, and the node needs the room that its containers and logs take.</summary>
    public bool IsInTheWay { get; init; }

    /// <summary>Why the pod is not given what it was resized to; null when it is.</summary>
    public ResizeRefusal? ResizeRefusal { get; init; }

    /// <summary>When the agent began to end the pod, and by when its containers must have ended.</summary>
    public DateTimeOffset? StopBegan { get; init; }

    public DateTimeOffset? StopDeadline { get; init; }

    public DateTimeOffset? StoppedReportedAt { get; init; }

    public bool TracesRemoved { get; init; }

    /// <summary>When the agent took the pod up: <c>status.startTime</c>.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>The status decided last; conditions keep their transition times from it.</summary>
    public PodStatus? LastStatus { get; init; }

    public ContainerTrack Track(string name) =>
        Containers.TryGetValue(name, out var track) ? track : new ContainerTrack(name);

    public ImageProgress VolumeImage(string volume) =>
        VolumeImages.TryGetValue(volume, out var progress) ? progress : new ImageProgress.Unknown();

    public bool IsInFlight(string key) => InFlight.Contains(key);

    public PodState WithTrack(ContainerTrack track) =>
        this with { Containers = Containers.SetItem(track.Name, track) };
}
