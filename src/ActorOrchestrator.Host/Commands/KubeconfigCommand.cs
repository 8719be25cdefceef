using System.CommandLine;
using ActorOrchestrator.Host.Hocon;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Commands;

/// <summary><c>orchestrator kubeconfig</c>: the administrator's kubeconfig of a data directory.</summary>
internal static class KubeconfigCommand
{
    public const string FileName = "admin.kubeconfig";

    public static Command Create()
    {
        var dataDirectory = new Option<string?>("--data-dir") { Description = "The server's data directory." };
        var command = new Command("kubeconfig", "Print the administrator's kubeconfig that the server wrote.")
        {
            dataDirectory,
        };
        command.SetAction(result => Print(result.GetValue(dataDirectory)));
        return command;
    }

    private static int Print(string? dataDirectory)
    {
        try
        {
            var settings = ServerSettings.Load(null, MachineOptions.DataDirectory(dataDirectory));
            var file = Path.Combine(settings.DataDirectory, FileName);
            if (!File.Exists(file))
            {
                return Failures.Show(
                    $"{file} does not exist: the server writes it when it starts ('orchestrator server')");
            }

            Console.Out.Write(File.ReadAllText(file));
            return 0;
        }
        catch (SettingsException failure)
        {
            return Failures.Show(failure.Message);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Failures.Show($"the kubeconfig cannot be read: {failure.Message}");
        }
    }
}
