using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
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

        // Somebody has to be there who takes this machine's word, before anything ends: of pods that have ended a
        // cluster that does not is never told.
        await AskAsync(api, HttpMethod.Get, Reflector.PathOf(KindRegistry.Of<Node>(), null, name), cancellation);
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
            if (!answer.IsDone && (answer.Code != HttpCode.NotFound || method == HttpMethod.Delete))
            {
                throw new ServerStartException($"the cluster refuses: {answer.Refusal().Message}");
            }
        }
        catch (ApiDisownedException disowned)
        {
            throw new ServerStartException($"{disowned.Message}. It has left already if it was removed; 'orchestrator "
                + "reset' ends what runs on this machine and removes what is left of the cluster", disowned);
        }
        catch (ApiAwayException away)
        {
            throw new ServerStartException($"{away.Message}", away);
        }
    }
}
