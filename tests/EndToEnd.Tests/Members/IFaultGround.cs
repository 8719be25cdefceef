namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>A cluster that random faults are done to while clients write.</summary>
internal interface IFaultGround : IAsyncDisposable
{
    IReadOnlyList<ControlMember> Members { get; }

    /// <summary>The members, and machines that only run pods.</summary>
    IReadOnlyList<ServerProcess> Machines { get; }

    Segment Segment { get; }

    Postgres Postgres { get; }

    /// <summary>What runs on real machines; null: containers are plain processes.</summary>
    MachineWorkload? Workload { get; }

    /// <summary>Waits until all serve, starting again those that have ended.</summary>
    Task UntilAllReadyAsync();

    /// <summary>Takes the power from a machine.</summary>
    Task PowerOffAsync(ServerProcess machine);

    string Logs();
}
