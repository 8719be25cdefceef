using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Machines;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// Fenced pods never run twice, whatever happens to machines, agents, members and clocks. Judged from the containers,
/// at each start, at each end of a pod, and twice a second, for what was frozen begins nothing when it goes on:
/// <list type="bullet">
/// <item>Such a pod is gone only when nothing of it runs, and nothing of it runs later.</item>
/// <item>Of a ReplicaSet no more of them run at the same time than it has ever wanted.</item>
/// </list>
/// But for pods that somebody has said to be gone: by force, or by deleting their node. What is on a frozen machine
/// does not run, and nobody there can look at the lease. So when it thaws, what was given up meanwhile has a moment
/// (<see cref="World.Runs"/>) in which the guard looks, for the lease is over by a clock that went on. It must not run
/// after that, whether or not the agent lives or hears anything. What the machine had begun when it froze it may
/// finish, and ends at once.
/// </summary>
internal sealed class FencedPodCheck() : PeriodicCheck(s_lookEvery)
{
    /// <summary>What a machine begins that must not is over within that.</summary>
    private static readonly TimeSpan EndingMost = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(500);

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
                if (_ownerOf[change.PodUid] is { } owner)
                {
                    HoldOwner(owner, change.ToString());
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
        if (Running().FirstOrDefault(running => running.PodUid == uid) is { } runs)
        {
            Violate($"{change.Key} is gone at {change.Sequence}, and {runs.Id} of it runs on {runs.Machine} since "
                + $"{runs.At:HH:mm:ss.ffffff}");
        }
    }

    protected override void Look()
    {
        if (Running().FirstOrDefault(
            running => _gone.Contains(running.PodUid) && running.At + EndingMost < World.Loop.Now) is { } over)
        {
            Violate($"{over}, since {over.At:HH:mm:ss.ffffff}, still runs, and its pod is gone");
        }

        foreach (var owner in _running.Values.Select(running => _ownerOf[running.PodUid]).OfType<string>().Distinct())
        {
            HoldOwner(owner, "its machine");
        }
    }

    /// <summary>What runs on machines that do.</summary>
    private IEnumerable<ContainerChange> Running() => _running.Values.Where(
        running => !_givenUp.Contains(running.PodUid) && World.Runs(running.Machine));

    private void HoldOwner(string owner, string why)
    {
        var there = Running().Where(running => _ownerOf[running.PodUid] == owner).ToList();
        var pods = there.Select(running => running.PodUid).Distinct().Count();
        if (pods > _wanted.GetValueOrDefault(owner))
        {
            Violate($"{pods} pods run of a ReplicaSet that has wanted {_wanted.GetValueOrDefault(owner)} at most, "
                + $"seen at {why}: {string.Join(", ", there.Select(running => $"{running.Id} on {running.Machine}"))}");
        }
    }
}
