using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Simulator.Members;
using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.Simulator.Sharding;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Faults;

/// <summary>What goes wrong with the members of the control plane, and among them.</summary>
internal static class ControlFaults
{
    public static Outage? Kill(World world, Dice dice)
    {
        if (PickHost(world, dice, static host => host.Member is not null) is not { } host)
        {
            return null;
        }

        if (dice.Chance(0.5))
        {
            host.KillInCommit();
        }
        else
        {
            host.Kill();
        }

        // The next life may begin before the disk is through with what the former one gave it: fencing is for that.
        var outage = dice.Chance(0.3)
            ? dice.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(10))
            : dice.Between(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(40));
        return new Outage(outage, $"{host.Name}: down", host.Start);
    }

    public static Outage? Freeze(World world, Dice dice)
    {
        if (PickHost(world, dice, static host => host.Member is { Process.IsFrozen: false }) is not { } host)
        {
            return null;
        }

        host.Freeze();
        return new Outage(
            dice.Between(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(60)), $"{host.Name}: frozen", host.Thaw);
    }

    /// <summary>One member hears none of the others, or one of them, or is not heard.</summary>
    public static Outage? CutMembers(World world, Dice dice)
    {
        if (world.Control.Hosts.Count < 2)
        {
            return null;
        }

        var host = dice.Pick(world.Control.Hosts);
        var others = world.Control.Hosts.Where(other => other != host).ToList();
        var cut = dice.Chance(0.7) ? others : [dice.Pick(others)];
        var isOneWay = dice.Chance(0.3);
        foreach (var other in cut)
        {
            world.Network.Cut(host.Name, other.Name);
            if (!isOneWay)
            {
                world.Network.Cut(other.Name, host.Name);
            }
        }

        var what = $"{host.Name}: {(isOneWay ? "not heard by" : "cut off from")} "
            + string.Join(", ", cut.Select(other => other.Name));
        return new Outage(OutageTime(dice), what, () =>
        {
            foreach (var other in cut)
            {
                world.Network.Mend(host.Name, other.Name);
                world.Network.Mend(other.Name, host.Name);
            }
        });
    }

    /// <summary>One member does not reach the journal: its requests get lost, or the answers.</summary>
    public static Outage? CutDatabase(World world, Dice dice)
    {
        if (world.IsJournalExclusive)
        {
            return null;
        }

        var host = dice.Pick(world.Control.Hosts).Name;
        var (from, to) = dice.Chance(0.5) ? (host, World.Database) : (World.Database, host);
        world.Network.Cut(from, to);
        return new Outage(OutageTime(dice), $"{to} does not hear {from}", () => world.Network.Mend(from, to));
    }

    public static Outage? MoveShards(World world, Dice dice)
    {
        if (PickFabric(world, dice) is not { } to)
        {
            return null;
        }

        var count = dice.Between(1, EntityExtractor.Shards / 2);
        for (var i = 0; i < count; i++)
        {
            var handOffMax = dice.Between(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10));
            world.Control.Shards.Move(dice.Below(EntityExtractor.Shards), to, handOffMax);
        }

        return new Outage(TimeSpan.Zero, $"{count} shards move to {to.Process.Name}", static () => { });
    }

    public static Outage? DoubleShards(World world, Dice dice)
    {
        if (PickFabric(world, dice) is not { } by)
        {
            return null;
        }

        var count = dice.Between(1, EntityExtractor.Shards);
        var wait = dice.Between(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(40));
        for (var i = 0; i < count; i++)
        {
            world.Control.Shards.Usurp(dice.Below(EntityExtractor.Shards), by, wait);
        }

        return new Outage(wait, $"{by.Process.Name} takes itself for the home of {count} shards", static () => { });
    }

    public static Outage? DoubleSingleton(World world, Dice dice)
    {
        if (PickFabric(world, dice) is not { } on)
        {
            return null;
        }

        var wait = dice.Between(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(60));
        world.Control.Shards.DoubleSingleton(on, wait);
        return new Outage(wait, $"{on.Process.Name} runs the projections too", static () => { });
    }

    /// <summary>What entities tell each other gets lost, or comes twice.</summary>
    public static Outage StormEntities(World world, Dice dice)
    {
        world.ShardWeather = new ShardWeather
        {
            LossChance = dice.Fraction() * 0.2, DoubleChance = dice.Fraction() * 0.3,
        };
        return new Outage(
            OutageTime(dice), "messages between entities storm", () => world.ShardWeather = ShardWeather.Fair);
    }

    private static TimeSpan OutageTime(Dice dice) =>
        TimeSpan.FromSeconds(1) + dice.Exponential(TimeSpan.FromSeconds(45));

    private static ControlHost? PickHost(World world, Dice dice, Func<ControlHost, bool> fits)
    {
        var fitting = world.Control.Hosts.Where(fits).ToList();
        return fitting.Count == 0 ? null : dice.Pick(fitting);
    }

    /// <summary>One of several members.</summary>
    private static SimulatedFabric? PickFabric(World world, Dice dice)
    {
        var members = world.Control.Shards.Members;
        return members.Count < 2 ? null : dice.Pick(members);
    }
}
