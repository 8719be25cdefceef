using ActorOrchestrator.Domain.Scheduling.Scores;

namespace ActorOrchestrator.Domain.Scheduling;

/// <summary>
/// Finds the node for a pod of a class. Classes that place many pods get a <see cref="NodeRanking"/>; without
/// topology in play its root is the answer, exact over all nodes. Otherwise nodes are scanned from where the last scan
/// ended until enough candidates are found (large clusters are sampled, as kube-scheduler does; a pod that fits
/// anywhere is still always placed), and the best candidate wins.
/// </summary>
internal sealed class Placement(NodeTable nodes, Random tieBreaks)
{
    /// <summary>A ranking of 5,000 nodes takes 150 kB; the classes that are placing at a time are few.</summary>
    private const int RankingsMax = 128;

    /// <summary>Clusters up to this size are always looked at as a whole (kube-scheduler's
    /// minFeasibleNodesToFind).</summary>
    private const int CandidatesMin = 100;

    /// <summary>In larger ones so many nodes more add one candidate. The best of a few random nodes is already close to
    /// the best of all (the power of two choices); kube-scheduler's 5 to 50 % buys little for its time.</summary>
    private const int NodesPerCandidate = 50;

    private readonly List<PodClass> _ranked = [];
    private readonly Stack<NodeRanking> _spare = new();
    private int[] _slots = [];
    private int[] _points = [];
    private long[] _raw = [];
    private int _count;
    private int _scanFrom;
    private long _uses;

    /// <summary>The slot of the best node, or -1 when none will do.</summary>
    public int Choose(PodClass pods)
    {
        _uses++;
        pods.Choices++;
        if (pods.PinnedNodes is { } pinned)
        {
            return AmongPinned(pods, pinned);
        }

        var ranking = RankingOf(pods);
        ranking?.CatchUp();
        if (ranking is not null && !pods.Topology.Matters)
        {
            return ranking.Best();
        }

        Scan(pods, ranking);
        return BestCandidate(pods);
    }

    /// <summary>The class has no pods left.</summary>
    public void Forget(PodClass pods)
    {
        if (pods.Ranking is not { } ranking)
        {
            return;
        }

        _spare.Push(ranking);
        pods.Ranking = null;
        _ranked.Remove(pods);
    }

    private NodeRanking? RankingOf(PodClass pods)
    {
        if (pods.Ranking is null && !IsWorthRanking(pods))
        {
            return null;
        }

        if (pods.Ranking is null)
        {
            if (_ranked.Count == RankingsMax)
            {
                Forget(_ranked.MinBy(ranked => ranked.Ranking!.UsedAt)!);
            }

            if (!_spare.TryPop(out var ranking))
            {
                ranking = new NodeRanking(nodes);
            }

            ranking.Assign(pods, (uint)tieBreaks.Next());
            pods.Ranking = ranking;
            _ranked.Add(pods);
        }

        pods.Ranking.UsedAt = _uses;
        return pods.Ranking;
    }

    /// <summary>A ranking looks at every node once; scans look at a sample for each pod.</summary>
    private bool IsWorthRanking(PodClass pods) =>
        (long)Math.Max(pods.Waiting.Count, pods.Choices) * CandidatesWanted(nodes.AliveCount) > nodes.AliveCount;

    private int AmongPinned(PodClass pods, IReadOnlyList<string> pinned)
    {
        Reserve(pinned.Count);
        _count = 0;
        foreach (var name in pinned)
        {
            var slot = nodes.Find(name);
            if (slot >= 0 && pods.Fits(nodes, slot))
            {
                AddCandidate(pods, ranking: null, slot);
            }
        }

        return BestCandidate(pods);
    }

    private void Scan(PodClass pods, NodeRanking? ranking)
    {
        Reserve(nodes.Count);
        _count = 0;
        var wanted = CandidatesWanted(nodes.AliveCount);
        if (_scanFrom >= nodes.Count)
        {
            _scanFrom = 0;
        }

        var slot = _scanFrom;
        for (var looked = 0; looked < nodes.Count && _count < wanted; looked++)
        {
            var fits = ranking is null
                ? pods.Fits(nodes, slot)
                : ranking.PassesSpec(slot) && pods.FitsNow(nodes, slot);
            if (fits)
            {
                AddCandidate(pods, ranking, slot);
            }

            slot = slot + 1 == nodes.Count ? 0 : slot + 1;
        }

        _scanFrom = slot;
    }

    private static int CandidatesWanted(int alive) =>
        alive <= CandidatesMin ? alive : CandidatesMin + alive / NodesPerCandidate;

    private void AddCandidate(PodClass pods, NodeRanking? ranking, int slot)
    {
        _slots[_count] = slot;
        _points[_count] = (ranking?.SpecScore(slot) ?? PodClass.Sum(pods.SpecScores, nodes, slot))
            + PodClass.Sum(pods.LiveScores, nodes, slot);
        _count++;
    }

    private int BestCandidate(PodClass pods)
    {
        if (_count == 0)
        {
            return -1;
        }

        if (pods.Topology.SpreadScore is { } spread)
        {
            AddRelative(spread);
        }

        if (pods.Topology.AffinityScore is { } affinity)
        {
            AddRelative(affinity);
        }

        var seed = (uint)tieBreaks.Next();
        var best = 0;
        for (var i = 1; i < _count; i++)
        {
            if (_points[i] > _points[best] || (_points[i] == _points[best]
                && TieBreak.Of(seed, _slots[i]) > TieBreak.Of(seed, _slots[best])))
            {
                best = i;
            }
        }

        return _slots[best];
    }

    private void AddRelative(RelativeScore score)
    {
        var lowest = long.MaxValue;
        var highest = long.MinValue;
        for (var i = 0; i < _count; i++)
        {
            _raw[i] = score.Raw(nodes, _slots[i]);
            if (_raw[i] == RelativeScore.Unrated)
            {
                continue;
            }

            lowest = Math.Min(lowest, _raw[i]);
            highest = Math.Max(highest, _raw[i]);
        }

        for (var i = 0; i < _count; i++)
        {
            if (_raw[i] != RelativeScore.Unrated)
            {
                _points[i] += score.Weight * score.Normalize(_raw[i], lowest, highest);
            }
        }
    }

    private void Reserve(int candidates)
    {
        if (_slots.Length >= candidates)
        {
            return;
        }

        _slots = new int[candidates];
        _points = new int[candidates];
        _raw = new long[candidates];
    }
}
