using System.CommandLine;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Host.Clients;
using ActorOrchestrator.Host.Joining;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Commands;

/// <summary><c>orchestrator leave</c>: takes this machine out of its cluster in good order.</summary>
internal static class LeaveCommand
{
    /// <summary>Its last words are of a server that ends.</summary>
    private static readonly TimeSpan GoneWithin = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var dataDirectory = new Option<string?>("--data-dir") { Description = "The server's data directory." };
        var command = new Command("leave", "Take this machine out of its cluster: its pods are ended as before a "
            + "shutdown, and replaced elsewhere; its server hands over what it has and ends; the others forget it, and "
            + "its Node. Its files stay: 'orchestrator server' joins again with them, 'orchestrator reset' removes "
            + "them. A machine that only runs pods needs a token to join again: its certificate is believed no more.")
        {
            dataDirectory,
        };
        command.SetAction((result, cancellation) => RunAsync(result.GetValue(dataDirectory), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string? dataDirectory, CancellationToken cancellation)
    {
        try
        {
            var settings = ServerSettings.Load(null, MachineOptions.DataDirectory(dataDirectory));
            if (JoinedDirectory.IsNodeOnly(settings.DataDirectory))
            {
                return await NodeLeave.RunAsync(settings, cancellation);
            }

            var config = KubeconfigFile.Read(
                Path.Combine(settings.DataDirectory, KubeconfigCommand.FileName));
            var (node, others) = await OthersAsync(config, cancellation);
            var left = await NodeDoor.LeaveAsync(settings.DataDirectory, cancellation);
            ShowLeft(left);

            await ForgetAsync(config, node, others, cancellation);
            Console.WriteLine($"{node} has left the cluster; {settings.DataDirectory} can be used to join it again "
                + "('orchestrator server'), or be removed ('orchestrator reset')");
            return 0;
        }
        catch (Exception failure) when (Server.IsExplained(failure))
        {
            return Failures.Show(failure.Message);
        }
    }

    public static void ShowLeft(IReadOnlyList<string> left)
    {
        if (left.Count > 0)
        {
            Console.Error.WriteLine("orchestrator: these pods have not ended in time, and run on until "
                + $"'orchestrator reset' ends them: {string.Join(", ", left)}");
        }
    }

    /// <returns>This machine's node, and where the other members serve.</returns>
    /// <exception cref="ServerStartException">There are none: nobody would be left.</exception>
    private static async Task<(string Node, IReadOnlyList<Uri> Others)> OthersAsync(
        KubeconfigFile config, CancellationToken cancellation)
    {
        using var api = ApiConnection.Open(config);
        var members = await OtherMembers.ReadAsync(api, cancellation);
        return members.Servers.Count > 0
            ? (members.Own, [.. members.Servers.Select(each => each.Server)])
            : throw new ServerStartException("no other member lives, so nobody would be left of the cluster: stop the "
                + "server, and 'orchestrator reset' removes what it has");
    }

    /// <summary>Has one of the others forget this one, as soon as it has ended.</summary>
    private static async Task ForgetAsync(
        KubeconfigFile config, string node, IReadOnlyList<Uri> others, CancellationToken cancellation)
    {
        var began = TimeProvider.System.GetTimestamp();
        for (var turn = 0; ; turn++)
        {
            using var api = ApiConnection.Open(config with { Server = others[turn % others.Count] });
            try
            {
                await api.DeleteOrRefuseAsync(
                    $"{MembersCommand.Path}/{Uri.EscapeDataString(node)}?{OpenPaths.MayReturn}", cancellation);
                return;
            }
            catch (ServerStartException failure) when (TimeProvider.System.GetElapsedTime(began) > GoneWithin)
            {
                throw new ServerStartException($"{node} has ended, and the others have not forgotten it: "
                    + $"{failure.Message} ('orchestrator remove {node}' on one of them does it)", failure);
            }
            catch (ServerStartException)
            {
                // It has not ended yet, or that member does not answer.
                await Task.Delay(LookAgainAfter, cancellation);
            }
        }
    }
}
