using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Machines;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// A pod (uid) is bound at most once; its containers are made and started on that machine only, after the binding is
/// durable, and never two of one name at a time. A pod is gone when its containers are. A machine that hears starts
/// nothing for a pod that is long gone; one
/// that is cut off may go on with what it last heard.
/// </summary>
internal sealed class PlacementCheck : Check
{
    /// <summary>Longer than an agent takes to hear of a removal, its reconnecting and its slowest pull
    /// included.</summary>
    private static readonly TimeSpan HearingMax = TimeSpan.FromMinutes(3);

    private readonly ForcedDeletions _forced = new();
    private readonly Dictionary<string, string> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _gone = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Uid, string Container), ContainerChange> _running = [];

    public override string Guarantee => "G6";

    public override void OnRequest(Exchange exchange) => _forced.Begin(exchange);

    public override void OnExchange(Exchange exchange) => _forced.End(exchange);

    public override void OnChange(ObjectChange change, Decided decided)
    {
        if ((change.New ?? change.Old) is not Pod { Metadata.Uid: { } uid } pod)
        {
            return;
        }

        if (change.New is null)
        {
            _gone[uid] = World.Loop.Now;
            HoldStopped(change, pod);
            return;
        }

        // The same pod is asked for again until it is seen, so one that was deleted meanwhile may come back.
        _gone.Remove(uid);
        _forced.Take(change, World.Loop.Now);
        if (pod.Spec.NodeName is not { Length: > 0 } node)
        {
            if (_nodes.TryGetValue(uid, out var lost) && change.Old is Pod { Spec.NodeName.Length: > 0 })
            {
                Violate($"{change.Key} ({uid}) lost its node {lost} at {change.Sequence} by {decided}");
            }

            return;
        }

        if (_nodes.TryGetValue(uid, out var bound) && bound != node)
        {
            Violate($"{change.Key} ({uid}) was bound to {bound}, and is bound to {node} at {change.Sequence}");
        }

        _nodes[uid] = node;
    }

    public override void OnContainer(ContainerChange change)
    {
        var container = (change.PodUid, change.Container);
        switch (change.Kind)
        {
            case ContainerChangeKind.SandboxStarted or ContainerChangeKind.Created:
                HoldPlace(change);
                break;
            case ContainerChangeKind.Started:
                HoldPlace(change);
                HoldLife(change);
                if (!_running.TryAdd(container, change))
                {
                    var other = _running[container];
                    Violate($"{change} while {other.Id} of the same container runs on {other.Machine} "
                        + $"since {other.At:HH:mm:ss.ffffff}");
                }

                break;
            case ContainerChangeKind.Exited or ContainerChangeKind.Removed
                when _running.TryGetValue(container, out var ended) && ended.Id == change.Id
                && ended.Machine == change.Machine:
                _running.Remove(container);
                break;
        }
    }

    /// <summary>A pod goes when its machine says that it has stopped, or when that is not waited for: it was deleted by
    /// force, or its node is lost.</summary>
    private void HoldStopped(ObjectChange change, Pod pod)
    {
        var runs = pod.Spec.Containers
            .Select(container => _running.GetValueOrDefault((pod.Metadata.Uid!, container.Name)))
            .FirstOrDefault(running => running is not null);
        var node = pod.Spec.NodeName is { } name ? World.Truth.Find<Node>(null, name) : null;
        if (runs is not null && node is not null
            && !_forced.MayHave(change, pod, World.Loop.Now)
            && World.Calm.TroubledAt(runs.Machine) + HearingMax < World.Loop.Now
            && Describe.IsReady(node) && World.History.Of(EntityKey.Of(node)).All(
                former => former.Old is Node was && Describe.IsReady(was)))
        {
            Violate($"{change.Key} is gone at {change.Sequence}, and {runs.Id} of it runs on {runs.Machine} since "
                + $"{runs.At:HH:mm:ss.ffffff}");
        }
    }

    private void HoldPlace(ContainerChange change)
    {
        if (!_nodes.TryGetValue(change.PodUid, out var node))
        {
            Violate($"{change}: pod {change.PodUid} was never bound to any node");
        }

        if (node != change.Machine)
        {
            Violate($"{change}: pod {change.PodUid} is bound to {node}");
        }
    }

    private void HoldLife(ContainerChange change)
    {
        var heardSince = World.Calm.TroubledAt(change.Machine);
        if (_gone.TryGetValue(change.PodUid, out var gone) && gone + HearingMax < World.Loop.Now
            && heardSince + HearingMax < World.Loop.Now)
        {
            Violate($"{change}: the pod is gone since {gone:HH:mm:ss.ffffff}, and the machine is well since "
                + $"{heardSince:HH:mm:ss}");
        }
    }
}
