using System.Threading.Channels;
using ActorOrchestrator.Api;

namespace ActorOrchestrator.Actors.Views;

/// <summary>Every object as of a sequence of the log; all answers are immutable snapshots, safe from any
/// thread.</summary>
public interface IClusterView
{
    /// <summary>The sequence of the last event folded in: the resourceVersion of a list made now.</summary>
    long Sequence { get; }

    /// <summary>The oldest sequence that a watch can start after; before it: 410 Gone.</summary>
    long OldestWatchable { get; }

    KubeObject? Get(ResourceKind kind, string? @namespace, string name);

    /// <summary>All objects of a kind (of one namespace, or of all when null), by namespace and name.</summary>
    ObjectSnapshot List(ResourceKind kind, string? @namespace);

    /// <summary>
    /// Changes of a kind after <paramref name="afterSequence"/>, each exactly once and in order, until disposed. Null
    /// when that sequence is older than <see cref="OldestWatchable"/> or lies in the future.
    /// A reader that falls behind by more than the subscription's bound gets its channel completed with
    /// <see cref="WatchOverrunException"/>.
    /// </summary>
    IWatchSubscription? Watch(ResourceKind kind, string? @namespace, long afterSequence);

    /// <summary>Lists and subscribes at the same sequence, with nothing lost or doubled between.</summary>
    (ObjectSnapshot Snapshot, IWatchSubscription Changes) ListAndWatch(ResourceKind kind, string? @namespace);

    /// <summary>Subscriptions to a kind that are not disposed.</summary>
    int WatchersOf(ResourceKind kind);
}

/// <summary>A consistent list: <paramref name="Objects"/> as of <paramref name="Sequence"/>.</summary>
public sealed record ObjectSnapshot(IReadOnlyCollection<KubeObject> Objects, long Sequence);

public interface IWatchSubscription : IDisposable
{
    ChannelReader<WatchRecord> Changes { get; }

    /// <summary>Offers a <see cref="WatchRecord.IsMark">mark</see>, behind every change so far: whoever reads it has
    /// read all up to its sequence. A reader so far behind that its queue is full gets none.</summary>
    void Mark();
}

/// <summary>One change. Created: no <paramref name="Old"/>. Deleted: no <paramref name="New"/>; watchers are then sent
/// Old with <paramref name="Sequence"/> as its resourceVersion. Neither: a mark.</summary>
public sealed record WatchRecord(long Sequence, KubeObject? Old, KubeObject? New)
{
    public bool IsMark => Old is null && New is null;

    /// <summary>Bytes of the rows of its kind's changes up to and with this one, since the process started.</summary>
    internal long Position { get; init; }
}

public sealed class WatchOverrunException() : Exception("the watcher fell too far behind");
