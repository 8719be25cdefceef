using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Simulator.Machines;
using ActorOrchestrator.Simulator.Members;
using ActorOrchestrator.Simulator.Network;
using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Faults;

/// <summary>Every kind of fault that there is.</summary>
internal static class FaultKinds
{
    public static readonly IReadOnlyList<FaultKind> All =
    [
        new("control-kill", TimeSpan.FromMinutes(12), ControlFaults.Kill),
        new("control-freeze", TimeSpan.FromMinutes(20), ControlFaults.Freeze),
        new("agent-kill", TimeSpan.FromMinutes(10), KillAgent),
        new("agent-stop", TimeSpan.FromMinutes(15), StopAgent),
        new("agent-unheard", TimeSpan.FromMinutes(10), MistakeAgent),
        new("machine-freeze", TimeSpan.FromMinutes(25), FreezeMachine),
        new("machine-power", TimeSpan.FromMinutes(30), CutPower),
        new("clock-skew", TimeSpan.FromMinutes(15), SkewClock),
        new("partition", TimeSpan.FromMinutes(15), Partition),
        new("partition-one-way", TimeSpan.FromMinutes(20), PartitionOneWay),
        new("network-storm", TimeSpan.FromMinutes(10), StormNetwork),
        new("log-fails", TimeSpan.FromMinutes(15), FailLog),
        new("log-stalls", TimeSpan.FromMinutes(15), StallLog),
        new("log-away", TimeSpan.FromMinutes(30), TakeLogAway),
        new("runtime-storm", TimeSpan.FromMinutes(12), StormRuntime),
        new("runtime-away", TimeSpan.FromMinutes(30), TakeRuntimeAway),
        new("members-cut", TimeSpan.FromMinutes(15), ControlFaults.CutMembers),
        new("database-cut", TimeSpan.FromMinutes(20), ControlFaults.CutDatabase),
        new("shards-move", TimeSpan.FromMinutes(6), ControlFaults.MoveShards),
        new("shards-twice", TimeSpan.FromMinutes(10), ControlFaults.DoubleShards),
        new("singleton-twice", TimeSpan.FromMinutes(15), ControlFaults.DoubleSingleton),
        new("entity-storm", TimeSpan.FromMinutes(15), ControlFaults.StormEntities),
        new("containers-crash", TimeSpan.FromMinutes(15), CrashContainers),
        new("member-astray", TimeSpan.FromMinutes(3), LeadAstray) { IsDrawnApart = true },
        new("machine-asleep", TimeSpan.FromMinutes(5), Sleep) { IsDrawnApart = true },
        new("disk-full", TimeSpan.FromMinutes(4), FillDisk) { IsDrawnApart = true },
    ];

    /// <summary>How many agents that are killed, or cut off, are away for long.</summary>
    private const double LossChance = 0.4;

    public static FaultKind Named(string name) => All.First(kind => kind.Name == name);

    private static Outage? KillAgent(World world, Dice dice)
    {
        if (PickMachine(world, dice, machine => machine.Agent is not null) is not { } machine)
        {
            return null;
        }

        machine.KillAgent();
        return new Outage(
            dice.Chance(LossChance)
                ? LossTime(dice)
                : dice.Between(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(60)),
            $"{machine.Name}: agent down", machine.StartAgent);
    }

    private static Outage? StopAgent(World world, Dice dice)
    {
        if (PickMachine(world, dice, machine => machine.Agent is not null) is not { } machine)
        {
            return null;
        }

        machine.StopAgent();
        return new Outage(
            dice.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60)), $"{machine.Name}: agent stopped",
            machine.StartAgent);
    }

    /// <summary>The members take an agent for lost that lives and speaks.</summary>
    private static Outage? MistakeAgent(World world, Dice dice)
    {
        if (PickMachine(world, dice, machine => machine.Agent is not null) is not { } machine)
        {
            return null;
        }

        var wait = dice.Between(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10));
        world.Control.Shards.Sight.Mistake(machine.Name, wait);
        return new Outage(wait, $"{machine.Name}: agent taken for lost", static () => { });
    }

    private static Outage? FreezeMachine(World world, Dice dice)
    {
        if (PickMachine(world, dice, machine => machine is { IsOn: true, IsFrozen: false }) is not { } machine)
        {
            return null;
        }

        machine.Freeze();
        return new Outage(
            dice.Between(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(3)), $"{machine.Name}: frozen", machine.Thaw);
    }

    /// <summary>So full that images are removed that nobody uses, and not so full that pods are evicted. Half of the
    /// agents fall with it, and find it full when they begin anew.</summary>
    private static Outage? FillDisk(World world, Dice dice)
    {
        if (PickMachine(world, dice, static _ => true) is not { } machine)
        {
            return null;
        }

        machine.FillDisk();
        if (dice.Chance(0.5))
        {
            machine.KillAgent();
            var wait = dice.Between(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10));
            world.Loop.After(wait, machine.StartAgent);
        }

        return new Outage(
            dice.Between(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10)), $"{machine.Name}: disk full",
            machine.EmptyDisk);
    }

    private static Outage? CutPower(World world, Dice dice)
    {
        if (PickMachine(world, dice, machine => machine.IsOn) is not { } machine)
        {
            return null;
        }

        machine.PowerOff();
        return new Outage(
            dice.Between(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(15)), $"{machine.Name}: without power",
            machine.PowerOn);
    }

    /// <summary>A wall clock jumps; mostly by seconds, seldom by an hour.</summary>
    private static Outage SkewClock(World world, Dice dice)
    {
        var size = dice.Chance(0.2) ? TimeSpan.FromHours(1) : TimeSpan.FromSeconds(30);
        var skew = dice.Between(-size, size);
        if (PickMachine(world, dice, static _ => true) is { } machine && dice.Chance(0.5))
        {
            machine.SetSkew(skew);
            return new Outage(
                dice.Exponential(TimeSpan.FromMinutes(5)), $"{machine.Name}: clock {skew.TotalSeconds:+0;-0} s",
                () => machine.SetSkew(TimeSpan.Zero));
        }

        var host = dice.Pick(world.Control.Hosts);
        host.SetSkew(skew);
        return new Outage(
            dice.Exponential(TimeSpan.FromMinutes(5)), $"{host.Name}: clock {skew.TotalSeconds:+0;-0} s",
            () => host.SetSkew(TimeSpan.Zero));
    }

    private static Outage? Partition(World world, Dice dice)
    {
        if (PickMachine(world, dice, static _ => true) is not { } machine)
        {
            return null;
        }

        // From one of the members, or from all; then also for as long as it takes to be given up.
        var control = world.Control.Hosts;
        var isLoss = dice.Chance(LossChance);
        var hosts = control.Count > 1 && !isLoss && dice.Chance(0.5) ? [dice.Pick(control)] : control;
        foreach (var host in hosts)
        {
            world.Network.Cut(machine.Name, host.Name);
            world.Network.Cut(host.Name, machine.Name);
        }

        var from = string.Join(", ", hosts.Select(host => host.Name));
        return new Outage(isLoss ? LossTime(dice) : OutageTime(dice), $"{machine.Name}: cut off from {from}", () =>
        {
            foreach (var host in hosts)
            {
                world.Network.Mend(machine.Name, host.Name);
                world.Network.Mend(host.Name, machine.Name);
            }
        });
    }

    /// <summary>The member that has the Node of a machine with fenced pods is cut off from the others and from the
    /// database, with that machine, and does not hear that it was given up: two members take themselves for the Node's
    /// home, and each is alone with a part of what there is to hear. It lasts for longer than the machine's lease,
    /// which nobody can renew, and mostly than its pods tolerate. One at a time: the others have to be most.</summary>
    private static Outage? LeadAstray(World world, Dice dice)
    {
        if (world.Control.Shards.AnyDeaf
            || PickMachine(world, dice, machine => HasFenced(world, machine) && HomeOf(world, machine) is not null)
            is not { } machine)
        {
            return null;
        }

        var host = HomeOf(world, machine)!;
        var wait = dice.Between(Machine.FenceAfter * 3, Machine.FenceAfter * 8);
        var others = world.Control.Hosts.Where(other => other != host).ToList();
        (string, string)[] cuts =
        [
            (host.Name, World.Database),
            .. others.Select(other => (host.Name, other.Name)),
            .. others.Select(other => (machine.Name, other.Name)),
        ];
        world.Control.Shards.Deafen(host.Name, wait);
        machine.TalkTo(host);
        SetCuts(world, cuts, areCut: true);
        return new Outage(
            wait, $"{host.Name} and {machine.Name}: cut off from all others, and do not know",
            () => SetCuts(world, cuts, areCut: false));
    }

    /// <summary>A machine with fenced pods is frozen and cut off, and when it goes on, with its lease over, it hears
    /// nothing for a while.</summary>
    private static Outage? Sleep(World world, Dice dice)
    {
        if (PickMachine(
            world, dice, machine => machine is { IsOn: true, IsFrozen: false } && HasFenced(world, machine))
            is not { } machine)
        {
            return null;
        }

        var wait = dice.Between(Machine.FenceAfter + TimeSpan.FromSeconds(15), Machine.FenceAfter * 3);
        var deaf = dice.Between(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1));
        (string, string)[] cuts = [.. world.Control.Hosts.Select(host => (machine.Name, host.Name))];
        SetCuts(world, cuts, areCut: true);
        machine.Freeze();
        return new Outage(wait, $"{machine.Name}: frozen, and cut off for {deaf.TotalSeconds:0.0} s longer", () =>
        {
            machine.Thaw();
            world.Loop.After(deaf, () => SetCuts(world, cuts, areCut: false));
        });
    }

    private static void SetCuts(World world, IEnumerable<(string One, string Other)> pairs, bool areCut)
    {
        Action<string, string> set = areCut ? world.Network.Cut : world.Network.Mend;
        foreach (var (one, other) in pairs)
        {
            set(one, other);
            set(other, one);
        }
    }

    private static bool HasFenced(World world, Machine machine) => world.Truth.All<Pod>().Any(
        pod => pod.Spec.NodeName == machine.Name && PodFencing.IsFenced(pod) && Describe.IsReady(pod));

    /// <summary>The one of several members that has the machine's Node.</summary>
    private static ControlHost? HomeOf(World world, Machine machine)
    {
        var home = world.Control.Shards.HomeOf(EntityKey.Of(KindRegistry.Of<Node>(), null, machine.Name));
        return world.Control.Hosts.Count < 2 || home is null
            ? null
            : world.Control.Hosts.FirstOrDefault(host => host.Member?.Fabric == home);
    }

    private static Outage? PartitionOneWay(World world, Dice dice)
    {
        if (PickMachine(world, dice, static _ => true) is not { } machine)
        {
            return null;
        }

        var host = dice.Pick(world.Control.Hosts).Name;
        var (from, to) = dice.Chance(0.5) ? (machine.Name, host) : (host, machine.Name);
        world.Network.Cut(from, to);
        return new Outage(OutageTime(dice), $"{to} does not hear {from}", () => world.Network.Mend(from, to));
    }

    private static Outage StormNetwork(World world, Dice dice)
    {
        world.NetworkWeather = new NetworkWeather
        {
            DelayMost = dice.Between(TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(300)),
            LateChance = dice.Fraction() * 0.2,
            LateMost = dice.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)),
            LossChance = dice.Fraction() * 0.2,
            DoubleChance = dice.Fraction() * 0.3,
        };
        return new Outage(OutageTime(dice), "network storm", () => world.NetworkWeather = NetworkWeather.Fair);
    }

    private static Outage FailLog(World world, Dice dice)
    {
        world.LogWeather = world.LogWeather with { FailChance = 0.02 + (dice.Fraction() * 0.3) };
        return new Outage(
            OutageTime(dice), "commits fail", () => world.LogWeather = world.LogWeather with { FailChance = 0 });
    }

    private static Outage StallLog(World world, Dice dice)
    {
        world.LogWeather = world.LogWeather with
        {
            StallChance = dice.Fraction() * 0.3,
            StallMost = dice.Between(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(35)),
        };
        return new Outage(
            OutageTime(dice), "the log stalls", () => world.LogWeather = world.LogWeather with { StallChance = 0 });
    }

    private static Outage TakeLogAway(World world, Dice dice)
    {
        world.LogWeather = world.LogWeather with { IsAway = true };
        return new Outage(
            OutageTime(dice), "log away", () => world.LogWeather = world.LogWeather with { IsAway = false });
    }

    private static Outage StormRuntime(World world, Dice dice)
    {
        world.RuntimeWeather = new RuntimeWeather
        {
            CallMost = dice.Between(TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(2)),
            PullMost = dice.Between(TimeSpan.FromSeconds(8), TimeSpan.FromMinutes(1)),
            FailBeforeChance = dice.Fraction() * 0.3,
            FailAfterChance = dice.Fraction() * 0.2,
            HangChance = dice.Fraction() * 0.05,
            LostExitChance = dice.Fraction() * 0.5,
            BrokenStreamChance = dice.Fraction() * 0.5,
            StuckKillChance = dice.Fraction() * 0.3,
            ProbeLossChance = dice.Fraction() * 0.2,
            FilesFailChance = dice.Fraction() * 0.2,
        };
        return new Outage(OutageTime(dice), "runtimes storm", () => world.RuntimeWeather = RuntimeWeather.Fair);
    }

    private static Outage? TakeRuntimeAway(World world, Dice dice)
    {
        if (PickMachine(world, dice, machine => machine.IsOn) is not { } machine)
        {
            return null;
        }

        machine.OwnWeather = machine.Weather with { IsAway = true };
        return new Outage(OutageTime(dice), $"{machine.Name}: runtime away", () => machine.OwnWeather = null);
    }

    /// <summary>What runs on one machine dies, one after the other.</summary>
    private static Outage? CrashContainers(World world, Dice dice)
    {
        if (PickMachine(world, dice, machine => machine.IsOn) is not { } machine)
        {
            return null;
        }

        machine.OwnWeather = machine.Weather with
        {
            CrashMean = dice.Between(TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(2)),
            SandboxCrashMean = dice.Chance(0.3) ? TimeSpan.FromMinutes(2) : TimeSpan.Zero,
            LostExitChance = dice.Chance(0.5) ? 0.5 : 0,
        };
        return new Outage(
            OutageTime(dice), $"{machine.Name}: containers crash", () => machine.OwnWeather = null);
    }

    /// <summary>Longer than until a machine's lease is over, and known to be.</summary>
    private static TimeSpan LossTime(Dice dice) => Machine.FenceAfter + dice.Between(
        TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(3));

    private static TimeSpan OutageTime(Dice dice) =>
        TimeSpan.FromSeconds(1) + dice.Exponential(TimeSpan.FromSeconds(45));

    private static Machine? PickMachine(World world, Dice dice, Func<Machine, bool> fits)
    {
        var fitting = world.Machines.Values.Where(fits).ToList();
        return fitting.Count == 0 ? null : dice.Pick(fitting);
    }
}
