using System.Collections.Immutable;
using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Agent.Reclaim;

namespace ActorOrchestrator.Agent.Tests.Reclaim;

public sealed class PressureTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private static readonly EvictionSettings Hard = Of(Signal.MemoryAvailable, new SignalSettings
    {
        Hard = new Amount(100), MinimumReclaim = new Amount(20),
    });

    /// <summary>Of the example above <see cref="Pressure"/>: minutes, what is free, and what is said of it.</summary>
    [Fact]
    public void A_condition_outlives_its_cause_by_the_transition_period()
    {
        var pressure = Pressure.None;
        foreach (var (minute, free, isBreached, isPressed) in new[]
        {
            (0, 110, false, false), (1, 90, true, true), (2, 110, true, true), (3, 119, true, true),
            (4, 125, false, true), (7, 130, false, true), (8, 125, false, false), (9, 100, false, false),
            (10, 99, true, true),
        })
        {
            pressure = pressure.Observed(Free(free), Hard, Start.AddMinutes(minute));
            Assert.Equal((minute, isBreached), (minute, pressure.Breaches.Count == 1));
            Assert.Equal((minute, isPressed), (minute, pressure.Conditions.Contains("MemoryPressure")));
            Assert.Equal(isBreached, pressure.Due(Hard, Start.AddMinutes(minute)) is not null);
        }
    }

    [Fact]
    public void A_soft_threshold_is_a_condition_at_once_and_due_when_it_has_lasted()
    {
        var settings = Of(Signal.MemoryAvailable, new SignalSettings
        {
            Soft = new Amount(0, 50), SoftGracePeriod = TimeSpan.FromSeconds(90),
        });
        var pressure = Pressure.None.Observed(Free(499), settings, Start);
        Assert.Equal(["MemoryPressure"], pressure.Conditions);
        Assert.Null(pressure.Due(settings, Start.AddSeconds(89)));
        pressure = pressure.Observed(Free(499), settings, Start.AddSeconds(90));
        Assert.Equal(500, pressure.Due(settings, Start.AddSeconds(90))?.Limit);

        // A moment of relief, and the grace period begins anew.
        pressure = pressure.Observed(Free(500), settings, Start.AddSeconds(91))
            .Observed(Free(499), settings, Start.AddSeconds(92));
        Assert.Null(pressure.Due(settings, Start.AddSeconds(92)));
    }

    [Fact]
    public void Memory_is_dealt_with_before_disks_and_hard_thresholds_before_soft_ones()
    {
        var all = new SignalSettings { Hard = new Amount(10), Soft = new Amount(20) };
        var settings = new EvictionSettings
        {
            Signals = Enum.GetValues<Signal>().ToImmutableSortedDictionary(signal => signal, _ => all),
        };
        var none = new FileSystemLoad(new Supply(1, 1000), new Supply(1, 1000), Device: 1);
        var levels = Levels.Of(
            new MachineLoad(new Supply(1, 1000), none, new Supply(1, 1000)), none with { Device = 2 });
        var pressure = Pressure.None.Observed(levels, settings, Start);
        Assert.True(levels.HasImageDisk);
        Assert.Equal(12, pressure.Breaches.Count);
        Assert.Equal(
            [new Threshold(Signal.MemoryAvailable, true), new Threshold(Signal.MemoryAvailable, false),
                new Threshold(Signal.NodefsAvailable, true)],
            pressure.Breaches.Keys.Take(3));
        Assert.Equal(["DiskPressure", "MemoryPressure", "PIDPressure"], pressure.Conditions);
    }

    [Fact]
    public void What_has_no_bound_or_no_threshold_is_never_short()
    {
        var disk = new FileSystemLoad(new Supply(0, 0), new Supply(0, 0));
        var levels = Levels.Of(new MachineLoad(new Supply(0, 10), disk, new Supply(0, 10)), images: null);
        var settings = Of(Signal.NodefsInodesFree, new SignalSettings { Hard = new Amount(0, 5) });
        Assert.Empty(Pressure.None.Observed(levels, settings, Start).Conditions);
        Assert.Empty(Pressure.None.Observed(levels, new EvictionSettings(), Start).Conditions);
        Assert.False(levels.HasImageDisk);
    }

    internal static EvictionSettings Of(Signal signal, SignalSettings rules) =>
        new() { Signals = ImmutableSortedDictionary<Signal, SignalSettings>.Empty.Add(signal, rules) };

    private static Levels Free(long memory)
    {
        var disk = new FileSystemLoad(new Supply(1, 2), new Supply(1, 2));
        return Levels.Of(new MachineLoad(new Supply(memory, 1000), disk, new Supply(1, 2)), disk);
    }
}
