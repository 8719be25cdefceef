using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Simulator.Journal;
using ActorOrchestrator.Simulator.Machines;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>When all is deleted nothing is left: on machines, in the control plane's memory, among timers and
/// subscriptions.</summary>
internal sealed class LeakCheck : Check
{
    /// <summary>Each process has a few per shard, follower, node and open watch; a leak makes hundreds in an
    /// hour.</summary>
    private const int TimersMax = 100;

    /// <summary>Timers that were stopped wait in the queue until they would have been due: 30 s of answers' bounds,
    /// minutes of leases.</summary>
    private const int WaitingMax = 20_000;

    /// <summary>What a machine may have among them.</summary>
    private const int WaitingMaxOfMachine = 50;

    /// <summary>What was just written may not have been heard of yet.</summary>
    private static readonly TimeSpan QuietLeast = TimeSpan.FromSeconds(1);

    /// <summary>Kinds that nobody but users watches.</summary>
    private static readonly ResourceKind[] Watched =
        [KindRegistry.Of<Pod>(), KindRegistry.Of<Node>(), KindRegistry.Of<ReplicaSet>()];

    private readonly Dictionary<int, string> _open = [];
    private DateTimeOffset _lastAppend;

    public override string Guarantee => "no leaks";

    public override void OnCommit(IReadOnlyList<StoredRow> rows) => _lastAppend = World.Loop.Now;

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

        if (machine.Agent is { Clock.TimersArmed: > TimersMax and var timers })
        {
            yield return $"{machine.Name}: {timers} timers of the agent";
        }
    }

    private IEnumerable<string> LeftInControl()
    {
        if (World.Control.Member is not { Plane: { } plane } member)
        {
            yield break;
        }

        if (member.Process.Clock.TimersArmed > TimersMax)
        {
            yield return $"{member.Process.Name}: {member.Process.Clock.TimersArmed} timers";
        }

        if (_lastAppend + QuietLeast < World.Loop.Now && plane.EntityCount != World.Truth.Objects.Count)
        {
            yield return $"{member.Process.Name}: {plane.EntityCount} entities for {World.Truth.Objects.Count} objects";
        }

        foreach (var kind in Watched)
        {
            var open = _open.Values.Count(resource => resource == kind.Resource);
            if (plane.View.WatchersOf(kind) > open)
            {
                yield return $"{member.Process.Name}: {plane.View.WatchersOf(kind)} subscriptions to {kind.Resource}, "
                    + $"of which {open} have a client";
            }
        }
    }
}
