using ActorOrchestrator.Simulator.Log;
using ActorOrchestrator.Simulator.Machines;
using ActorOrchestrator.Simulator.Network;
using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Faults;

/// <summary>Makes things go wrong for as long as it is told to, each kind by a dice of its own.</summary>
internal sealed class FaultInjector(World world)
{
    private bool _isOver;

    public void Start(IReadOnlyDictionary<string, TimeSpan> faults)
    {
        foreach (var (name, every) in faults)
        {
            var dice = world.Dice($"fault/{name}");
            Arm(FaultKinds.Named(name), every, dice);
        }
    }

    /// <summary>No more of it; what is broken is mended.</summary>
    public void Stop()
    {
        _isOver = true;
        world.Trace.Line("fault", "all", "stop");
        world.NetworkWeather = NetworkWeather.Fair;
        world.LogWeather = LogWeather.Fair;
        world.RuntimeWeather = RuntimeWeather.Fair;
        world.Network.MendAll();
        world.Control.Thaw();
        world.Control.SetSkew(TimeSpan.Zero);
        world.Control.Start();
        foreach (var machine in world.Machines.Values)
        {
            machine.OwnWeather = null;
            machine.SetSkew(TimeSpan.Zero);
            machine.Thaw();
            machine.PowerOn();
            machine.StartAgent();
        }
    }

    private void Arm(FaultKind kind, TimeSpan every, Dice dice) =>
        world.Loop.After(dice.Exponential(every), () =>
        {
            if (!_isOver)
            {
                Happen(kind, dice);
                Arm(kind, every, dice);
            }
        });

    private void Happen(FaultKind kind, Dice dice)
    {
        world.CountFault(kind.Name);
        if (kind.Begin(world, dice) is not { } outage)
        {
            world.Trace.Line("fault", kind.Name, "");
            return;
        }

        world.Trace.Line("fault", kind.Name, $"{outage.What}, for {outage.Wait.TotalSeconds:0.0} s");
        world.Loop.After(outage.Wait, () =>
        {
            if (!_isOver)
            {
                world.Trace.Line("fault", kind.Name, $"{outage.What}: over");
                outage.End();
            }
        });
    }
}
