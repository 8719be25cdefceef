using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Simulator.Machines;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.TestKit;

/// <summary>What a test does to machines, to the control plane's process and to the network.</summary>
public sealed partial class ScriptedWorld
{
    /// <summary>Machines with the next numbers (<c>node-1</c> …), waited for until they are ready.</summary>
    public void AddMachines(int count, long milliCpu = 2_000, long memoryBytes = 4L << 30)
    {
        var names = Enumerable.Range(0, count)
            .Select(_ => World.AddMachine(new MachineShape(milliCpu, memoryBytes)).Name).ToList();
        if (World.Control.IsServing)
        {
            Until($"{count} machines", () => names.Count(IsReady) is var ready && ready == count
                ? null
                : $"{ready} ready", StartMax);
        }
    }

    /// <summary>Takes a machine away for good; its node stays until somebody deletes it.</summary>
    public void RemoveMachine(string name) => World.RemoveMachine(Machine(name));

    /// <summary>kill -9 of the control plane.</summary>
    public void KillControl() => World.Control.Only.Kill();

    /// <summary>Another life of the control plane; what the log holds is read first.</summary>
    public void StartControl() => World.Control.Start();

    public void FreezeControl() => World.Control.Only.Freeze();

    public void ThawControl() => World.Control.Thaw();

    /// <summary>Sets the control plane's wall clock wrong, or right with zero.</summary>
    public void SkewControl(TimeSpan skew) => World.Control.SetSkew(skew);

    /// <summary>kill -9 of a machine's agent; its containers run on.</summary>
    public void KillAgent(string machine) => Machine(machine).KillAgent();

    public void StartAgent(string machine) => Machine(machine).StartAgent();

    public void PowerOff(string machine) => Machine(machine).PowerOff();

    public void PowerOn(string machine) => Machine(machine).PowerOn();

    /// <summary>Nothing on the machine runs, containers included.</summary>
    public void Freeze(string machine) => Machine(machine).Freeze();

    public void Thaw(string machine) => Machine(machine).Thaw();

    public void SkewMachine(string machine, TimeSpan skew) => Machine(machine).SetSkew(skew);

    /// <summary>Cuts a machine off from the control plane, in both directions.</summary>
    public void Cut(string machine)
    {
        CutOneWay(machine, World.Control.Only.Name);
        CutOneWay(World.Control.Only.Name, machine);
    }

    /// <summary>From now on <paramref name="to"/> does not hear <paramref name="from"/>; hosts by name, the control
    /// plane's is <c>control-1</c>.</summary>
    public void CutOneWay(string from, string to) => World.Network.Cut(from, to);

    /// <summary>Every cut is mended.</summary>
    public void Mend() => World.Network.MendAll();

    /// <summary>kill -9 of what runs in a pod's container, on whatever machine that is.</summary>
    /// <exception cref="TestKitException">No such container runs.</exception>
    public void KillContainer(string pod, string? container = null)
    {
        foreach (var machine in World.Machines.Values)
        {
            if (Running(machine, pod, container) is { } found)
            {
                machine.Runtime.KillFromOutside(found.Id);
                return;
            }
        }

        throw new TestKitException($"no container {container} of pod {pod} runs on any machine");
    }

    /// <summary>Waits until everything is as it is wanted, and nothing is on its way.</summary>
    /// <exception cref="TestKitException">Names what is not, and why.</exception>
    public void UntilAtRest(TimeSpan within) => Until("rest",
        () => ConvergenceProblems.Find(World) is { Count: > 0 } left
        ? string.Join("\n  ", left)
        : null, within);

    internal Machine Machine(string name) => World.Machines.GetValueOrDefault(name)
        ?? throw new TestKitException(
            $"there is no machine {name}; there are {string.Join(", ", World.Machines.Keys)}");

    private bool IsReady(string node) =>
        World.Truth.Find<Node>(null, node) is { } found && Describe.IsReady(found);

    private static ContainerRuntimeStatus? Running(Machine machine, string pod, string? container) =>
        machine.Runtime.Containers.FirstOrDefault(one => one.State == ContainerRuntimeState.Running
            && one.Labels.GetValueOrDefault(RuntimeLabels.PodName) == pod && (container ?? one.Name) == one.Name);
}
