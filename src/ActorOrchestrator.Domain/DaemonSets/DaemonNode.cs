using ActorOrchestrator.Domain.ControllerRevisions;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.DaemonSets;

/// <summary>A node with the pods that a DaemonSet has there, the oldest first.</summary>
/// <param name="Name">The node's name.</param>
/// <param name="Fit">What it is to the set; null if there is no such node.</param>
/// <param name="Pods">Those that are there, and those asked for.</param>
public sealed record DaemonNode(string Name, NodeFit? Fit, IReadOnlyList<RevisionedPod> Pods)
{
    public bool IsDesired => Fit == NodeFit.Fit;

    /// <summary>The pods that are to stay, one of the present revision and one older; null where there are more of
    /// either, which coverage takes away first.</summary>
    public (RevisionedPod? New, RevisionedPod? Old)? Pair()
    {
        RevisionedPod? fresh = null, old = null;
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
            .ToLookup(claim => NodeOf(claim)!, claim => RevisionedPod.Of(claim, HashOf(claim), hash, minReady));
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

    public static string? HashOf(PodClaim claim) =>
        RevisionedPod.RevisionOf(claim, (claim as DaemonPodClaim)?.Hash);

    /// <summary>A pod that has ended and is going takes no place any more, whatever still holds the object.</summary>
    private static bool IsOver(PodClaim claim) =>
        claim.IsGone || claim.Refusal is not null || claim.Observation is { IsTerminating: true, IsFinished: true };

    /// <summary>Those on their node before those that are not, then by age.</summary>
    private static IReadOnlyList<RevisionedPod> Sorted(IEnumerable<RevisionedPod> pods) =>
    [
        .. pods.OrderBy(pod => !pod.IsBound).ThenBy(pod => pod.CreatedAt ?? DateTimeOffset.MaxValue)
            .ThenBy(pod => pod.Name, StringComparer.Ordinal),
    ];
}
