using ActorOrchestrator.Simulator.Log;
using ActorOrchestrator.Simulator.Machines;
using ActorOrchestrator.Simulator.Network;
using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.Simulator.Sharding;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Faults;

/// <summary>Makes things go wrong for as long as it is told to, each kind by a dice of its own.</summary>
internal sealed class FaultInjector(World world, SimulationOptions options)
{
    private bool _isOver;

    public void Start()
    {
        foreach (var (name, every) in options.Faults)
        {
            Arm(FaultKinds.Named(name), every, world.Dice($"fault/{name}"), number: 1);
        }
    }

    /// <summary>No more of it; what is broken is mended.</summary>
    public void Stop()
    {
        _isOver = true;
        world.Trace.Line("fault", "all", "stop");
        world.NetworkWeather = NetworkWeather.Fair;
        world.LogWeather = LogWeather.Fair;
        world.ShardWeather = ShardWeather.Fair;
        world.RuntimeWeather = RuntimeWeather.Fair;
        world.Network.MendAll();
        world.Control.Thaw();
        world.Control.SetSkew(TimeSpan.Zero);
        world.Control.Start();
        foreach (var machine in world.Machines.Values)
        {
            machine.OwnWeather = null;
            machine.EmptyDisk();
            machine.SetSkew(TimeSpan.Zero);
            machine.Thaw();
            machine.PowerOn();
            machine.StartAgent();
        }
    }

    private void Arm(FaultKind kind, TimeSpan every, Dice when, int number) =>
        world.Loop.After(when.Exponential(every), () =>
        {
            if (!_isOver)
            {
                Happen(kind, number);
                Arm(kind, every, when, number + 1);
            }
        });

    /// <summary>Each has a dice of its own, so that leaving one out changes no other.</summary>
    private void Happen(FaultKind kind, int number)
    {
        var name = $"{kind.Name}#{number}";
        if (!options.Happens(name))
        {
            return;
        }

        if (kind.Begin(world, world.Dice($"fault/{name}")) is not { } outage)
        {
            return;
        }

        world.CountFault(kind.Name);
        world.Happen("fault", name, $"{outage.What}, for {outage.Wait.TotalSeconds:0.0} s");
        world.Loop.After(outage.Wait, () =>
        {
            if (!_isOver)
            {
                world.Trace.Line("fault", name, $"{outage.What}: over");
                outage.End();
            }
        });
    }
}
