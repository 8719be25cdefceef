using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Fencing;

namespace ActorOrchestrator.Simulator.Machines;

/// <summary>A machine's record of its lease, which outlives its agents and its boots, and the process that goes by it:
/// it
/// runs beside the containers, and is frozen and dies with them only.</summary>
/// <param name="runtime">The machine's.</param>
/// <param name="machine">Which boot of it this is.</param>
internal sealed class SimulatedFence(SimulatedRuntime runtime, SimulatedMachine machine) : IFenceStore
{
    private FenceRecord? _record;
    private object? _guarded;

    public string Boot => machine.Facts().BootId;

    public TimeSpan Now => runtime.Process.Loop.Elapsed;

    public FenceRecord? Read() => _record;

    public void Write(FenceRecord record)
    {
        _record = record;
        if (FenceGuard.IsNeeded(record) && _guarded != runtime.Process)
        {
            var process = runtime.Process;
            _guarded = process;
            process.Start(async () =>
            {
                await new FenceGuard(this, Kill, process.Clock).RunAsync((_, _) => { }, CancellationToken.None);
                _guarded = null;
            });
        }
    }

    private int Kill(string uid)
    {
        var running = runtime.Containers.Where(container =>
            container.State == ContainerRuntimeState.Running
            && container.Labels.GetValueOrDefault(RuntimeLabels.PodUid) == uid).ToList();
        running.ForEach(container => runtime.KillFromOutside(container.Id));
        return running.Count;
    }
}
