using ActorOrchestrator.Agent.Mailboxes;
using ActorOrchestrator.Agent.Pods;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Domain.Pods;
using Akka.Actor;

namespace ActorOrchestrator.Agent.Nodes;

/// <summary>What a node's agent hears: its timers, the outcomes of what it began, and its workers.</summary>
internal abstract record NodeMessage : INoSerializationVerificationNeeded
{
    private NodeMessage()
    {
    }

    public sealed record Beat : NodeMessage;

    public sealed record Beaten : NodeMessage;

    /// <summary>The machine's lease is to be renewed.</summary>
    public sealed record LeaseDue : NodeMessage;

    /// <summary>The cluster was asked to renew it.</summary>
    /// <param name="AskedAt">When, by the machine's clock.</param>
    /// <param name="Declared">How often it has declared that the machine's pods had ended; null: no answer.</param>
    /// <param name="Problem">Why there is none.</param>
    public sealed record LeaseAnswered(TimeSpan AskedAt, long? Declared, string? Problem) : NodeMessage;

    /// <summary>The lease is over, unless it was renewed.</summary>
    public sealed record LeaseOver : NodeMessage;

    /// <summary>The next item of a stream; the one after it is asked for when this one was taken.</summary>
    public sealed record Arrived(NodeStream Stream, object Item) : NodeMessage;

    public sealed record Relist : NodeMessage;

    public sealed record Relisted(RuntimeInventory Inventory) : NodeMessage;

    /// <summary>The details of what the runtime holds for pods without a worker.</summary>
    public sealed record UnclaimedFound(IReadOnlyList<string> Uids, RuntimeInventory Inventory) : NodeMessage;

    /// <summary>Of a pod that nobody knows only its files are left.</summary>
    public sealed record TracesLeft(PodPlace Place) : NodeMessage;

    /// <summary>A worker that failed has waited long enough.</summary>
    public sealed record Revive(string Uid) : NodeMessage;

    public sealed record Revived(string Uid, RuntimeInventory Inventory) : NodeMessage;

    /// <summary>Something did not succeed, for the <paramref name="Failures"/>-th time after the first.</summary>
    public sealed record Failed(string What, Func<Task<NodeMessage>> Work, int Failures, string Problem) : NodeMessage;

    public sealed record Again(string What, Func<Task<NodeMessage>> Work, int Failures) : NodeMessage;

    /// <summary>A pod has this sandbox, so the runtime's events about that are for its worker.</summary>
    public sealed record SandboxKnown(string SandboxId, string Uid) : NodeMessage;

    /// <summary>A worker lost messages, and wants to hear what is wanted of its pod.</summary>
    public sealed record TellAgain(string Uid) : NodeMessage, IExpendable;

    /// <summary>The reclaimer wants to know which pods are here.</summary>
    public sealed record PodsAsked : NodeMessage;

    /// <summary>The node's conditions of what it is short of are these now.</summary>
    public sealed record Pressed(IReadOnlyCollection<string> Conditions) : NodeMessage;

    /// <summary>The reclaimer has something to say to a pod's worker.</summary>
    public sealed record ForPod(string Uid, PodMessage Message) : NodeMessage;

    /// <summary>What was asked for mirrors of static pods may be due again.</summary>
    public sealed record MirrorsDue : NodeMessage;

    /// <summary>The API was asked for something about a mirror.</summary>
    public sealed record MirrorAnswered(string Key, string? Problem) : NodeMessage;

    /// <summary>The time of a part of the machine's shutdown is over.</summary>
    public sealed record ShutdownDue : NodeMessage;

    /// <summary>A worker's actor is gone: its pod is, or it failed.</summary>
    public sealed record WorkerEnded(string Uid) : NodeMessage;
}

/// <summary>A change of what is to run here; the first snapshot comes with what runs already.</summary>
internal sealed record Assigned(Assignment Assignment, RuntimeInventory? Inventory);
