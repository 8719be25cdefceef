using System.CommandLine;
using ActorOrchestrator.Host.Commands;

var root = new RootCommand(
    "Turns Linux machines into a container cluster that speaks the Kubernetes API. Start with 'orchestrator server', "
    + "then use kubectl with the admin.kubeconfig that it writes into its data directory.")
{
    ServerCommand.Create(),
    KubeconfigCommand.Create(),
    VersionCommand.Create(),
    BenchCommand.Create(),
    SimulateCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
