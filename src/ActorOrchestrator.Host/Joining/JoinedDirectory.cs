using ActorOrchestrator.Api.Bootstrap;
using ActorOrchestrator.Gateway.Joining;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Host.Commands;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Joining;

/// <summary>What a join left in a data directory.</summary>
internal static class JoinedDirectory
{
    private const string NodeCertificate = "node.crt";

    /// <summary>Whether the machine of a data directory has joined to run pods, and nothing else.</summary>
    public static bool IsNodeOnly(string dataDirectory) => File.Exists(MemberFile.In(dataDirectory))
        && File.Exists(Path.Combine(DataDirectory.PkiIn(dataDirectory), NodeCertificate));

    /// <summary>Whether the machine has joined the token's cluster in a role already.</summary>
    /// <exception cref="ServerStartException">The directory is another cluster's, a server's that did not join, or has
    /// joined in another role.</exception>
    public static bool IsOf(string role, DataDirectory directory, JoinToken token)
    {
        var authority = DataDirectory.AuthorityIn(directory.Pki);
        if (File.Exists(authority))
        {
            if (!AuthorityBundle.Parse(File.ReadAllText(authority)).Pins.Contains(token.Pin))
            {
                throw new ServerStartException($"the data directory {directory.Root} is of another cluster than the "
                    + "token, or of an authority that was exchanged since: give --data-dir an empty one, or remove "
                    + "what is there with 'orchestrator reset'");
            }
        }

        if (File.Exists(MemberFile.In(directory.Root)))
        {
            var had = IsNodeOnly(directory.Root) ? JoinRequest.NodeOnly : JoinRequest.Control;
            return had == role ? true : throw new ServerStartException(
                $"the machine of the data directory {directory.Root} has joined with --role {had} already: give "
                + "--data-dir an empty one, or take it out with 'orchestrator leave' and 'orchestrator reset' first");
        }

        return File.Exists(directory.Kubeconfig) || File.Exists(directory.Journal)
            ? throw new ServerStartException($"the data directory {directory.Root} is that of a server which did not "
                + "join: 'orchestrator server' starts it again; to join, give --data-dir an empty one")
            : false;
    }

    /// <summary>Joins again: goes on as it was, if the cluster still has the machine.</summary>
    /// <param name="dataDirectory">What the former join left.</param>
    /// <param name="given">What is given now.</param>
    /// <param name="client">Asks what the token that is given now is worth.</param>
    /// <param name="refuseRemoved">Asks the cluster whether it has taken the machine out, and throws then.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What is said, for people.</returns>
    /// <exception cref="ServerStartException">It was done with other settings, or the machine was taken out.
    /// </exception>
    public static async Task<string> GoOnAsync(
        string dataDirectory, IReadOnlyList<(string Path, string Value)> given, JoinClient client,
        Func<Task> refuseRemoved, CancellationToken cancellation)
    {
        var said = GoesOn(dataDirectory, given);
        await refuseRemoved();
        return await client.FindTokenProblemAsync(cancellation) is { } problem
            ? $"{said}. The token that was given now was not used, and would be of no use: {problem}"
            : said;
    }

    /// <returns>What is said of a join that was done before, for people.</returns>
    /// <exception cref="ServerStartException">It was done with other settings, which would be in force until the next
    /// start only.</exception>
    public static string GoesOn(string dataDirectory, IReadOnlyList<(string Path, string Value)> given)
    {
        var file = MemberFile.In(dataDirectory);
        return Differing(dataDirectory, given) is { Count: > 0 } other
            ? throw new ServerStartException($"this machine has joined before, and not with what is given now for "
                + $"{string.Join(", ", other)}. Nothing was changed. Leave that out to go on as it was joined; change "
                + $"it in {file} to keep all else; or, to join anew, 'orchestrator leave' and 'orchestrator reset' "
                + "first")
            : $"this machine has joined before ({file}): it goes on as it was, and needs no token. To join it "
                + "anew, 'orchestrator reset' first";
    }

    /// <summary>Of the journal only the place counts: its user may come from the environment.</summary>
    private static List<string> Differing(string dataDirectory, IReadOnlyList<(string Path, string Value)> given)
    {
        var only = MachineOptions.DataDirectory(dataDirectory);
        var had = ServerSettings.Read(dataDirectory, only);
        var wanted = ServerSettings.Read(dataDirectory, [.. given, .. only]);
        var differing = given.Select(each => each.Path)
            .Where(path => !Joiner.NotKept.Contains(path) && !had.Changed(path).SequenceEqual(wanted.Changed(path)));
        var hasMoved = given.Any(each => each.Path.StartsWith(Joiner.Connection, StringComparison.Ordinal))
            && JournalUrl.DatabaseOf(JournalSettings.From(had).Connection)
                != JournalUrl.DatabaseOf(JournalSettings.From(wanted).Connection);
        return [.. differing.Concat(hasMoved ? [Joiner.Connection] : Array.Empty<string>()).Distinct()];
    }
}
