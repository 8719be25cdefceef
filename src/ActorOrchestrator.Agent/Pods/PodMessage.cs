using ActorOrchestrator.Agent.Mailboxes;
using ActorOrchestrator.Api.Core;
using Akka.Actor;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>What a worker hears.</summary>
internal abstract record PodMessage : INoSerializationVerificationNeeded
{
    private PodMessage()
    {
    }

    /// <summary>The pod as it is wanted, with what the node has set aside for it.</summary>
    /// <param name="Pod">The pod.</param>
    /// <param name="Refusal">Why it is not given what it was resized to; null when it is.</param>
    public sealed record Desired(Pod Pod, ResizeRefusal? Refusal = null) : PodMessage, IExpendable;

    /// <summary>The object is gone: end whatever is left of the pod.</summary>
    /// <param name="IsForced">It went before its containers had ended, so it was deleted with no grace.</param>
    public sealed record Removed(bool IsForced) : PodMessage, IExpendable;

    /// <summary>A ConfigMap or Secret that the pod refers to changed.</summary>
    public sealed record ConfigurationChanged : PodMessage, IExpendable;

    /// <summary>The runtime told that something happened to a container or, with an empty id, to the sandbox.</summary>
    public sealed record RuntimeChanged(string ContainerId, string SandboxId) : PodMessage, IExpendable;

    /// <summary>
    /// Everything the runtime holds of the pod, listed a moment ago: the safety net below the events.
    /// </summary>
    public sealed record Relisted(PodRemains Remains) : PodMessage, IExpendable;

    /// <summary>The node ends the pod.</summary>
    public sealed record Evicted(PodEviction Eviction) : PodMessage;

    /// <summary>The node is short of room on its disk: what is left of a pod that has ended is to go.</summary>
    public sealed record MakeRoom : PodMessage, IExpendable;

    public sealed record Ended(string Key, PodFact Outcome) : PodMessage;

    public sealed record Reported(PodStatus Status, Exception? Failed) : PodMessage;

    public sealed record Woken : PodMessage;

    /// <summary>The worker's turn to decide, behind everything that waits already.</summary>
    public sealed record Decide : PodMessage;
}
