using System.CommandLine;
using ActorOrchestrator.Host.Hocon;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Commands;

/// <summary>The options of what runs on a machine until it is told to stop, and the settings that they are.</summary>
internal sealed class MachineOptions
{
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

    private readonly Option<string?> _nodeName = new("--node-name")
    {
        Description = "The name of this machine's Node (default: its host name).",
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Any other setting, as key=value; may be given several times.",
    };

    public void AddTo(Command command)
    {
        command.Add(_dataDirectory);
        command.Add(_runtime);
        command.Add(_criEndpoint);
        command.Add(_nodeName);
        command.Add(_set);
    }

    /// <summary>The settings that were given, each with its value in HOCON.</summary>
    /// <exception cref="SettingsException">One is none.</exception>
    public IReadOnlyList<(string Path, string Value)> Read(ParseResult result) =>
    [
        .. DataDirectory(result.GetValue(_dataDirectory)),
        .. Text("node.runtime", result.GetValue(_runtime)),
        .. Text("node.cri-endpoint", result.GetValue(_criEndpoint)),
        .. Text("node.name", result.GetValue(_nodeName)),
        .. (result.GetValue(_set) ?? []).Select(Assignment),
    ];

    public static Option<string?> Config() => new("--config")
    {
        Description = "A settings file (HOCON); every key with its default is in hocon/reference.conf.",
    };

    /// <summary>Settings that name a data directory, if it is given.</summary>
    public static IReadOnlyList<(string Path, string Value)> DataDirectory(string? given) => Text("data-dir", given);

    /// <summary>A setting that is a text, if it is given.</summary>
    public static IReadOnlyList<(string Path, string Value)> Text(string path, string? value) =>
        value is null ? [] : [(path, HoconText.Quote(value))];

    /// <summary>Runs until it is told to stop, and shows what the user or the machine is to mend.</summary>
    public static async Task<int> RunAsync(
        Func<ServerSettings> load, Func<ServerSettings, CancellationToken, Task> run, CancellationToken cancellation)
    {
        try
        {
            await run(load(), cancellation);
            return 0;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Told to stop before it served.
            return 0;
        }
        catch (Exception failure) when (Server.IsExplained(failure))
        {
            return Failures.Show(failure);
        }
    }

    private static (string Path, string Value) Assignment(string assignment)
    {
        var equals = assignment.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? (assignment[..equals].Trim(), assignment[(equals + 1)..].Trim())
            : throw new SettingsException($"--set {assignment}: key=value expected");
    }
}
