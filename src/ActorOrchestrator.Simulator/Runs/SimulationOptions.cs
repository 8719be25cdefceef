using System.Globalization;
using ActorOrchestrator.Simulator.Faults;
using ActorOrchestrator.Simulator.Time;
using ActorOrchestrator.Simulator.Workload;

namespace ActorOrchestrator.Simulator.Runs;

/// <summary>
/// Everything that a run depends on. The swarm: each seed draws which faults and which operations there are at all, and
/// how often, so that runs differ in kind and rare combinations get a chance (a run with every fault at once finds less
/// than many runs with few).
/// </summary>
public sealed record SimulationOptions
{
    /// <summary>Runs of so many hours and more may be slow.</summary>
    private const double SlowFrom = 12;

    public required ulong Seed { get; init; }

    /// <summary>Virtual hours of load and faults; what follows (healing, emptying) comes on top.</summary>
    public double Hours { get; init; } = 1;

    public int Nodes { get; init; } = 3;

    /// <summary>Members of the control plane.</summary>
    public int Members { get; init; } = 1;

    /// <summary>Whether the journal is a file that only one process has open; else a database.</summary>
    public bool IsJournalExclusive { get; init; } = true;

    /// <summary>Rows after which an entity stores a snapshot.</summary>
    public int SnapshotEvery { get; init; } = 32;

    /// <summary>How long nobody talks to an entity at rest before it leaves memory.</summary>
    public TimeSpan PassivateAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The mean time between two operations of the workload.</summary>
    public TimeSpan OperationEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How much rarer readers and rival writers come than in a busy hour.</summary>
    public double Pace { get; init; } = 1;

    /// <summary>Of all operations and faults only these happen, such as <c>deployment-scale#17</c> (the 17th operation)
    /// and <c>control-kill#2</c>; null: all. What is left out takes no draw from what is kept, so a failing run can be
    /// reduced to what it needs.</summary>
    public IReadOnlySet<string>? Only { get; init; }

    /// <summary>The longest that something ready waits for a processor; zero: everything in order.</summary>
    public TimeSpan JitterMax { get; init; }

    /// <summary>How often agents tell that they live; four in a row missing make a node's state unknown.</summary>
    public TimeSpan HeartbeatEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>So many of the machines are members' (the others only run pods: nobody but their heartbeats tells of
    /// them).</summary>
    public double MembersShare { get; init; } = 1;

    /// <summary>How long pods that say nothing tolerate an unreachable node.</summary>
    public TimeSpan Tolerated { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Events that a watch may go back by; the log is compacted when it holds twice as many. So few that
    /// compaction and expired watches happen within an hour; with the fewest they happen all the time.</summary>
    public long WatchWindowEvents { get; init; } = 400;

    /// <summary>Fault kinds that there are, with the mean time between two of each.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Faults { get; init; } = new SortedDictionary<string, TimeSpan>();

    /// <summary>Operations that there are, with their weights.</summary>
    public IReadOnlyDictionary<string, int> Operations { get; init; } = new SortedDictionary<string, int>();

    /// <summary>Draws everything from the seed.</summary>
    public static SimulationOptions Draw(ulong seed, double hours = 1, int? nodes = null, int? members = null)
    {
        var dice = new Dice(seed, "swarm");

        // Long runs may be slow ones too: what comes with time (expiry, back-off, leaks) needs hours, not events.
        var pace = hours < SlowFrom ? 1 : dice.Pick([1.0, 4, 12]);
        var faults = new SortedDictionary<string, TimeSpan>(StringComparer.Ordinal);
        foreach (var kind in FaultKinds.All)
        {
            var draw = kind.IsDrawnApart ? new Dice(seed, $"swarm/{kind.Name}") : dice;
            if (draw.Chance(0.4))
            {
                faults.Add(kind.Name, kind.Every * pace * (0.3 + (2.7 * draw.Fraction())));
            }
        }

        var operations = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var operation in WorkloadOperations.All)
        {
            if (operation.IsAlways || dice.Chance(0.7))
            {
                operations.Add(operation.Name, dice.Between(1, 10));
            }
        }

        // A dice of its own: whoever says how many members there are keeps the rest of the swarm.
        var control = new Dice(seed, "swarm/control");
        var drawn = control.Pick([1, 3, 3]);
        var sharesAlone = control.Chance(0.2);
        var machines = new Dice(seed, "swarm/machines");
        return new SimulationOptions
        {
            Seed = seed,
            Hours = hours,
            Members = members ?? drawn,
            IsJournalExclusive = (members ?? drawn) == 1 && !sharesAlone,
            SnapshotEvery = control.Pick([3, 8, 32]),
            PassivateAfter = TimeSpan.FromSeconds(new Dice(seed, "swarm/memory").Pick([10, 30, 120])),
            Nodes = nodes ?? dice.Between(1, 6),
            Pace = pace,
            OperationEvery = pace * dice.Between(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(2)),
            JitterMax = dice.Pick([TimeSpan.Zero, TimeSpan.FromMicroseconds(100), TimeSpan.FromMilliseconds(5)]),
            HeartbeatEvery = TimeSpan.FromSeconds(dice.Pick([2, 5, 10])),
            Faults = faults,
            Operations = operations,
            WatchWindowEvents = dice.Pick([50L, 400, 400]),
            MembersShare = machines.Pick([1, 0.5, 0.2]),
            Tolerated = TimeSpan.FromSeconds(machines.Pick([1, 1, 30, 300])),
        };
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""
        seed {Seed}
        hours {Hours:0.###}, nodes {Nodes}, an operation every {OperationEvery.TotalSeconds:0.0} s
        jitter {JitterMax.TotalMilliseconds:0.###} ms, heartbeats every {HeartbeatEvery.TotalSeconds:0} s
        {MembersShare:0.#} of the machines are members'; unreachable ones are tolerated for {Tolerated.TotalSeconds:0} s
        {Members} members on a {(IsJournalExclusive ? "file" : "database")}, a snapshot every {SnapshotEvery} rows
        entities leave memory after {PassivateAfter.TotalSeconds:0} s
        watches go back by {WatchWindowEvents} rows
        faults: {FaultText}
        operations: {string.Join(", ", Operations.Select(operation => $"{operation.Key} {operation.Value}"))}{OnlyText}
        """);

    /// <summary>What <see cref="Only"/> names and this run does not have; null when all of it may happen.</summary>
    public string? OnlyProblem
    {
        get
        {
            var strange = Only?.FirstOrDefault(happening => happening.Split('#') is not [var kind, var number]
                || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var counted)
                || counted < 1
                || (!Faults.ContainsKey(kind) && !Operations.ContainsKey(kind)));
            return strange is null
                ? null
                : $"{strange}: this seed has {string.Join(", ", Faults.Keys.Concat(Operations.Keys))}, each with its "
                    + "number, such as #1";
        }
    }

    public bool Happens(string happening) => Only?.Contains(happening) ?? true;

    private string FaultText => Faults.Count == 0
        ? "none"
        : string.Join(", ", Faults.Select(fault => string.Create(
            CultureInfo.InvariantCulture, $"{fault.Key} every {fault.Value.TotalMinutes:0.0} min")));

    private string OnlyText => Only is null ? "" : $"\nonly: {string.Join(',', Only)}";
}
