namespace ActorOrchestrator.Agent.Nodes;

/// <summary>
/// Pods that the runtime holds though no worker has them. A worker that just ended explains one for a moment; one that
/// stays was left behind: a sandbox whose start was given up and came to its end
/// after all, when its pod was gone already.
/// </summary>
internal sealed class UnclaimedPods
{
    private SortedDictionary<string, DateTimeOffset> _firstSeen = new(StringComparer.Ordinal);

    /// <summary>Takes in what a list has without a worker; what it does not name any more is forgotten.</summary>
    public void See(IEnumerable<string> uids, DateTimeOffset at)
    {
        var still = new SortedDictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var uid in uids)
        {
            still[uid] = _firstSeen.GetValueOrDefault(uid, at);
        }

        _firstSeen = still;
    }

    /// <summary>Those that were seen at <paramref name="latest"/> or before, and in every list since.</summary>
    public List<string> Since(DateTimeOffset latest) =>
        [.. _firstSeen.Where(pod => pod.Value <= latest).Select(pod => pod.Key)];
}
