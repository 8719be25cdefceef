using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Agent.Pods;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Statics;

/// <summary>
/// The static pods of a node among its workers' pods, and their mirrors. A pod whose file says something else is ended
/// first; the next one begins when it is gone. Used in the agent's turn only.
/// </summary>
internal sealed class StaticPodSet(WorkerSet workers)
{
    private readonly SortedDictionary<string, Pod> _mirrors = new(StringComparer.Ordinal);

    /// <summary>Wanted ones, and those that are to end.</summary>
    private readonly HashSet<string> _uids = new(StringComparer.Ordinal);

    private ManifestReading _reading = ManifestReading.None;

    public IReadOnlyCollection<string> Uids => _uids;

    /// <summary>Takes what the files say.</summary>
    /// <returns>The problems that are new.</returns>
    public IReadOnlyList<KeyValuePair<string, string>> Take(ManifestReading reading)
    {
        var known = _reading.Problems;
        _reading = reading;
        return [.. reading.Problems.Where(each => known.GetValueOrDefault(each.Key) != each.Value)];
    }

    /// <summary>Takes up what was begun before the agent was started anew.</summary>
    /// <param name="inventory">What runs.</param>
    /// <param name="statuses">By uid: what the API tells of the pods.</param>
    /// <returns>Those that no file names any more; they are to be ended.</returns>
    public IReadOnlyList<string> Recover(RuntimeInventory inventory, IReadOnlyDictionary<string, PodStatus> statuses)
    {
        var wanted = Wanted();
        var former = inventory.Pods
            .Where(pod => StaticPods.IsOfNode(pod.Value.Sandbox.Annotations) && !wanted.ContainsKey(pod.Key))
            .Select(pod => pod.Key).ToList();
        _uids.UnionWith(former);
        foreach (var (uid, pod) in wanted)
        {
            var remains = inventory.Pods.GetValueOrDefault(uid)?.Remains;
            if (remains is not null || statuses.ContainsKey(uid))
            {
                _uids.Add(uid);
                workers.Desire(
                    pod with { Status = statuses.GetValueOrDefault(uid, pod.Status) }, remains ?? PodRemains.None);
            }
        }

        return former;
    }

    /// <summary>Ends what no file names, and begins what can begin.</summary>
    public void Settle()
    {
        var wanted = Wanted();
        _uids.RemoveWhere(uid => !workers.Has(uid) && !wanted.ContainsKey(uid));
        foreach (var uid in _uids.Where(uid => !wanted.ContainsKey(uid)).ToList())
        {
            workers.Remove(uid, isForced: false);
        }

        foreach (var (uid, pod) in wanted)
        {
            var isTaken = workers.Has(uid) || workers.Pods.Any(former =>
                IsSameName(former, pod) && _uids.Contains(former.Metadata.Uid ?? ""));
            if (!isTaken)
            {
                _uids.Add(uid);
                workers.Desire(pod, PodRemains.None);
            }
        }
    }

    /// <summary>A mirror is new, or has changed.</summary>
    public void TakeMirror(Pod mirror)
    {
        _mirrors[mirror.Metadata.Uid ?? ""] = mirror;
        if (!IsOutlived(mirror) && StaticPods.UidOnNode(mirror) is { } uid && workers.Has(uid)
            && Wanted().GetValueOrDefault(uid) is { } pod)
        {
            workers.Desire(pod with { Status = mirror.Status }, PodRemains.None);
        }
    }

    /// <summary>These are all.</summary>
    public void TakeMirrors(IEnumerable<Pod> mirrors)
    {
        _mirrors.Clear();
        foreach (var mirror in mirrors)
        {
            TakeMirror(mirror);
        }
    }

    public bool ForgetMirror(string mirrorUid) => _mirrors.Remove(mirrorUid);

    public IEnumerable<MirrorStep> MirrorSteps() =>
        MirrorPlan.Next(_reading.Pods, _mirrors.Values, workers.Has, IsOutlived, workers.Node);

    /// <summary>It shows that the pod was ended when the machine was shut down, which was before the agent
    /// began.</summary>
    private bool IsOutlived(Pod mirror) => !workers.IsClosed && NodeShutdown.HasEnded(mirror.Status);

    private Dictionary<string, Pod> Wanted() =>
        _reading.Pods.ToDictionary(pod => pod.Metadata.Uid ?? "", StringComparer.Ordinal);

    private static bool IsSameName(Pod one, Pod other) =>
        one.Metadata.Name == other.Metadata.Name && one.Metadata.Namespace == other.Metadata.Namespace;
}
