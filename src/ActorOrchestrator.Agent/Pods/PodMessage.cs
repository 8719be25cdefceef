using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>What a worker hears.</summary>
internal abstract record PodMessage
{
    private PodMessage()
    {
    }

    public sealed record Desired(Pod Pod) : PodMessage;

    /// <summary>The object is gone: end whatever is left of the pod.</summary>
    /// <param name="IsForced">It went before its containers had ended, so it was deleted with no grace.</param>
    public sealed record Removed(bool IsForced) : PodMessage;

    /// <summary>A ConfigMap or Secret of the pod's namespace changed.</summary>
    public sealed record ConfigurationChanged(string Kind, string Name) : PodMessage;

    /// <summary>The runtime told that something happened to a container or, with an empty id, to the sandbox.</summary>
    public sealed record RuntimeChanged(string ContainerId, string SandboxId) : PodMessage;

    /// <summary>
    /// Everything the runtime holds of the pod, listed at an instant: the safety net below the events.
    /// </summary>
    public sealed record Relisted(PodRemains Remains, DateTimeOffset At) : PodMessage;

    public sealed record Ended(string Key, PodFact Outcome) : PodMessage;

    public sealed record Reported(PodStatus Status, bool Succeeded) : PodMessage;

    public sealed record Woken : PodMessage;
}
