using ActorOrchestrator.Domain.ControllerRevisions;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.DaemonSets;

/// <summary>How a daemon's pod ended, if it did.</summary>
public enum PodEnd
{
    None,
    Failed,
    Succeeded,
}

/// <summary>A pod of a DaemonSet, as the arithmetic sees it.</summary>
public sealed record DaemonPod(string Name)
{
    /// <summary>Of the present revision.</summary>
    public bool IsNew { get; init; }

    /// <summary>It is known to exist: it was not only asked for.</summary>
    public bool IsConfirmed { get; init; } = true;

    /// <summary>How it stands is known. After a restart it is not until it has reported, and what is not known to be
    /// broken is not treated as such.</summary>
    public bool IsKnown { get; init; } = true;

    /// <summary>It was asked to go, or goes.</summary>
    public bool IsLeaving { get; init; }

    /// <summary>It was seen to go: it is no running pod any more.</summary>
    public bool IsTerminating { get; init; }

    public PodEnd End { get; init; }

    public bool IsBound { get; init; } = true;

    public bool IsReady { get; init; }

    /// <summary>From when on it is available; null while it is not ready.</summary>
    public DateTimeOffset? AvailableAt { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>It is to stay, and has not ended.</summary>
    public bool IsRunning => !IsLeaving && End == PodEnd.None;

    public bool IsAvailable(DateTimeOffset now) => IsRunning && AvailableAt <= now;
}

/// <summary>A node with the pods that a DaemonSet has there, the oldest first.</summary>
/// <param name="Name">The node's name.</param>
/// <param name="Fit">What it is to the set; null if there is no such node.</param>
/// <param name="Pods">Those that are there, and those asked for.</param>
public sealed record DaemonNode(string Name, NodeFit? Fit, IReadOnlyList<DaemonPod> Pods)
{
    public bool IsDesired => Fit == NodeFit.Fit;

    /// <summary>The pods that are to stay, one of the present revision and one older; null where there are more of
    /// either, which coverage takes away first.</summary>
    public (DaemonPod? New, DaemonPod? Old)? Pair()
    {
        DaemonPod? fresh = null, old = null;
        foreach (var pod in Pods.Where(pod => !pod.IsLeaving))
        {
            if ((pod.IsNew ? fresh : old) is not null)
            {
                return null;
            }

            (fresh, old) = pod.IsNew ? (pod, old) : (fresh, pod);
        }

        return (fresh, old);
    }
}

/// <summary>All nodes of a DaemonSet, by name: those that are judged, and those that its pods are for.</summary>
internal static class DaemonNodes
{
    public static IReadOnlyList<DaemonNode> Of(DaemonSetState state, string hash)
    {
        var minReady = state.Set!.Spec.MinReadySeconds;
        var pods = state.Claims.Values.OfType<PodClaim>()
            .Where(claim => !IsOver(claim) && NodeOf(claim) is not null)
            .ToLookup(claim => NodeOf(claim)!, claim => View(claim, hash, minReady));
        var nodes = new SortedDictionary<string, DaemonNode>(StringComparer.Ordinal);
        foreach (var node in state.Nodes ?? [])
        {
            nodes[node.Name] = new DaemonNode(node.Name, node.Fit, Sorted(pods[node.Name]));
        }

        foreach (var others in pods.Where(group => !nodes.ContainsKey(group.Key)))
        {
            nodes[others.Key] = new DaemonNode(others.Key, Fit: null, Sorted(others));
        }

        return [.. nodes.Values];
    }

    /// <summary>Where it is, or is to be.</summary>
    public static string? NodeOf(PodClaim claim) =>
        claim.Observation?.Node ?? (claim as DaemonPodClaim)?.Node ?? claim.Observation?.PinnedNode;

    public static string? HashOf(PodClaim claim) => claim.Observation is { } observation
        ? observation.Labels.GetValueOrDefault(RevisionHistory.HashLabel)
        : (claim as DaemonPodClaim)?.Hash;

    /// <summary>A pod that has ended and is going takes no place any more, whatever still holds the object.</summary>
    private static bool IsOver(PodClaim claim) =>
        claim.IsGone || claim.Refusal is not null || claim.Observation is { IsTerminating: true, IsFinished: true };

    private static DaemonPod View(PodClaim claim, string hash, int minReadySeconds) => new(claim.Name)
    {
        IsNew = HashOf(claim) == hash,
        IsConfirmed = claim.IsConfirmed,
        IsKnown = claim.IsObserved,
        IsLeaving = claim.IsDeletionRequested || claim.Observation is { IsTerminating: true },
        IsTerminating = claim.Observation is { IsTerminating: true },
        End = claim.Observation?.Phase switch
        {
            "Failed" => PodEnd.Failed,
            "Succeeded" => PodEnd.Succeeded,
            _ => PodEnd.None,
        },
        IsBound = claim.Observation is { Node: not null } || (claim.IsConfirmed && claim.Observation is null),
        IsReady = claim.Observation is { IsReady: true },
        AvailableAt = claim.Observation?.AvailableAt(minReadySeconds),
        CreatedAt = claim.Observation?.CreatedAt,
    };

    /// <summary>Those on their node before those that are not, then by age.</summary>
    private static IReadOnlyList<DaemonPod> Sorted(IEnumerable<DaemonPod> pods) =>
    [
        .. pods.OrderBy(pod => !pod.IsBound).ThenBy(pod => pod.CreatedAt ?? DateTimeOffset.MaxValue)
            .ThenBy(pod => pod.Name, StringComparer.Ordinal),
    ];
}
