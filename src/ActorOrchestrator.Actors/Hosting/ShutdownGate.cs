using Akka;
using Akka.Actor;
using Akka.Cluster;

namespace ActorOrchestrator.Actors.Hosting;

/// <summary>
/// Keeps a member from ending because of another one's end. Akka shuts its system down when a connection that it has
/// begun ends before the handshake of TLS is done, since its own certificate may be to blame; but so ends one to a
/// member that is killed in that moment, or while it is frozen. Such a shutdown stands still before its first phase
/// until there is another reason: the host stops, or the others have removed this member.
/// </summary>
public sealed class ShutdownGate
{
    /// <summary>Internal to Akka.</summary>
    private const string HandshakeFailed = "TlsHandshakeFailureReason";

    private readonly TaskCompletionSource<Done> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <remarks>The phase's time-out in the settings is for this.</remarks>
    public ShutdownGate(ActorSystem system)
    {
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(
            CoordinatedShutdown.PhaseBeforeServiceUnbind, "gate",
            () => shutdown.ShutdownReason?.GetType().Name == HandshakeFailed
                ? _opened.Task
                : Task.FromResult(Done.Instance));
        Cluster.Get(system).RegisterOnMemberRemoved(Open);
    }

    public void Open() => _opened.TrySetResult(Done.Instance);
}
