using System.CommandLine;
using ActorOrchestrator.Host.Clients;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Commands;

/// <summary>The options by which a command finds the cluster that it talks to.</summary>
internal sealed class ClusterOptions
{
    private readonly Option<string?> _dataDirectory = new("--data-dir")
    {
        Description = "A server's data directory; its admin.kubeconfig says where the cluster is "
            + "(default /var/lib/actor-orchestrator).",
    };

    private readonly Option<string?> _kubeconfig = new("--kubeconfig")
    {
        Description = "A kubeconfig of the cluster, instead of the data directory's.",
    };

    public void AddTo(Command command)
    {
        command.Add(_dataDirectory);
        command.Add(_kubeconfig);
    }

    /// <exception cref="ServerStartException">The file cannot be used.</exception>
    /// <exception cref="Hocon.SettingsException">The data directory is none.</exception>
    public KubeconfigFile Read(ParseResult result) => KubeconfigFile.Read(
        result.GetValue(_kubeconfig) ?? Path.Combine(
            ServerSettings.Load(null, MachineOptions.DataDirectory(result.GetValue(_dataDirectory))).DataDirectory,
            KubeconfigCommand.FileName));

    /// <summary>Runs a command against the cluster, and tells what goes wrong in a sentence.</summary>
    public async Task<int> RunAsync(ParseResult result, Func<KubeconfigFile, ApiConnection, Task<int>> run)
    {
        try
        {
            var config = Read(result);
            using var api = ApiConnection.Open(config);
            return await run(config, api);
        }
        catch (Exception failure) when (Server.IsExplained(failure))
        {
            return Failures.Show(failure.Message);
        }
    }
}
