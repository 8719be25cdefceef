namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>Network namespaces as machines, numbered from 1, and this machine (the tests, PostgreSQL) beside
/// them.</summary>
internal interface IMachineNetwork : IAsyncDisposable
{
    /// <summary>This machine's address.</summary>
    string Host { get; }

    string Address(int machine);

    /// <summary>The command that runs another one inside a machine's namespace, and becomes it.</summary>
    IReadOnlyList<string> Inside(int machine);
}
