using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Host.Remote;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Host.Commands;

/// <summary><c>orchestrator leave</c> on a machine that only runs pods: its pods end, its process ends, and a member
/// takes it out, at its own word.</summary>
internal static class NodeLeave
{
    public static async Task<int> RunAsync(ServerSettings settings, CancellationToken cancellation)
    {
        var name = settings.Node.Name;
        var certificates = NodeCertificates.Read(settings.Control, name);
        using var api = new ApiCalls(
            KnownMembers.Read(settings.DataDirectory, settings.Control.Members).All,
            () => ApiCalls.Over(certificates.Client, certificates.Trusted), first: 0,
            TimeProvider.System, NullLogger.Instance);

        // Somebody has to be there before anything ends.
        await AskAsync(api, HttpMethod.Get, "/version", cancellation);
        LeaveCommand.ShowLeft(await NodeDoor.LeaveAsync(settings.DataDirectory, cancellation));
        await AskAsync(api, HttpMethod.Delete, $"{OpenPaths.Members}/{name}", cancellation);
        Console.WriteLine($"{name} has left the cluster; 'orchestrator reset' removes what is left of it on this "
            + "machine, and with a token it may join again");
        return 0;
    }

    private static async Task AskAsync(ApiCalls api, HttpMethod method, string path, CancellationToken cancellation)
    {
        try
        {
            var answer = await api.SendAsync(method, path, null, cancellation);
            if (!answer.IsDone)
            {
                throw new ServerStartException($"the cluster refuses: {answer.Refusal().Message}");
            }
        }
        catch (ApiAwayException away)
        {
            throw new ServerStartException($"{away.Message}", away);
        }
    }
}
