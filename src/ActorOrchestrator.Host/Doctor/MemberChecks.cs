using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Doctor;

/// <summary>Whether this machine reaches the members that it is to join.</summary>
internal static class MemberChecks
{
    private const string Area = "members";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static async IAsyncEnumerable<Finding> OfAsync(
        ServerSettings settings,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var own = new IPEndPoint(IPAddress.Parse(settings.Cluster.Address), settings.Cluster.Port);
        var others = settings.Cluster.Seeds.Select(IPEndPoint.Parse).Where(seed => !seed.Equals(own)).ToList();
        foreach (var finding in await Task.WhenAll(others.Select(other => ReachAsync(other, cancellation))))
        {
            yield return finding;
        }
    }

    private static async Task<Finding> ReachAsync(IPEndPoint member, CancellationToken cancellation)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bounded.CancelAfter(Patience);
        using var socket = new Socket(member.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(member, bounded.Token);
            return Finding.Good(Area, $"{member} answers");
        }
        catch (Exception away) when (away is SocketException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            var why = away is SocketException refused
                ? refused.Message
                : $"no answer within {Patience.TotalSeconds:0} s";
            return Finding.Warning(
                Area, $"{member} does not answer: {why}",
                "start it, or open that port in the firewalls between: members talk both ways");
        }
    }
}
