using ActorOrchestrator.Simulator.Checks;
using ActorOrchestrator.Simulator.Journal;
using ActorOrchestrator.Simulator.Log;
using ActorOrchestrator.Simulator.Machines;
using ActorOrchestrator.Simulator.Members;
using ActorOrchestrator.Simulator.Network;
using ActorOrchestrator.Simulator.Sharding;
using ActorOrchestrator.Simulator.Time;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Simulator.Runs;

/// <summary>The simulated world: a disk, a network, machines, a control plane, clients, and the checks that look
/// on.</summary>
internal sealed class World : IDisposable
{
    /// <summary>What a machine may add to the loop's bound: all of a large cluster's may start within one
    /// second.</summary>
    private const int StepsPerMachine = 1_000;

    private static readonly TimeSpan AfterThaw = TimeSpan.FromSeconds(1);

    /// <summary>The host of a journal that members share.</summary>
    public const string Database = "database";

    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SortedDictionary<string, Machine> _machines = new(StringComparer.Ordinal);
    private readonly List<Check> _checks = [];
    private readonly TimeSpan _jitterMax;
    private int _machinesMade;

    /// <param name="seed">What everything is drawn from.</param>
    /// <param name="jitterMax">The longest that something ready waits for a processor.</param>
    /// <param name="trace">Gets a line for each thing that happens.</param>
    /// <param name="members">How many members the control plane has.</param>
    public World(ulong seed, TimeSpan jitterMax, Trace trace, int members = 1)
    {
        Seed = seed;
        _jitterMax = jitterMax;
        Trace = trace;
        trace.StartAt(() => Loop.Elapsed);
        Loggers = new TraceLoggers(trace);
        Network = new SimulatedNetwork(Loop, Dice("network"), () => NetworkWeather) { OnFault = CountFault };
        Tables.Stored += rows => _checks.ForEach(check => check.OnStored(rows));
        Truth = new Truth(Tables);
        History = new History(Truth, Loop);
        Calm = new Calm(this);
        Control = new ControlCluster(this, members);
        Control.Shards.Sight.Carriers =
            () => _machines.Values.Where(machine => machine.IsMembers).Select(machine => machine.Agent)
                .OfType<SimulatedProcess>();
        Tables.Stored += rows => _checks.ForEach(check => check.OnCommit(rows));
        Truth.Changed += (change, decided) =>
        {
            trace.Line("commit", change.Key.ToString(), Describe.Change(change, decided));
            _checks.ForEach(check => check.OnChange(change, decided));
        };
    }

    public ulong Seed { get; }

    /// <summary>How often agents tell that they live.</summary>
    public TimeSpan HeartbeatEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <inheritdoc cref="SimulationOptions.MembersShare"/>
    public double MembersShare { get; init; } = 1;

    /// <inheritdoc cref="SimulationOptions.Tolerated"/>
    public TimeSpan Tolerated { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Events that a watch may go back by.</summary>
    public long WatchWindowEvents { get; init; } = 400;

    /// <summary>Rows after which an entity stores a snapshot.</summary>
    public int SnapshotEvery { get; init; } = 32;

    /// <inheritdoc cref="SimulationOptions.PassivateAfter"/>
    public TimeSpan PassivateAfter { get; init; } = TimeSpan.FromMinutes(2);

    public SimulationLoop Loop { get; } = new(Epoch);

    public Trace Trace { get; }

    public ILoggerFactory Loggers { get; }

    public JournalTables Tables { get; } = new();

    /// <summary>Whether the journal is a file of the only member; else a database, on a host of its own.</summary>
    public bool IsJournalExclusive { get; init; } = true;

    public ImageCatalogue Images { get; } = new();

    public Truth Truth { get; }

    /// <summary>What the truth was.</summary>
    public History History { get; }

    /// <summary>When faults last touched whom.</summary>
    public Calm Calm { get; }

    public SimulatedNetwork Network { get; }

    public ControlCluster Control { get; }

    public NetworkWeather NetworkWeather { get; set; } = NetworkWeather.Fair;

    public ShardWeather ShardWeather { get; set; } = ShardWeather.Fair;

    public LogWeather LogWeather { get; set; } = LogWeather.Fair;

    public RuntimeWeather RuntimeWeather { get; set; } = RuntimeWeather.Fair;

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, Machine> Machines => _machines;

    /// <summary>Faults that really happened, by kind.</summary>
    public SortedDictionary<string, long> FaultCounts { get; } = new(StringComparer.Ordinal);

    public Dice Dice(string purpose) => new(Seed, purpose);

    public int MachinesMade => _machinesMade;

    public void Add(Check check)
    {
        check.World = this;
        _checks.Add(check);
    }

    /// <summary>What ended the run, wherever it was thrown: much of it is thrown where nobody awaits.</summary>
    public Exception? Broken { get; private set; }

    public void Break(Exception cause) => Broken ??= cause;

    public void ForEachCheck(Action<Check> tell) => _checks.ForEach(tell);

    public SimulatedProcess NewProcess(string host, string name) =>
        new(Loop, host, name, Dice($"scheduling/{name}"), _jitterMax) { OnUnhandled = Break };

    public Client NewClient(string name) => new(this, name);

    /// <summary>A machine with the next number; it starts at once.</summary>
    public Machine AddMachine(MachineShape shape)
    {
        var machine = new Machine(this, ++_machinesMade, shape);
        _machines.Add(machine.Name, machine);
        Loop.StepsPerSecondMax += StepsPerMachine;
        machine.Runtime.Changed += change =>
        {
            Trace.Line("container", $"pods/{change.PodNamespace}/{change.PodName}", change.ToString());
            _checks.ForEach(check => check.OnContainer(change));
        };
        machine.Runtime.ImageRemoved += image =>
        {
            Trace.Line("image", machine.Name, $"{image} removed");
            _checks.ForEach(check => check.OnImageRemoved(machine.Name, image));
        };
        machine.StartAgent();
        return machine;
    }

    /// <summary>Whether what is on a machine really runs: not while it is frozen, nor in the moment after, in which it
    /// looks what it has missed.</summary>
    public bool Runs(string machine) => !_machines.TryGetValue(machine, out var found)
        || (found is { IsOn: true, IsFrozen: false } && found.ThawedAt + AfterThaw < Loop.Now);

    /// <summary>Takes a machine away for good.</summary>
    public void RemoveMachine(Machine machine)
    {
        machine.TakeAway();
        _machines.Remove(machine.Name);
    }

    /// <summary>Operations and faults that happened, in order: what a failing run is reduced by.</summary>
    public List<string> Happenings { get; } = [];

    /// <summary>An operation of the workload or a fault begins.</summary>
    public void Happen(string column, string name, string what)
    {
        Happenings.Add(name);
        Trace.Line(column, name, what);
    }

    public void CountFault(string kind) => FaultCounts[kind] = FaultCounts.GetValueOrDefault(kind) + 1;

    public void Dispose() => Control.Dispose();
}
