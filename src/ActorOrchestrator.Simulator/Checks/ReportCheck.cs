using System.Text;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Followers;
using ActorOrchestrator.Simulator.Machines;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// What a pod's status tells is of this pod and no namesake: its containers were made for it. A pod that is over stays
/// so. A pod that is asked to go, and not forced to, is there until what ran has ended.
/// </summary>
internal sealed class ReportCheck : Check
{
    /// <summary>How long after a node was absent its pods may still be removed by force for that.</summary>
    private static readonly TimeSpan StrandedFor = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, string> _madeFor = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ContainerChange> _running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _goingSince = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _nodeAbsent = new(StringComparer.Ordinal);
    private readonly HashSet<EntityKey> _forced = [];

    public override string Guarantee => "reports";

    public override void OnRequest(Exchange exchange)
    {
        var isForce = exchange.Call.Method is "DELETE" or "POST" && Encoding.UTF8.GetString(exchange.Call.Body.Span)
            .Contains("gracePeriodSeconds", StringComparison.Ordinal);
        if (isForce && RequestTarget.Of(exchange.Call) is { Name: not null } target)
        {
            _forced.Add(target.Key);
        }
    }

    public override void OnContainer(ContainerChange change)
    {
        switch (change.Kind)
        {
            case ContainerChangeKind.Created:
                _madeFor[change.Id] = change.PodUid;
                break;
            case ContainerChangeKind.Started:
                _running[change.Id] = change;
                break;
            case ContainerChangeKind.Exited or ContainerChangeKind.Removed:
                _running.Remove(change.Id);
                break;
        }
    }

    public override void OnChange(ObjectChange change, DomainEvent decided)
    {
        if (change.Old is Node && change.New is null)
        {
            _nodeAbsent[change.Key.Name] = World.Loop.Now;
        }

        switch (change.New ?? change.Old)
        {
            case Pod pod when change.New is null:
                HoldEnd(pod, change);
                break;
            case Pod pod:
                HoldContainers(pod, change);
                HoldPhase(change.Old as Pod, pod, change);
                if (pod.Metadata.DeletionTimestamp is not null)
                {
                    _goingSince.TryAdd(pod.Metadata.Uid!, World.Loop.Now);
                }

                break;
        }
    }

    private void HoldContainers(Pod pod, ObjectChange change)
    {
        foreach (var status in pod.Status.ContainerStatuses)
        {
            // containerd://c000001-1
            if (status.ContainerID is { Length: > 0 } told
                && _madeFor.TryGetValue(told[(told.LastIndexOf('/') + 1)..], out var uid) && uid != pod.Metadata.Uid)
            {
                Violate($"{change.Key} ({pod.Metadata.Uid}) tells at {change.Sequence} of {told}, which was made for "
                    + $"the pod {uid}");
            }
        }
    }

    private void HoldPhase(Pod? old, Pod pod, ObjectChange change)
    {
        var isOver = old?.Metadata.Uid == pod.Metadata.Uid && old?.Status.Phase is "Succeeded" or "Failed";
        if (isOver && pod.Status.Phase != old!.Status.Phase)
        {
            Violate($"{change.Key} was {old.Status.Phase}, and is {pod.Status.Phase} again at {change.Sequence}");
        }
    }

    private void HoldEnd(Pod last, ObjectChange change)
    {
        var isAsked = _goingSince.Remove(last.Metadata.Uid!, out var since);
        if (!isAsked || last.Spec.NodeName is not { } node || _forced.Contains(change.Key)
            || World.Truth.Find<Node>(null, node) is null
            || (_nodeAbsent.TryGetValue(node, out var absent) && absent + StrandedFor > World.Loop.Now))
        {
            return;
        }

        var left = _running.Values.FirstOrDefault(
            started => started.PodUid == last.Metadata.Uid && started.At < since);
        if (left is not null)
        {
            Violate($"{change.Key} ({last.Metadata.Uid}) went at {change.Sequence}, and {left.Id} runs on "
                + $"{left.Machine} since {left.At:HH:mm:ss.ffffff}");
        }
    }
}
