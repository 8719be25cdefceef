using System.Net;
using ActorOrchestrator.Api.Bootstrap;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Joining;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Host.Commands;
using ActorOrchestrator.Host.Hocon;
using ActorOrchestrator.Host.Remote;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Host.Joining;

/// <summary>
/// Makes this machine one that runs a cluster's pods, and is no member of it: makes its keys, has certificates signed
/// for them, and writes both with its settings into the data directory. The keys never leave the machine. The settings
/// come last, so what ended before them is done again, and what has them is not done twice.
/// </summary>
/// <param name="server">The API of a member.</param>
/// <param name="token">By which it is let in.</param>
/// <param name="given">Settings of this machine's own: (path, HOCON value).</param>
internal sealed class NodeJoiner(Uri server, JoinToken token, IReadOnlyList<(string Path, string Value)> given)
{
    /// <returns>What was done, for people.</returns>
    /// <exception cref="ServerStartException">Why it cannot join, and what to do.</exception>
    /// <exception cref="SettingsException">A setting makes no sense.</exception>
    public async Task<string> PrepareAsync(CancellationToken cancellation)
    {
        var settings = ServerSettings.Load(null, given);
        using var directory = DataDirectory.Open(settings.DataDirectory);
        var client = new JoinClient(server, token, TimeProvider.System);
        if (JoinedDirectory.IsOf(JoinRequest.NodeOnly, directory, token))
        {
            return await JoinedDirectory.GoOnAsync(
                directory.Root, given, client, () => RefuseRemovedAsync(settings, cancellation), cancellation);
        }

        using var authority = await client.FindAuthorityAsync(cancellation);
        var addresses = settings.Node.Addresses.Count > 0
            ? settings.Node.Addresses
            : [$"{client.LocalAddress}"];
        var requests = NodeRequests.Make(settings.Node.Name, addresses.Select(AddressOf));
        var grant = await client.JoinAsync<NodeGrant>(authority, RequestOf(settings, requests), cancellation);
        PrivateFile.CreateDirectory(directory.Pki);
        PrivateFile.Write(settings.Control.AuthorityFile, grant.AuthorityCertificate);
        NodeCertificates.Write(settings.Control, requests, grant);
        MemberFile.WriteNode(directory.Root, grant.Settings, Own(settings, grant, addresses));
        return $"{settings.Node.Name} ({string.Join(", ", addresses)}) may run pods of the cluster at "
            + $"{server.Authority}; its files are in {directory.Root}";
    }

    /// <summary>Members that do not answer are the machine's to wait for.</summary>
    private static async Task RefuseRemovedAsync(ServerSettings settings, CancellationToken cancellation)
    {
        var certificates = NodeCertificates.Read(settings.Control, settings.Node.Name);
        using var api = new ApiCalls(
            KnownMembers.Read(settings.DataDirectory, settings.Control.Members).All,
            () => ApiCalls.Over(certificates.Client, certificates.Trusted), first: 0, TimeProvider.System,
            NullLogger.Instance);
        try
        {
            await api.SendAsync(HttpMethod.Get, OpenPaths.JoinRenewal, null, cancellation);
        }
        catch (ApiDisownedException disowned)
        {
            throw new ServerStartException($"{disowned.Message}. This machine has joined before, and was removed since "
                + "then: 'orchestrator reset' on it ends what runs here and removes what it has, and then "
                + "'orchestrator join' with a token lets it in again", disowned);
        }
        catch (ApiAwayException)
        {
            // It asks them itself, for as long as it takes.
        }
    }

    public static JoinRequest RequestOf(ServerSettings settings, NodeRequests requests) => new()
    {
        Role = JoinRequest.NodeOnly,
        Node = settings.Node.Name,
        Version = VersionCommand.Version,
        ClientRequest = requests.ClientRequest,
        ServerRequest = requests.ServerRequest,
    };

    private static IPAddress AddressOf(string text) => IPAddress.TryParse(text, out var address)
        ? address
        : throw new SettingsException($"node.addresses: \"{text}\" is no address (--address gives one)");

    /// <summary>What was given, and what was found. The member that was asked goes first.</summary>
    private IEnumerable<(string Path, string Value)> Own(
        ServerSettings settings, NodeGrant grant, IReadOnlyList<string> addresses)
    {
        string[] found = ["node.name", "node.addresses", "control.members"];
        yield return ("node.name", HoconText.Quote(settings.Node.Name));
        yield return ("node.addresses", HoconText.Quote(addresses));
        yield return ("control.members", HoconText.Quote(settings.Control.Members.Count > 0
            ? settings.Control.Members.Select(member => member.Authority)
            : new[] { server.Authority }.Concat(grant.Members).Distinct(StringComparer.Ordinal)));
        foreach (var setting in given.Where(each =>
            !Joiner.NotKept.Contains(each.Path) && !found.Contains(each.Path)))
        {
            yield return setting;
        }
    }
}
