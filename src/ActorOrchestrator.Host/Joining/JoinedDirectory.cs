using ActorOrchestrator.Api.Bootstrap;
using ActorOrchestrator.Gateway.Joining;
using ActorOrchestrator.Gateway.Security;
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
                    + "token: give --data-dir an empty one, or remove what is there with 'orchestrator reset'");
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
}
