using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using ActorOrchestrator.Actors.Hosting.Datagrams;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Host.Joining;
using ActorOrchestrator.Host.Remote;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Host.Doctor;

/// <summary>
/// Whether heartbeats come through as datagrams (UDP): this member's port, and whether other members answer. Nothing
/// that is wrong with them is a fault: members then judge by their connections alone. A packet filter of this machine
/// that lets none out says so itself; one that drops what comes in is seen from the other machine only.
/// </summary>
internal static class HeartbeatChecks
{
    private const string Area = "heartbeats";
    private const string Consequence = "until then a connection that stands still where packets are lost makes who "
        + "lives count as lost";

    private static readonly TimeSpan OfferWithin = TimeSpan.FromSeconds(5);

    public static async IAsyncEnumerable<Finding> OfAsync(
        ServerSettings settings,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var findings = JoinedDirectory.IsNodeOnly(settings.DataDirectory)
            ? await OfMachineAsync(settings, cancellation)
            : await OfMemberAsync(settings, cancellation);
        foreach (var finding in findings)
        {
            yield return finding;
        }
    }

    private static async Task<IReadOnlyList<Finding>> OfMemberAsync(
        ServerSettings settings, CancellationToken cancellation)
    {
        var own = new IPEndPoint(IPAddress.Parse(settings.Cluster.Address), settings.Cluster.Port);
        var secret = Pki.MembersSecretIn(DataDirectory.PkiIn(settings.DataDirectory));
        var isRunning = AddressChecks.IsRunning(settings.DataDirectory);
        var others = await MemberChecks.OthersAsync(settings, cancellation);
        List<Task<Finding>> checks = [];
        if (own.Port != 0)
        {
            checks.Add(isRunning && secret is not null
                ? OfOwnAsync(HeartbeatOffer.ForQuestions(own, secret), cancellation)
                : Task.FromResult(OfPort(own)));
        }

        checks.AddRange(others.Select(other => secret is null
            ? Task.FromResult(Finding.Good(
                Area, $"UDP {other} is not asked: this machine has no key of the cluster before it has joined"))
            : AskAsync(HeartbeatOffer.ForQuestions(other, secret), own.Address, cancellation)));
        return await Task.WhenAll(checks);
    }

    private static async Task<IReadOnlyList<Finding>> OfMachineAsync(
        ServerSettings settings, CancellationToken cancellation)
    {
        var certificates = NodeCertificates.Read(settings.Control, settings.Node.Name);
        var members = KnownMembers.Read(settings.DataDirectory, settings.Control.Members).All;
        using var api = new ApiCalls(
            members, () => ApiCalls.Over(certificates.Client, certificates.Trusted), first: 0, TimeProvider.System,
            NullLogger.Instance);
        return await Task.WhenAll(members.Select(member => OfOfferAsync(api, member, cancellation)));
    }

    /// <summary>Binds it for a moment.</summary>
    public static Finding OfPort(IPEndPoint own)
    {
        using var socket = new Socket(own.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(own);
            return Finding.Good(Area, $"UDP {own} is free (cluster.port)");
        }
        catch (SocketException refused)
        {
            return Finding.Warning(
                Area, $"UDP {own} cannot be opened: {FailureWords.Of(refused)}",
                refused.SocketErrorCode == SocketError.AddressAlreadyInUse
                    ? "stop what has it ('ss -lunp' shows it), or set cluster.port to another one on this machine; "
                        + Consequence
                    : "set cluster.address to an address of this machine");
        }
    }

    private static async Task<Finding> OfOwnAsync(HeartbeatOffer own, CancellationToken cancellation) =>
        (await HeartbeatQuestion.AskAsync(own, own.Place.Address, cancellation)).IsAnswered
            ? Finding.Good(Area, $"UDP {own.Place} is this member's, and it answers (cluster.port)")
            : Finding.Warning(
                Area, $"UDP {own.Place} is not answered by the server that runs on this data directory",
                "look in its log for 'heartbeats', mend what it says there, and restart it; " + Consequence);

    /// <summary>A member tells a machine that only runs pods where its heartbeats are to go.</summary>
    private static async Task<Finding> OfOfferAsync(ApiCalls api, Uri member, CancellationToken cancellation)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bounded.CancelAfter(OfferWithin);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(member, OpenPaths.Pulse));
            using var response = await api.OpenAsync(request, bounded.Token);
            return !response.IsSuccessStatusCode
                ? NotTold(member, $"it answers {(int)response.StatusCode}")
                : NodePulse.Offered(response) is { } offer
                ? await OfPlaceAsync(member, offer, cancellation)
                : NotTold(member, "it names no place");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return NotTold(member, $"no answer within {OfferWithin.TotalSeconds:0} s");
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            return NotTold(member, FailureWords.Of(failed));
        }
    }

    private static Finding NotTold(Uri member, string why) => Finding.Warning(
        Area, $"{member.Authority} does not say where it takes heartbeats by UDP: {why}",
        "look whether that member serves, has this release, and has not removed this machine");

    private static async Task<Finding> OfPlaceAsync(Uri member, HeartbeatOffer offer, CancellationToken cancellation) =>
        IPAddress.IsLoopback(offer.Place.Address) && !(IPAddress.TryParse(member.Host, out var host)
            && IPAddress.IsLoopback(host))
            ? Finding.Warning(
                Area, $"{member.Authority} takes heartbeats at {offer.Place} only, which is on its own machine",
                "give that server a cluster.address that this machine reaches, and a cluster.port (7946); "
                    + Consequence)
            : await AskAsync(offer, null, cancellation);

    private static async Task<Finding> AskAsync(
        HeartbeatOffer offer, IPAddress? from, CancellationToken cancellation)
    {
        var echo = await HeartbeatQuestion.AskAsync(offer, from, cancellation);
        return echo.IsAnswered
            ? Finding.Good(Area, $"UDP {offer.Place} answers")
            : Unanswered(offer.Place, echo.Refusal);
    }

    private static Finding Unanswered(IPEndPoint place, SocketException? refusal) => refusal?.SocketErrorCode switch
    {
        null => Finding.Warning(
            Area, $"UDP {place} does not answer",
            $"let UDP through to port {place.Port}, and its answers back, in the packet filters of both machines and "
                + $"between them (a member of an older release answers no question); {Consequence}"),
        SocketError.AccessDenied => Finding.Warning(
            Area, $"UDP {place} is not reached: a packet filter of this machine lets nothing out to it",
            $"allow UDP to port {place.Port} there ('nft list ruleset' shows the rules); {Consequence}"),
        SocketError.ConnectionRefused => Finding.Warning(
            Area, $"UDP {place} is refused: no member has that port open, or a packet filter rejects it",
            $"start the member, or let UDP through to port {place.Port}; {Consequence}"),
        _ => Finding.Warning(
            Area, $"UDP {place} is not reached: {FailureWords.Of(refusal!)}",
            "look at this machine's addresses and routes ('ip route get " + $"{place.Address}')"),
    };
}
