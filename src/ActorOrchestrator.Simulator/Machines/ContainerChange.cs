namespace ActorOrchestrator.Simulator.Machines;

public enum ContainerChangeKind { SandboxStarted, SandboxStopped, SandboxRemoved, Created, Started, Exited, Removed }

/// <summary>
/// What really happened on a machine, told at the same instant, whoever hears of it otherwise. Checkers listen to this.
/// </summary>
/// <param name="Machine">The host's name.</param>
/// <param name="Container">The container's name; empty for sandboxes.</param>
/// <param name="Id">The container's or the sandbox's id, unique in the cluster.</param>
/// <param name="Image">The image's full name; empty for sandboxes.</param>
/// <param name="ExitCode">Of an exit; null for everything else.</param>
/// <param name="At">By the world's clock.</param>
public sealed record ContainerChange(
    string Machine, ContainerChangeKind Kind, string PodUid, string PodNamespace, string PodName, string Container,
    uint Attempt, string Id, string SandboxId, string Image, int? ExitCode, DateTimeOffset At)
{
    /// <summary>For the trace: <c>node-1 Exited shop/web app#0 c000001-1 143</c>.</summary>
    public override string ToString()
    {
        var container = Container.Length > 0 ? $" {Container}#{Attempt}" : $" #{Attempt}";
        return $"{Machine} {Kind} {PodNamespace}/{PodName}{container} {Id}{(ExitCode is { } code ? $" {code}" : "")}";
    }
}
