using System.CommandLine;
using System.Text.Json;
using ActorOrchestrator.Host.Hocon;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Commands;

/// <summary><c>orchestrator server</c>.</summary>
internal static class ServerCommand
{
    public static Command Create()
    {
        var config = new Option<string?>("--config")
        {
            Description = "A settings file (HOCON); every key with its default is in hocon/reference.conf.",
        };
        var dataDirectory = new Option<string?>("--data-dir")
        {
            Description = "Holds everything this machine keeps (default /var/lib/actor-orchestrator).",
        };
        var listen = new Option<string[]>("--listen")
        {
            Description = "Address and port of the API (default 0.0.0.0:6443); may be given several times.",
        };
        var runtime = new Option<string?>("--runtime")
        {
            Description = "cri: containers (default); process: plain processes, without root and images.",
        };
        var criEndpoint = new Option<string?>("--cri-endpoint")
        {
            Description = "Use this CRI runtime, such as unix:///run/containerd/containerd.sock, not one of our own.",
        };
        var set = new Option<string[]>("--set")
        {
            Description = "Any other setting, as key=value; may be given several times.",
        };
        var print = new Option<bool>("--print-settings") { Description = "Print hocon/reference.conf and exit." };
        var command = new Command("server", "Run the control plane and this machine's node, until SIGTERM. "
            + "Containers run on when it stops, and it takes them over when it starts again.")
        {
            config, dataDirectory, listen, runtime, criEndpoint, set, print,
        };
        command.SetAction(async (result, cancellation) =>
        {
            if (result.GetValue(print))
            {
                Console.Out.Write(ServerSettings.ReferenceText());
                return 0;
            }

            var given = AsSettings(result.GetValue(dataDirectory)).ToList();
            AddText(given, "node.runtime", result.GetValue(runtime));
            AddText(given, "node.cri-endpoint", result.GetValue(criEndpoint));
            if (result.GetValue(listen) is { Length: > 0 } endpoints)
            {
                given.Add(("api.listen", JsonSerializer.Serialize(endpoints)));
            }

            return await RunAsync(result.GetValue(config), given, result.GetValue(set) ?? [], cancellation);
        });
        return command;
    }

    public static IReadOnlyList<(string Path, string Value)> AsSettings(string? dataDirectory)
    {
        var settings = new List<(string, string)>();
        AddText(settings, "data-dir", dataDirectory);
        return settings;
    }

    private static void AddText(List<(string, string)> settings, string path, string? value)
    {
        if (value is not null)
        {
            settings.Add((path, JsonSerializer.Serialize(value)));
        }
    }

    private static async Task<int> RunAsync(
        string? config, List<(string, string)> given, string[] set, CancellationToken cancellation)
    {
        try
        {
            foreach (var assignment in set)
            {
                var equals = assignment.IndexOf('=', StringComparison.Ordinal);
                given.Add(equals > 0
                    ? (assignment[..equals].Trim(), assignment[(equals + 1)..].Trim())
                    : throw new SettingsException($"--set {assignment}: key=value expected"));
            }

            await Server.RunAsync(ServerSettings.Load(config, given), cancellation);
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
}
