using ActorOrchestrator.Simulator.Machines;
using ActorOrchestrator.Simulator.Network;
using ActorOrchestrator.Simulator.Sharding;

namespace ActorOrchestrator.Simulator.Runs;

/// <summary>
/// When faults last touched whom, so that checks of "soon" know from when on soon may be asked for. It looks at the
/// world every virtual second; what lasts shorter delays nothing by much.
/// </summary>
internal sealed class Calm(World world)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, DateTimeOffset> _machines = new(StringComparer.Ordinal);

    /// <summary>The last time that the control plane did not run, or its log not as it should.</summary>
    public DateTimeOffset ControlTroubledAt { get; set; } = world.Loop.Now;

    /// <summary>The last time that a machine, its agent or the agent's way to the control plane was hindered.</summary>
    public DateTimeOffset TroubledAt(string machine) =>
        _machines.TryGetValue(machine, out var at) && at > ControlTroubledAt ? at : ControlTroubledAt;

    public void Start() => world.Loop.After(LookEvery, () =>
    {
        Look();
        Start();
    });

    private void Look()
    {
        var now = world.Loop.Now;
        var isLogWell = world.LogWeather is { IsAway: false, FailChance: 0, StallChance: 0 };
        if (!world.Control.IsServing || !isLogWell || !AreTogether() || world.ShardWeather != ShardWeather.Fair)
        {
            ControlTroubledAt = now;
        }

        foreach (var machine in world.Machines.Values)
        {
            if (IsHindered(machine))
            {
                _machines[machine.Name] = now;
            }
        }
    }

    /// <summary>Whether the members hear each other, and reach the journal.</summary>
    private bool AreTogether()
    {
        var hosts = world.Control.Hosts.Select(host => host.Name).Append(World.Database).ToList();
        return hosts.TrueForAll(one => hosts.TrueForAll(other => !world.Network.IsCut(one, other)))
            && world.Control.Shards.IsSettled;
    }

    private bool IsHindered(Machine machine) =>
        machine is not { IsOn: true, IsFrozen: false, Agent: not null }
        || IsFoul(machine.Weather)
        || IsFoul(world.NetworkWeather)
        || world.Control.Hosts.Any(host => world.Network.IsCut(machine.Name, host.Name)
            || world.Network.IsCut(host.Name, machine.Name));

    /// <summary>Delays within the fair ones hinder nobody.</summary>
    private static bool IsFoul(RuntimeWeather now)
    {
        var fair = RuntimeWeather.Fair;
        return now.CallMost > fair.CallMost || now.PullMost > fair.PullMost || fair != now with
        {
            CallLeast = fair.CallLeast, CallMost = fair.CallMost,
            PullLeast = fair.PullLeast, PullMost = fair.PullMost,
        };
    }

    private static bool IsFoul(NetworkWeather now)
    {
        var fair = NetworkWeather.Fair;
        return now.DelayMost > fair.DelayMost
            || fair != now with { DelayLeast = fair.DelayLeast, DelayMost = fair.DelayMost };
    }
}
