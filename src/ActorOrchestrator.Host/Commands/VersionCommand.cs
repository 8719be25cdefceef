using System.CommandLine;

namespace ActorOrchestrator.Host.Commands;

/// <summary><c>orchestrator version</c>.</summary>
internal static class VersionCommand
{
    public static string Version => typeof(VersionCommand).Assembly.GetName().Version!.ToString(fieldCount: 3);

    public static Command Create()
    {
        var command = new Command("version", "Print the version of this executable.");
        command.SetAction(_ => Console.Out.WriteLine($"orchestrator {Version}"));
        return command;
    }
}
