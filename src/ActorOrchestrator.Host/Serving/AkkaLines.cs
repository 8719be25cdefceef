using Serilog.Events;

namespace ActorOrchestrator.Host.Serving;

/// <summary>Akka's lines for an operator: what only repeats that something which has its own line goes on is left out,
/// and what is expected when a peer is gone comes without a stack.</summary>
internal static class AkkaLines
{
    /// <summary>Akka's logger gives its lines this property.</summary>
    private const string Source = "LogSource";

    private const string WhileAlone = "Scheduled sending of heartbeat was delayed";

    /// <summary>What a line has in it, and what says the same once.</summary>
    private static readonly string[] Repeated =
    [
        // Each region, several times a second, until the member is one of a cluster, or the coordinator's member was
        // replaced: "This member is not in a cluster", and the resolver's decision.
        "No coordinator found to register",
        "Trying to register to coordinator",
        "Requested shard homes",

        // Each attempt to reach a member that is down or starts: "This member is not in a cluster", and what the
        // cluster says of unreachable members.
        "Couldn't join seed nodes",
        "Tried to associate with unreachable remote address",
        "Connection refused",
        "Association with remote system",
        "Disassociated",

        // A stranger at the port of members: "Rejected incoming connection from" says so, with its address.
        "TLS handshake failed (Server side)",
        "Mutual TLS required but client did not provide a certificate",

        // A member that cannot be heard: its start fails, and the server's last line says on which address and why.
        "Failed to bind to",

        // The other members have ended at the same time.
        "Coordinated shutdown phase [cluster-",
    ];

    private static readonly string[] Expected =
    [
        "AssociationError", "Association to", "TLS handshake failed", "TLS exception on channel",
        "Error caught channel",
    ];

    /// <param name="line">Anybody's.</param>
    /// <param name="isAlone">Whether the server has no other members: then nobody waits for its heartbeats.</param>
    public static bool IsLeftOut(LogEvent line, bool isAlone)
    {
        if (!IsAkkas(line))
        {
            return false;
        }

        var text = line.RenderMessage();
        return (isAlone && text.Contains(WhileAlone, StringComparison.Ordinal))
            || Repeated.Any(words => text.Contains(words, StringComparison.Ordinal));
    }

    public static bool HasStack(LogEvent line) =>
        !IsAkkas(line) || !Expected.Any(words => line.RenderMessage().Contains(words, StringComparison.Ordinal));

    public static bool IsAkkas(LogEvent line) => line.Properties.ContainsKey(Source);
}
