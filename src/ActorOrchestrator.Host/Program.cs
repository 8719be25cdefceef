using System.CommandLine;
using ActorOrchestrator.Host;
using ActorOrchestrator.Host.Commands;
using ActorOrchestrator.Host.Serving;

PrivateFiles.KeepFromOthers();
using var signals = new StopSignals();
var root = new RootCommand(
    "Turns Linux machines into a container cluster that speaks the Kubernetes API. Start with 'orchestrator server', "
    + "then use kubectl with the admin.kubeconfig that it writes into its data directory.")
{
    ServerCommand.Create(),
    NodeCommand.Create(),
    JoinCommand.Create(),
    TokenCommand.Create(),
    AuthorityCommand.Create(),
    MembersCommand.Create(),
    LeaveCommand.Create(),
    MembersCommand.CreateRemove(),
    KubeconfigCommand.Create(),
    ResetCommand.Create(),
    DoctorCommand.Create(),
    BackupCommand.Create(),
    BackupCommand.CreateRestore(),
    VersionCommand.Create(),
    BenchCommand.Create(),
    SimulateCommand.Create(),
};

// The library would listen for signals too, but only once a command has been started and has come to its first wait;
// and it would show what a command did not foresee without a word about it.
var invocation = new InvocationConfiguration
{
    ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false,
};
AppDomain.CurrentDomain.UnhandledException += (_, _) => Failures.ShowUnforeseen("");
try
{
    return await root.Parse(args).InvokeAsync(invocation, signals.Token);
}
catch (Exception unforeseen)
{
    Failures.ShowUnforeseen(unforeseen.ToString());
    return 1;
}
