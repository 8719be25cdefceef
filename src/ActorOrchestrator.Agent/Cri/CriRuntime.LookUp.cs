using ActorOrchestrator.Agent.Cri.Events;
using ActorOrchestrator.Agent.Cri.Protocol;
using ActorOrchestrator.Agent.Containers;

namespace ActorOrchestrator.Agent.Cri;

/// <summary>For the event stream: whose is an id, and what is it?</summary>
public sealed partial class CriRuntime
{
    /// <summary>What an id of the runtime's event stream stands for, as the runtime has it now.</summary>
    internal sealed record Found(string? ContainerId, string SandboxId, bool Alive)
    {
        public RuntimeEvent Exited(RawEvent exit) => ContainerId is { } container
            ? new RuntimeEvent(RuntimeEventKind.ContainerExited, container, SandboxId, exit.At, exit.ExitCode)
            : new RuntimeEvent(RuntimeEventKind.SandboxExited, "", SandboxId, exit.At, exit.ExitCode);
    }

    /// <returns>Null for what is not this agent's, or is gone without this agent having known it.</returns>
    internal async Task<Found?> LookUpAsync(string id, CancellationToken cancellation)
    {
        var containers = await ListContainersAsync(new ContainerFilter { Id = id }, cancellation);
        if (containers.Count > 0)
        {
            return new Found(id, containers[0].SandboxId, !HasEnded(containers[0].State));
        }

        if (_sandboxOfContainer.TryGetValue(id, out var sandboxId))
        {
            return new Found(id, sandboxId, Alive: false);
        }

        var sandboxes = await ListSandboxesAsync(new PodSandboxFilter { Id = id }, cancellation);
        return sandboxes.Count > 0 ? new Found(null, id, sandboxes[0].Ready) : null;
    }

    /// <remarks>
    /// A container may exit before the runtime has noted its start: created then does not mean ended.
    /// </remarks>
    private static bool HasEnded(ContainerRuntimeState state) =>
        state is ContainerRuntimeState.Exited or ContainerRuntimeState.Unknown;

    /// <returns>The sandbox of a container of this agent's; null for any other id.</returns>
    internal async Task<string?> OwnSandboxOfAsync(string containerId, CancellationToken cancellation) =>
        await SandboxOfAsync(containerId, cancellation);

    /// <returns>The sandbox that the container was in, if it was this agent's.</returns>
    internal string? ForgetContainer(string containerId) =>
        _sandboxOfContainer.TryRemove(containerId, out var sandbox) ? sandbox : null;
}
