using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>One ReplicaSet and how many pods it has.</summary>
internal sealed class CountedSet
{
    /// <summary>Null before it was seen and after it is gone.</summary>
    public ReplicaSet? Set { get; set; }

    /// <summary>Pods of its that may run: selected by its labels, neither finished nor terminating.</summary>
    public int Active { get; private set; }

    /// <summary>Those of them that were made by somebody else.</summary>
    public int Adopted { get; private set; }

    /// <summary>The most active pods that it had before one of them went, within its present size: up to there a new
    /// pod replaces another.</summary>
    public int MostBefore { get; private set; }

    /// <summary>Its pods that are not finished, terminating ones among them.</summary>
    public int Unfinished { get; private set; }

    /// <summary>The most that it was ever to have.</summary>
    public int LargestSize { get; set; }

    public int Size => Set?.Spec.Replicas ?? (Set is null ? 0 : 1);

    /// <summary>How many pods it has, or may come to have without being asked again. Pods that it finds and adopts are
    /// nobody's doing; more than it was ever asked for it can only show because of them.</summary>
    public int Level =>
        Math.Max(Size, Math.Max(Math.Min(Set?.Status.Replicas ?? 0, LargestSize), Active - Adopted));

    public void Count(int sign, bool isActive, bool isAdopted)
    {
        Unfinished += sign;
        if (isActive)
        {
            MostBefore = sign < 0 ? Math.Max(MostBefore, Active) : MostBefore;
            Active += sign;
            Adopted += isAdopted ? sign : 0;
        }
    }

    /// <summary>It was made smaller: what it had beyond that is not to be replaced.</summary>
    public void Shrink() => MostBefore = Math.Min(MostBefore, Size);

    public string? OwnerUid => RolloutBook.ControllerOf(Set);

    public override string ToString() =>
        $"{Set?.Metadata.Name} of {Size} ({Active} active, {Set?.Status.Replicas} shown, "
        + $"{Set?.Status.AvailableReplicas} available)";
}

/// <summary>Which pods count for which ReplicaSet, and which ReplicaSets for which Deployment, kept up to date change
/// by change.</summary>
internal sealed class RolloutBook
{
    private readonly Dictionary<string, CountedSet> _sets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CountedPod> _pods = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<string, CountedSet>> _setsOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Deployment> _deployments = new(StringComparer.Ordinal);

    public Deployment? Find(string? deploymentUid) =>
        deploymentUid is null ? null : _deployments.GetValueOrDefault(deploymentUid);

    /// <summary>The ReplicaSet of this uid; one without an object if it was not seen yet.</summary>
    public CountedSet SetOf(string uid)
    {
        if (!_sets.TryGetValue(uid, out var set))
        {
            _sets.Add(uid, set = new CountedSet());
        }

        return set;
    }

    /// <summary>The existing ReplicaSets that a Deployment controls, by uid.</summary>
    public IReadOnlyCollection<CountedSet> SetsOf(string deploymentUid) =>
        _setsOf.TryGetValue(deploymentUid, out var sets) ? sets.Values : [];

    /// <summary>How many pods a Deployment has, or may come to have without asking for more.</summary>
    public int LevelOf(string deploymentUid)
    {
        var level = 0;
        foreach (var set in SetsOf(deploymentUid))
        {
            level += set.Level;
        }

        return level;
    }

    public void Take(Deployment? old, Deployment? now)
    {
        if (old is not null && old.Metadata.Uid != now?.Metadata.Uid)
        {
            _deployments.Remove(old.Metadata.Uid!);
        }

        if (now is not null)
        {
            _deployments[now.Metadata.Uid!] = now;
        }
    }

    public void Take(ReplicaSet? old, ReplicaSet? now)
    {
        if (old is not null && old.Metadata.Uid != now?.Metadata.Uid)
        {
            SetOf(old.Metadata.Uid!).Set = null;
        }

        if (ControllerOf(old) is { } former && (former != ControllerOf(now) || old!.Metadata.Uid != now?.Metadata.Uid))
        {
            _setsOf.GetValueOrDefault(former)?.Remove(old!.Metadata.Uid!);
        }

        if (now is null)
        {
            return;
        }

        var set = SetOf(now.Metadata.Uid!);
        set.Set = now;
        set.LargestSize = Math.Max(set.LargestSize, set.Size);
        set.Shrink();
        if (ControllerOf(now) is { } owner)
        {
            if (!_setsOf.TryGetValue(owner, out var sets))
            {
                _setsOf.Add(owner, sets = new SortedDictionary<string, CountedSet>(StringComparer.Ordinal));
            }

            sets[now.Metadata.Uid!] = set;
        }
    }

    /// <returns>The set that the pod newly counts for as active; null if it did already, or does not.</returns>
    public CountedSet? Take(ObjectChange change, Pod? old, Pod? now)
    {
        if (old is not null && _pods.Remove(old.Metadata.Uid!, out var before))
        {
            before.Count(-1);
        }
        else
        {
            before = null;
        }

        if (now is null || ControllerOf(now) is not { } owner || SetOf(owner) is not { Set: { } replicas } set
            || !IsSelected(replicas, now) || now.Status.Phase is "Succeeded" or "Failed")
        {
            return null;
        }

        var isActive = now.Metadata.DeletionTimestamp is null;
        var isAdopted = before?.IsAdopted ?? (change.Old is not null && ControllerOf(old) != owner);
        var counted = new CountedPod(set, isActive, isAdopted);
        _pods[now.Metadata.Uid!] = counted;
        counted.Count(1);
        return isActive && before is not { IsActive: true } ? set : null;
    }

    public static string? ControllerOf(KubeObject? value)
    {
        if (value is not null)
        {
            foreach (var reference in value.Metadata.OwnerReferences)
            {
                if (reference.Controller == true)
                {
                    return reference.Uid;
                }
            }
        }

        return null;
    }

    private static bool IsSelected(ReplicaSet set, Pod pod)
    {
        foreach (var (key, value) in set.Spec.Selector?.MatchLabels ?? ValueMap<string>.Empty)
        {
            if (pod.Metadata.Labels.GetValueOrDefault(key) != value)
            {
                return false;
            }
        }

        return true;
    }

    private sealed record CountedPod(CountedSet Set, bool IsActive, bool IsAdopted)
    {
        public void Count(int sign) => Set.Count(sign, IsActive, IsAdopted);
    }
}
