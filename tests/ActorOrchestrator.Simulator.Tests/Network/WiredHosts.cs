using ActorOrchestrator.Simulator.Network;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Tests.Network;

/// <summary>Two hosts with a process each, and the network between them.</summary>
internal sealed class WiredHosts
{
    public WiredHosts(ulong seed = 1)
    {
        Network = new SimulatedNetwork(Loop, new Dice(seed, "network"), () => Weather)
        {
            OnFault = kind => Faults[kind] = Faults.GetValueOrDefault(kind) + 1,
        };
        Client = new SimulatedProcess(Loop, "client-host", "client", new Dice(seed, "client"), TimeSpan.Zero);
        Server = new SimulatedProcess(Loop, "server-host", "server", new Dice(seed, "server"), TimeSpan.Zero);
    }

    public SimulationLoop Loop { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public SimulatedNetwork Network { get; }

    public NetworkWeather Weather { get; set; } = NetworkWeather.Fair;

    public Dictionary<string, int> Faults { get; } = new(StringComparer.Ordinal);

    public SimulatedProcess Client { get; }

    public SimulatedProcess Server { get; }

    public void Pass(double seconds) => Loop.RunUntil(Loop.Now + TimeSpan.FromSeconds(seconds));
}
