using ActorOrchestrator.Api;

namespace ActorOrchestrator.Streams.Commands;

/// <summary>
/// What a machine's container runtime offers of running pods beside logs, in the shape of CRI's Exec, Attach and
/// PortForward. What is opened is used at once, once, and then disposed.
/// </summary>
public interface IPodStreams
{
    /// <summary>Prepares a command in a running container. Whether it can be started shows when it is run.</summary>
    Task<ICommandSession> ExecAsync(
        string containerId, IReadOnlyList<string> command, CommandShape shape, CancellationToken cancellation);

    /// <summary>Prepares to join a running container's own process.</summary>
    Task<ICommandSession> AttachAsync(string containerId, CommandShape shape, CancellationToken cancellation);

    Task<IPortForward> PortForwardAsync(string sandboxId, CancellationToken cancellation);
}

public interface ICommandSession
{
    /// <summary>Runs until the process has ended and its output is written. Cancelled when the client has gone: what
    /// becomes of the process then is the runtime's.</summary>
    /// <returns>How it ended (<see cref="CommandEnds"/>); a failure to start is one of the ends.</returns>
    Task<Status> RunAsync(CommandStreams streams, CancellationToken cancellation);
}

/// <summary>Connections to ports as a pod itself sees them (its 127.0.0.1).</summary>
public interface IPortForward : IAsyncDisposable
{
    /// <summary>Connects, and copies both ways until both have ended.</summary>
    /// <exception cref="IOException">Nobody listens there, or the connection was lost; worded for the
    /// client.</exception>
    Task ForwardAsync(int port, Stream client, CancellationToken cancellation);
}
