using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Journal.Postgres;
using ActorOrchestrator.Host.Joining;
using ActorOrchestrator.Host.Remote;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Doctor;

/// <summary>Whether this machine reaches the other members: those that the settings name, and those that say in the
/// database that they live. One that only runs pods: the APIs that it asks.</summary>
internal static class MemberChecks
{
    private const string Area = "members";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static async IAsyncEnumerable<Finding> OfAsync(
        ServerSettings settings,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        IEnumerable<EndPoint> others = JoinedDirectory.IsNodeOnly(settings.DataDirectory)
            ? KnownMembers.Read(settings.DataDirectory, settings.Control.Members).All
                .Select(member => new DnsEndPoint(member.IdnHost, member.Port))
            : await OthersAsync(settings, cancellation);
        foreach (var finding in await Task.WhenAll(others.Select(other => ReachAsync(other, cancellation))))
        {
            yield return finding;
        }
    }

    /// <summary>Where the other members are, for one of them.</summary>
    public static async Task<IReadOnlyList<IPEndPoint>> OthersAsync(
        ServerSettings settings, CancellationToken cancellation)
    {
        var own = new IPEndPoint(IPAddress.Parse(settings.Cluster.Address), settings.Cluster.Port);
        return
        [
            .. settings.Cluster.Seeds.Concat(await InDatabaseAsync(settings.Journal, cancellation))
                .Select(IPEndPoint.Parse).Where(member => !member.Equals(own)).Distinct(),
        ];
    }

    /// <summary>Those that live. That the database is away is told where it is looked at; one that no server has used
    /// has no members.</summary>
    private static async Task<IReadOnlyList<string>> InDatabaseAsync(
        JournalSettings journal, CancellationToken cancellation)
    {
        if (!journal.IsShared)
        {
            return [];
        }

        try
        {
            using var table = new PostgresMembers(journal.Connection);
            var list = await table.ReadAsync(cancellation);
            return
            [
                .. list.Members.Where(member => Membership.Lives(member, list.Now)).Select(member => member.Address),
            ];
        }
        catch (JournalException)
        {
            return [];
        }
    }

    private static async Task<Finding> ReachAsync(EndPoint member, CancellationToken cancellation)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bounded.CancelAfter(Patience);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var place = member is DnsEndPoint named ? $"{named.Host}:{named.Port}" : $"{member}";
        try
        {
            await socket.ConnectAsync(member, bounded.Token);
            return Finding.Good(Area, $"{place} answers");
        }
        catch (Exception away) when (away is SocketException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            var why = away is SocketException refused
                ? refused.Message
                : $"no answer within {Patience.TotalSeconds:0} s";
            return Finding.Warning(
                Area, $"{place} does not answer: {why}",
                "start it, or open that port in the firewalls between: members talk both ways");
        }
    }
}
