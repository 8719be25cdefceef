using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Machines;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// Fenced pods never run twice, whatever happens to machines, agents, members and clocks. Judged from the containers:
/// <list type="bullet">
/// <item>Such a pod is gone only when nothing of it runs, and begins nothing later.</item>
/// <item>Of a ReplicaSet no more of them run at the same time than it has ever wanted.</item>
/// </list>
/// But for pods that somebody has said to be gone: by force, or by deleting their node. What is on a frozen machine
/// does
/// not run; what it had begun when it froze it may finish, and ends at once.
/// </summary>
internal sealed class FencedPodCheck : Check
{
    /// <summary>What a machine begins that must not is over within that.</summary>
    private static readonly TimeSpan EndingMost = TimeSpan.FromSeconds(2);

    private readonly ForcedDeletions _forced = new();
    private readonly Dictionary<string, string?> _ownerOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _wanted = new(StringComparer.Ordinal);
    private readonly HashSet<string> _gone = new(StringComparer.Ordinal);

    /// <summary>Pods that somebody has said to be gone.</summary>
    private readonly HashSet<string> _givenUp = new(StringComparer.Ordinal);

    private readonly HashSet<string> _nodesGone = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ContainerChange> _running = new(StringComparer.Ordinal);

    public override string Guarantee => "fenced";

    public override void OnRequest(Exchange exchange) => _forced.Begin(exchange);

    public override void OnExchange(Exchange exchange) => _forced.End(exchange);

    public override void OnChange(ObjectChange change, Decided decided)
    {
        switch (change.New ?? change.Old)
        {
            case Node node when change.New is null:
                _nodesGone.Add(node.Metadata.Name!);
                break;
            case ReplicaSet set:
                var uid = set.Metadata.Uid!;
                _wanted[uid] = Math.Max(_wanted.GetValueOrDefault(uid), set.Spec.Replicas ?? 1);
                break;
            case Pod pod when PodFencing.IsFenced(pod):
                TakePod(change, pod);
                break;
        }
    }

    public override void OnContainer(ContainerChange change)
    {
        switch (change.Kind)
        {
            case ContainerChangeKind.Started when _ownerOf.ContainsKey(change.PodUid):
                _running[change.Id] = change;
                HoldOwner(change);
                if (IsOver(change))
                {
                    World.Loop.After(EndingMost, () => HoldOver(change));
                }

                break;
            case ContainerChangeKind.Exited or ContainerChangeKind.Removed:
                _running.Remove(change.Id);
                break;
        }
    }

    private void TakePod(ObjectChange change, Pod pod)
    {
        var uid = pod.Metadata.Uid!;
        _ownerOf[uid] = pod.Metadata.OwnerReferences.FirstOrDefault(
            owner => owner is { Controller: true, Kind: nameof(ReplicaSet) })?.Uid;
        if (change.New is not null)
        {
            _forced.Take(change, World.Loop.Now);
            return;
        }

        if (_forced.MayHave(change, pod, World.Loop.Now)
            || (pod.Spec.NodeName is { } node && _nodesGone.Contains(node)))
        {
            _givenUp.Add(uid);
            return;
        }

        _gone.Add(uid);
        if (_running.Values.FirstOrDefault(
            running => running.PodUid == uid && World.Runs(running.Machine)) is { } runs)
        {
            Violate($"{change.Key} is gone at {change.Sequence}, and {runs.Id} of it runs on {runs.Machine} since "
                + $"{runs.At:HH:mm:ss.ffffff}");
        }
    }

    private bool IsOver(ContainerChange change) =>
        _gone.Contains(change.PodUid) && !_givenUp.Contains(change.PodUid);

    private void HoldOver(ContainerChange began)
    {
        if (_running.ContainsKey(began.Id) && World.Runs(began.Machine) && IsOver(began))
        {
            Violate($"{began}, which must not run any more, and still does after {EndingMost.TotalSeconds} s");
        }
    }

    private void HoldOwner(ContainerChange began)
    {
        if (_ownerOf.GetValueOrDefault(began.PodUid) is not { } owner || _givenUp.Contains(began.PodUid))
        {
            return;
        }

        var others = _running.Values.Where(running => _ownerOf.GetValueOrDefault(running.PodUid) == owner
            && !_givenUp.Contains(running.PodUid) && World.Runs(running.Machine)).ToList();
        var pods = others.Select(running => running.PodUid).Append(began.PodUid).Distinct().Count();
        if (pods > _wanted.GetValueOrDefault(owner))
        {
            var there = string.Join(", ", others.Select(running => $"{running.Id} on {running.Machine}"));
            Violate($"{began} makes {pods} pods of a ReplicaSet that has wanted {_wanted.GetValueOrDefault(owner)} at "
                + $"most; there run {there}");
        }
    }
}
