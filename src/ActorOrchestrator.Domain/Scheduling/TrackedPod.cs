using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Scheduling;

/// <summary>
/// A pod as the scheduler follows it:
/// <code>
/// Idle ──(to be scheduled)──► Waiting ──(node chosen, told to bind)──► Assumed ──(seen bound)──► Bound
///   ▲  ◄──────────────(finished, or deleted before it was bound)───────────┴───────────────────────┘
/// </code>
/// Assumed and Bound pods hold their node's resources. An assumed pod keeps them until the log shows what became of it:
/// the message may be lost and is then sent again, or late, so nothing is ever promised twice.
/// </summary>
internal sealed class TrackedPod(EntityKey key, Pod pod, PodClass @class, long round)
{
    public EntityKey Key { get; } = key;

    /// <summary>The pod as last seen.</summary>
    public Pod Pod { get; set; } = pod;

    public PodClass Class { get; set; } = @class;

    /// <summary>Its age: the batch of changes that it came with. Those of one batch count as equally old, so that the
    /// pods of a class among them are placed in a row.</summary>
    public long Round { get; set; } = round;

    public PodStage Stage { get; set; }

    /// <summary>The node that it is assumed on or bound to, or -1.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>Nodes that it was told of before the one that it is assumed on; they keep its place until the log shows
    /// which one it has.</summary>
    public IReadOnlyList<string> Former { get; set; } = [];

    /// <summary>Whether its class counts it as terminating.</summary>
    public bool CountedTerminating { get; set; }

    /// <summary>Differs for each time that it was put into a queue, so that stale entries are recognized.</summary>
    public int Ticket { get; set; }

    /// <summary>The node that is being cleared for it.</summary>
    public Nomination? Nomination { get; set; }

    /// <summary>What it was last told about why it waits.</summary>
    public string? Told { get; set; }

    public string Uid => Pod.Metadata.Uid ?? "";
}

internal enum PodStage
{
    Idle,
    Waiting,
    Assumed,
    Bound,
}
