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
        var path = dataDirectory;
        try
        {
            path = ServerSettings.Load(null, MachineOptions.DataDirectory(dataDirectory)).DataDirectory;
            await using var serilog = Server.Logger("Information", isAlone: true);
            using var loggers = new Serilog.Extensions.Logging.SerilogLoggerFactory(serilog);
            var left = await MachineReset.RunAsync(path, TimeProvider.System, loggers, cancellation);
            Console.WriteLine(left is null ? $"removed {path}" : $"kept {path} for what no server wrote: {left}");
            return 0;
        }
        catch (Exception failure) when (Server.IsExplained(failure))
        {
            return Failures.Show(failure.Message);
        }
        catch (Exception failure) when (MachineReset.IsExplained(failure))
        {
            return Failures.Show($"{path} could not be taken off this machine as a whole: {failure.Message} "
                + "(when that is mended, run this again: it removes what is left)");
        }
    }
}
