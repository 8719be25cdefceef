using System.CommandLine;
using System.Text.Json;
using ActorOrchestrator.Host.Hocon;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Commands;

/// <summary>The options of what runs on a machine until it is told to stop.</summary>
internal sealed class MachineOptions
{
    private readonly Option<string?> _config = new("--config")
    {
        Description = "A settings file (HOCON); every key with its default is in hocon/reference.conf.",
    };

    private readonly Option<string?> _dataDirectory = new("--data-dir")
    {
        Description = "Holds everything this machine keeps (default /var/lib/actor-orchestrator).",
    };

    private readonly Option<string?> _runtime = new("--runtime")
    {
        Description = "cri: containers (default); process: plain processes, without root and images.",
    };

    private readonly Option<string?> _criEndpoint = new("--cri-endpoint")
    {
        Description = "Use this CRI runtime, such as unix:///run/containerd/containerd.sock, not one of our own.",
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Any other setting, as key=value; may be given several times.",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_config);
        command.Options.Add(_dataDirectory);
        command.Options.Add(_runtime);
        command.Options.Add(_criEndpoint);
        command.Options.Add(_set);
    }

    /// <summary>Settings that name a data directory, if it is given.</summary>
    public static IReadOnlyList<(string Path, string Value)> DataDirectory(string? given) => Text("data-dir", given);

    /// <summary>Runs with the settings of all options, and shows what the user or the machine is to mend.</summary>
    public async Task<int> RunAsync(
        ParseResult result, IReadOnlyList<(string Path, string Value)> more,
        Func<ServerSettings, CancellationToken, Task> run, CancellationToken cancellation)
    {
        try
        {
            var given = new List<(string, string)>(DataDirectory(result.GetValue(_dataDirectory)));
            given.AddRange(Text("node.runtime", result.GetValue(_runtime)));
            given.AddRange(Text("node.cri-endpoint", result.GetValue(_criEndpoint)));
            given.AddRange(more);
            given.AddRange((result.GetValue(_set) ?? []).Select(Assignment));
            await run(ServerSettings.Load(result.GetValue(_config), given), cancellation);
            return 0;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Told to stop before it served.
            return 0;
        }
        catch (Exception failure) when (Server.IsExplained(failure))
        {
            return Failures.Show(failure.Message);
        }
    }

    private static (string Path, string Value) Assignment(string assignment)
    {
        var equals = assignment.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? (assignment[..equals].Trim(), assignment[(equals + 1)..].Trim())
            : throw new SettingsException($"--set {assignment}: key=value expected");
    }

    private static IReadOnlyList<(string Path, string Value)> Text(string path, string? value) =>
        value is null ? [] : [(path, JsonSerializer.Serialize(value))];
}
