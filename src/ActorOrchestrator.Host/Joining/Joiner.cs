using System.Net;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Journal.Postgres;
using ActorOrchestrator.Api.Bootstrap;
using ActorOrchestrator.Gateway.Joining;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Host.Commands;
using ActorOrchestrator.Host.Hocon;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;
using Npgsql;

namespace ActorOrchestrator.Host.Joining;

/// <summary>
/// Makes this machine one of a cluster: asks for what a member needs, sees whether it works from here, and writes it
/// into the data directory. The settings come last, so what ended before them is done again, and what has them is not
/// done twice.
/// </summary>
/// <param name="server">The API of a member.</param>
/// <param name="token">By which it is let in.</param>
/// <param name="given">Settings of this machine's own: (path, HOCON value).</param>
internal sealed class Joiner(Uri server, JoinToken token, IReadOnlyList<(string Path, string Value)> given)
{
    public const string Connection = "journal.connection";

    /// <summary>Said with each start, and not kept.</summary>
    public static readonly string[] NotKept = ["data-dir", Connection, "journal.connection-file"];

    /// <returns>What was done, for people.</returns>
    /// <exception cref="ServerStartException">Why it cannot join, and what to do.</exception>
    /// <exception cref="SettingsException">A setting makes no sense.</exception>
    /// <exception cref="JournalException">The database is not reached from here, or is another one.</exception>
    public async Task<string> PrepareAsync(CancellationToken cancellation)
    {
        var settings = ServerSettings.Load(null, given);
        using var directory = DataDirectory.Open(settings.DataDirectory);
        var client = new JoinClient(server, token, TimeProvider.System);
        if (JoinedDirectory.IsOf(JoinRequest.Control, directory, token))
        {
            return await JoinedDirectory.GoOnAsync(
                directory.Root, given, client, () => RefuseRemovedAsync(directory), cancellation);
        }

        using var authority = await client.FindAuthorityAsync(cancellation);
        var own = Own(settings, client.LocalAddress).ToList();
        var wanted = ServerSettings.Load(null, [.. given, .. own]);
        var request = RequestOf(wanted);
        var grant = await client.JoinAsync<JoinGrant>(authority, request, cancellation);
        grant = grant with { Journal = JournalOf(grant) };
        await RefuseOtherDatabaseAsync(grant, cancellation);
        Write(directory, grant, own);
        return $"{request.Node} ({grant.Address}) may join the cluster at "
            + $"{server.Authority}; its files are in {directory.Root}";
    }

    /// <summary>A database that does not answer is the server's to wait for.</summary>
    private async Task RefuseRemovedAsync(DataDirectory directory)
    {
        var settings = ServerSettings.Load(null, given);
        try
        {
            using var journal = JournalHost.Open(settings.Journal, directory);
            await JournalHost.RefuseRemovedAsync(journal, settings.Node.Name);
        }
        catch (JournalException)
        {
            // It looks there itself, when the database answers.
        }
    }

    /// <summary>What was given, and where this machine is, if that was not.</summary>
    private IEnumerable<(string Path, string Value)> Own(ServerSettings settings, IPAddress local)
    {
        yield return ("node.name", HoconText.Quote(settings.Node.Name));
        if (!given.Any(each => each.Path == "cluster.address"))
        {
            // The address by which the API is bound is the one that others reach.
            var only = settings.Api.Listen is [{ Address: var bound }] && !bound.Equals(IPAddress.Any)
                && !bound.Equals(IPAddress.IPv6Any) ? bound : local;
            yield return ("cluster.address", HoconText.Quote($"{only}"));
        }

        foreach (var setting in given.Where(each => !NotKept.Contains(each.Path) && each.Path != "node.name"))
        {
            yield return setting;
        }
    }

    /// <summary>Which port the cluster's members have only they know.</summary>
    private JoinRequest RequestOf(ServerSettings wanted) => new()
    {
        Role = JoinRequest.Control,
        Node = wanted.Node.Name,
        Address = new IPEndPoint(
            IPAddress.Parse(wanted.Cluster.Address),
            given.Any(each => each.Path == "cluster.port") ? wanted.Cluster.Port : 0).ToString(),
        Version = VersionCommand.Version,
    };

    /// <summary>One that was given for this machine goes before the cluster's, which may have another name from
    /// here.</summary>
    private string JournalOf(JoinGrant grant) => given.Any(each => each.Path.StartsWith(Connection))
        ? ServerSettings.Load(null, given).Journal.Connection
        : grant.Journal;

    private static async Task RefuseOtherDatabaseAsync(JoinGrant grant, CancellationToken cancellation)
    {
        var place = PostgresFailures.PlaceOf(grant.Journal);
        try
        {
            using var members = new PostgresMembers(grant.Journal);
            if ((await members.ReadAsync(cancellation)).ClusterId == grant.ClusterId)
            {
                return;
            }
        }
        catch (JournalException failure) when (
            failure.InnerException is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable })
        {
            // One that no member has used: another one, as is said below.
        }
        catch (JournalException failure)
        {
            throw new ServerStartException($"the cluster's database at {place} is of no use from this machine: "
                + $"{failure.Message}. If it has another address from here, give that as --journal", failure);
        }

        throw new ServerStartException($"the database at {place} is, from this machine, another one than the "
            + "cluster's: give --journal the address that all machines reach, here and on the first member");
    }

    private static void Write(
        DataDirectory directory, JoinGrant grant, IEnumerable<(string Path, string Value)> own)
    {
        PrivateFile.CreateDirectory(directory.Pki);
        PrivateFile.Write(Path.Combine(directory.Pki, DataDirectory.AuthorityKeyName), grant.AuthorityKey);
        PrivateFile.Write(DataDirectory.AuthorityIn(directory.Pki), grant.AuthorityCertificate);
        if (grant.SecretsKeys.Length > 0)
        {
            PrivateFile.Write(directory.SecretsKey, grant.SecretsKeys);
        }

        MemberFile.Write(directory.Root, grant, own);
    }
}
