namespace ActorOrchestrator.Simulator.Workload;

/// <summary>One thing that a user does.</summary>
/// <param name="Name">As in the options.</param>
/// <param name="RunAsync">Does it; finds nothing to do it to now and then.</param>
internal sealed record Operation(string Name, Func<WorkloadContext, Task> RunAsync)
{
    /// <summary>Without it the others would find nothing: every swarm has it.</summary>
    public bool IsAlways { get; init; }
}

/// <summary>Every operation that there is.</summary>
internal static class WorkloadOperations
{
    public static readonly IReadOnlyList<Operation> All =
    [
        .. DeploymentOperations.All, .. PodOperations.All, .. NodeOperations.All, .. ObjectOperations.All,
        .. EdgeOperations.All, .. BudgetOperations.All, .. JobOperations.All, .. CronJobOperations.All,
        .. DaemonSetOperations.All, .. IndexedJobOperations.All, .. StatefulSetOperations.All, .. ConfigOperations.All,
    ];

    public static Operation Named(string name) => All.First(operation => operation.Name == name);
}
