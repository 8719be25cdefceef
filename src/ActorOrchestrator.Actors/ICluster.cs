using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors;

/// <summary>The control plane as the gateway sees it: commands in, the folded log out.</summary>
public interface ICluster
{
    IClusterView View { get; }

    /// <summary>
    /// Sends a command to its entity and waits until it is durable, or refused. The view holds the outcome by then.
    /// Answers 429 (TooManyRequests) when the entity's shard is overloaded, 503 when its log fails, 504 when the bound
    /// of the wait is reached; 404/403 for a namespace that does not exist or is going.
    /// </summary>
    ValueTask<Reply> SendAsync(EntityKey to, Command command, CancellationToken cancellation);

    /// <summary>Returns when the view holds everything up to a sequence that some member has committed.</summary>
    Task WaitForAsync(long sequence, CancellationToken cancellation);
}
