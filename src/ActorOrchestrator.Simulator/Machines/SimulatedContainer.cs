using ActorOrchestrator.Agent.Containers;

namespace ActorOrchestrator.Simulator.Machines;

/// <summary>A sandbox as the runtime keeps it.</summary>
internal sealed class SimulatedSandbox(SandboxConfig config, SandboxStatus status)
{
    public SandboxConfig Config => config;

    public SandboxStatus Status { get; set; } = status;

    public string Id => Status.Id;
}

/// <summary>
/// A container as the runtime keeps it:
/// <code>
/// Created ──start──► (starting) ──► Running ──► Exited
///    └───── cannot be started (128) ──────────────┘
/// </code>
/// </summary>
internal sealed class SimulatedContainer(
    SimulatedSandbox sandbox, ContainerConfig config, ImageBehavior behavior, ContainerRuntimeStatus status)
{
    public SimulatedSandbox Sandbox => sandbox;

    public ContainerConfig Config => config;

    public ImageBehavior Behavior => behavior;

    public ContainerRuntimeStatus Status { get; set; } = status;

    public string Id => Status.Id;

    public bool IsRunning => Status.State == ContainerRuntimeState.Running;

    /// <summary>Its start is under way: it is still Created, and cannot be removed.</summary>
    public bool IsStarting { get; set; }

    public bool IsTermSent { get; set; }

    public bool IsKillSent { get; set; }

    /// <summary>From then on it answers probes (the world's clock).</summary>
    public DateTimeOffset WarmAt { get; set; } = DateTimeOffset.MaxValue;

    /// <summary>From then on its liveness probes fail (the world's clock).</summary>
    public DateTimeOffset SickAt { get; set; } = DateTimeOffset.MaxValue;

    /// <summary>Completed in the runtime's process when it ends; never when the machine loses its power.</summary>
    public TaskCompletionSource Ended { get; } = new();
}
