using System.CommandLine;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Commands;

/// <summary><c>orchestrator reset</c>: undoes what servers did on this machine.</summary>
internal static class ResetCommand
{
    public static Command Create()
    {
        var dataDirectory = new Option<string?>("--data-dir") { Description = "The data directory to remove." };
        var command = new Command("reset", "End all containers of a data directory whose server has stopped, give back "
            + "networks and published ports, and remove the directory.")
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
            var path = ServerSettings.Load(null, ServerCommand.AsSettings(dataDirectory)).DataDirectory;
            await using var serilog = Server.Logger("Information");
            using var loggers = new Serilog.Extensions.Logging.SerilogLoggerFactory(serilog);
            await MachineReset.RunAsync(path, TimeProvider.System, loggers, cancellation);
            return 0;
        }
        catch (Exception failure) when (Server.IsExplained(failure) || MachineReset.IsExplained(failure))
        {
            Console.Error.WriteLine($"orchestrator: {failure.Message}");
            return 1;
        }
    }
}
