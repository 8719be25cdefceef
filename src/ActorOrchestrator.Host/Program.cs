using System.CommandLine;
using System.CommandLine.Invocation;
using ActorOrchestrator.Host;
using ActorOrchestrator.Host.Commands;
using ActorOrchestrator.Host.Serving;

PrivateFiles.KeepFromOthers();
SystemPrograms.AddPlaces();
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
    DrainCommand.Create(),
    DrainCommand.CreateUncordon(),
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
var parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction errors)
{
    errors.ShowHelp = false;
}

try
{
    return await parsed.InvokeAsync(invocation, signals.Token);
}
catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
{
    Failures.Show("told to stop before it was done");
    return StopSignals.TerminatedCode;
}
catch (Exception unforeseen)
{
    Failures.ShowUnforeseen(unforeseen.ToString());
    return 1;
}
