using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Machines;
using ActorOrchestrator.Simulator.Members;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>When all is deleted nothing is left: on machines, in the control plane's memory, among timers and
/// subscriptions.</summary>
internal sealed class LeakCheck : Check
{
    /// <summary>Each process has a few per projection, node and open watch; a leak makes hundreds in an
    /// hour.</summary>
    private const int TimersMax = 100;

    /// <summary>An entity in memory has its alarm to leave it, and some of their own.</summary>
    private const int TimersPerObject = 4;

    /// <summary>Timers that were stopped wait in the queue until they would have been due: 30 s of answers' bounds,
    /// minutes of leases.</summary>
    private const int WaitingMax = 20_000;

    /// <summary>What a machine may have among them.</summary>
    private const int WaitingMaxOfMachine = 50;

    /// <summary>An entity leaves memory some minutes after it was asked last.</summary>
    private static readonly TimeSpan LingerMost = TimeSpan.FromMinutes(4);

    /// <summary>Kinds that nobody but users watches.</summary>
    private static readonly ResourceKind[] Watched =
        [KindRegistry.Of<Pod>(), KindRegistry.Of<Node>(), KindRegistry.Of<ReplicaSet>()];

    private readonly Dictionary<int, string> _open = [];
    private readonly Dictionary<EntityKey, DateTimeOffset> _goneAt = [];

    public override string Guarantee => "no leaks";

    public override void OnChange(ObjectChange change, Decided decided)
    {
        if (change.New is null)
        {
            _goneAt[change.Key] = World.Loop.Now;
        }
    }

    public override void OnWatch(WatchTold told)
    {
        if (told.Step == WatchStep.Opened)
        {
            _open[told.Scope.Number] = told.Scope.Kind.Resource;
        }
        else if (told.Step is WatchStep.Closed or WatchStep.Expired)
        {
            _open.Remove(told.Scope.Number);
        }
    }

    public override void AtEnd()
    {
        var left = World.Machines.Values.SelectMany(LeftOn)
            .Concat(World.Truth.All<Pod>().Select(pod => $"{EntityKey.Of(pod)} exists"))
            .Concat(LeftInControl()).ToList();
        if (World.Loop.Waiting > WaitingMax + (WaitingMaxOfMachine * World.Machines.Count))
        {
            left.Add($"{World.Loop.Waiting} things wait to happen");
        }

        if (left.Count > 0)
        {
            Violate($"left behind:\n  {string.Join("\n  ", left)}");
        }
    }

    private bool IsGoneForLong(EntityKey entity) => World.Truth.Find(entity) is null
        && _goneAt.GetValueOrDefault(entity) + LingerMost < World.Loop.Now;

    private static IEnumerable<string> LeftOn(Machine machine)
    {
        foreach (var sandbox in machine.Runtime.Sandboxes)
        {
            yield return $"{machine.Name}: sandbox {sandbox.Id} of {sandbox.Namespace}/{sandbox.Name}";
        }

        foreach (var container in machine.Runtime.Containers)
        {
            yield return $"{machine.Name}: container {container.Id} {container.Name}";
        }

        foreach (var uid in machine.Files.PodsWithVolumes)
        {
            yield return $"{machine.Name}: volumes of pod {uid}";
        }

        foreach (var place in machine.Files.Known())
        {
            yield return $"{machine.Name}: files of pod {place.Namespace}/{place.Name} ({place.Uid})";
        }

        if (machine.AgentTimersArmed is > TimersMax and var timers)
        {
            yield return $"{machine.Name}: {timers} timers of the agent";
        }
    }

    private IEnumerable<string> LeftInControl()
    {
        foreach (var member in World.Control.Hosts.Select(host => host.Member).OfType<ControlMember>())
        {
            foreach (var left in LeftIn(member))
            {
                yield return $"{member.Process.Name}: {left}";
            }
        }
    }

    private IEnumerable<string> LeftIn(ControlMember member)
    {
        var timers = member.Process.Clock.TimersArmed + member.TimersArmed;
        if (timers > TimersMax + (TimersPerObject * World.Truth.Objects.Count))
        {
            yield return $"{timers} timers";
        }

        foreach (var entity in member.Fabric.Residents.Where(IsGoneForLong).Order(KeyOrder.Instance))
        {
            yield return $"{entity} is in memory, and no object";
        }

        foreach (var kind in Watched)
        {
            var open = _open.Values.Count(resource => resource == kind.Resource);
            if (member.Plane is { } plane && plane.View.WatchersOf(kind) > open)
            {
                yield return $"{plane.View.WatchersOf(kind)} subscriptions to {kind.Resource}, of which {open} have a "
                    + "client";
            }
        }
    }
}
