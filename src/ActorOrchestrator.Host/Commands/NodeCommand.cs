using System.CommandLine;
using ActorOrchestrator.Host.Fencing;
using ActorOrchestrator.Host.Remote;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Commands;

/// <summary><c>orchestrator node</c>: this machine as a node.</summary>
internal static class NodeCommand
{
    public static Command Create()
    {
        var dataDirectory = new Option<string?>("--data-dir") { Description = "The server's data directory." };
        var shutdown = new Command("shutdown", "End this machine's pods because it is about to be shut down: ordinary "
            + "ones first, then critical ones, within node.shutdown.grace-period. Others replace them elsewhere. "
            + "Returns when they have ended; the server takes no more pods until it is started anew.")
        {
            dataDirectory,
        };
        shutdown.SetAction((result, cancellation) => ShutDownAsync(result.GetValue(dataDirectory), cancellation));
        return new Command("node", "This machine as a node of the cluster.") { Run(), shutdown, Guard() };
    }

    /// <summary>Started by the agent where pods must not run twice; of no use to people.</summary>
    private static Command Guard()
    {
        var dataDirectory = new Option<string>("--data-dir") { Required = true };
        var guard = new Command("guard", "Kill the pods of this machine that may run elsewhere.")
        {
            dataDirectory,
        };
        guard.Hidden = true;
        guard.SetAction((result, cancellation) =>
            GuardProcess.RunAsync(result.GetRequiredValue(dataDirectory), cancellation));
        return guard;
    }

    private static Command Run()
    {
        var config = MachineOptions.Config();
        var machine = new MachineOptions();
        var run = new Command("run", "Run pods on this machine, which is no member of the control plane, until "
            + "SIGTERM. It speaks to the API of the members that control.members names, with a certificate of its own. "
            + "Containers run on when it stops, and it takes them over when it starts again.")
        {
            config,
        };
        machine.AddTo(run);
        run.SetAction((result, cancellation) => MachineOptions.RunAsync(
            () => ServerSettings.Load(result.GetValue(config), machine.Read(result)), RemoteNode.RunAsync,
            cancellation));
        return run;
    }

    private static async Task<int> ShutDownAsync(string? dataDirectory, CancellationToken cancellation)
    {
        try
        {
            var settings = ServerSettings.Load(null, MachineOptions.DataDirectory(dataDirectory));
            var left = await NodeDoor.ShutDownAsync(settings.DataDirectory, cancellation);
            if (left.Count > 0)
            {
                return Failures.Show($"these pods have not ended in time: {string.Join(", ", left)}");
            }

            Console.WriteLine("the pods of this machine have ended");
            return 0;
        }
        catch (Exception failure) when (Server.IsExplained(failure))
        {
            return Failures.Show(failure.Message);
        }
    }
}
