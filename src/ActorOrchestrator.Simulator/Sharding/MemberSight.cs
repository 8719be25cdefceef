using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Simulator.Network;
using ActorOrchestrator.Simulator.Time;
using Akka.Actor;

namespace ActorOrchestrator.Simulator.Sharding;

/// <summary>
/// What the members of the control plane hear of the processes that carry nodes, each life of an agent being one. One
/// that is silent for a while is not heard; one that is dead is given up soon after. A frozen one is heard again when
/// it wakes, as one is that was taken for silent by mistake.
/// </summary>
internal sealed class MemberSight(SimulationLoop loop, SimulatedNetwork network, Dice dice)
{
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SpreadMost = TimeSpan.FromMilliseconds(300);

    private readonly Dictionary<SimulatedFabric, (IActorRef Watcher, MembersSeen? Told)> _watchers = [];
    private readonly Dictionary<SimulatedProcess, DateTimeOffset> _heardAt = [];
    private readonly Dictionary<string, DateTimeOffset> _mistakenUntil = new(StringComparer.Ordinal);

    /// <summary>The processes that carry nodes now.</summary>
    public Func<IEnumerable<SimulatedProcess>> Carriers { get; set; } = static () => [];

    public void Watch(SimulatedFabric by, IActorRef watcher) => _watchers[by] = (watcher, null);

    /// <summary>For a while nobody hears what runs on a host, although it speaks.</summary>
    public void Mistake(string host, TimeSpan wait) => _mistakenUntil[host] = loop.Now + wait;

    /// <param name="core">Those of the control plane that hear each other; the first one speaks.</param>
    public void Look(IReadOnlyList<SimulatedFabric> core)
    {
        foreach (var carrier in Carriers())
        {
            _heardAt.TryAdd(carrier, loop.Now);
        }

        foreach (var carrier in _heardAt.Keys.ToList())
        {
            Hear(carrier, core);
        }

        var heard = NamesOf(silence => silence < SilenceMax);
        var unheard = NamesOf(silence => silence >= SilenceMax);
        foreach (var (fabric, (watcher, told)) in _watchers.ToList())
        {
            if (fabric.Process.IsDead)
            {
                _watchers.Remove(fabric);
                continue;
            }

            var seen = new MembersSeen(core.Count > 0 && core[0] == fabric, heard, unheard)
            {
                HearsMost = core.Contains(fabric),
            };
            if (!seen.IsSameAs(told))
            {
                _watchers[fabric] = (watcher, seen);
                loop.After(
                    dice.Between(TimeSpan.Zero, SpreadMost),
                    () => fabric.Process.Enter(() => watcher.Tell(seen, ActorRefs.NoSender)));
            }
        }
    }

    private void Hear(SimulatedProcess carrier, IReadOnlyList<SimulatedFabric> core)
    {
        var isMistaken = _mistakenUntil.TryGetValue(carrier.Host, out var until) && until > loop.Now;
        if (!isMistaken && carrier is { IsDead: false, IsFrozen: false }
            && core.Any(member => !network.IsCut(carrier.Host, member.Process.Host)))
        {
            _heardAt[carrier] = loop.Now;
        }
        else if (carrier.IsDead && loop.Now - _heardAt[carrier] >= GivenUpAfter)
        {
            _heardAt.Remove(carrier);
        }
    }

    private HashSet<string> NamesOf(Func<TimeSpan, bool> isSo) =>
        [.. _heardAt.Where(one => isSo(loop.Now - one.Value)).Select(one => one.Key.Name)];
}
