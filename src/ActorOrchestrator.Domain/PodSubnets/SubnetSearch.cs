namespace ActorOrchestrator.Domain.PodSubnets;

/// <summary>
/// Looks for a subnet that is free: one that nobody has had comes first, the lowest; then the one whose node has been
/// gone for longest, if that is long enough. The table may grow meanwhile.
/// </summary>
internal sealed class SubnetSearch
{
    private readonly SubnetSettings _settings;
    private readonly SubnetTable _table;
    private readonly DateTimeOffset _now;
    private readonly long _parts;
    private readonly HashSet<long> _taken = [];
    private long _next;

    public SubnetSearch(SubnetSettings settings, SubnetTable table, DateTimeOffset now)
    {
        (_settings, _table, _now) = (settings, table, now);
        _parts = 1L << (settings.NodePrefix - settings.Cluster.Prefix);
        foreach (var subnet in table.Claims.Keys.Where(settings.Cluster.Overlaps))
        {
            Take(subnet);
        }
    }

    /// <summary>When one becomes free that was looked for in vain; null: none was, or none does.</summary>
    public DateTimeOffset? NextFree { get; private set; }

    public Subnet? Find(SubnetWish wish)
    {
        var found = wish.Preferred is { } preferred && IsFree(preferred) ? preferred
            : wish.IsFixed ? null
            : Unused() ?? LongestGone();
        if (found is { } subnet)
        {
            foreach (var former in _table.Overlapping(subnet))
            {
                _table.Remove(former);
            }

            Take(subnet);
        }

        return found;
    }

    public string Refusal(SubnetWish wish)
    {
        if (wish is { IsFixed: true, Preferred: { } only })
        {
            var other = _table.Overlapping(only)[0];
            return $"{only} (its setting node.pod-subnet) overlaps {other}, which is "
                + $"{_table.Claims[other].Node}'s: set another one, or none";
        }

        return $"all {_parts} subnets of {_settings.Cluster} are in use, or were until lately "
            + $"(network.subnet-reuse-after): make network.cluster-cidr larger";
    }

    private void Take(Subnet subnet)
    {
        var size = 1L << (32 - _settings.NodePrefix);
        var first = Math.Max(0, (subnet.Start - (long)_settings.Cluster.Start) / size);
        var last = Math.Min(_parts - 1, (subnet.Start + subnet.Size - 1 - _settings.Cluster.Start) / size);
        for (var part = first; part <= last; part++)
        {
            _taken.Add(part);
        }
    }

    /// <summary>Whether nobody has it, or nobody for long enough.</summary>
    private bool IsFree(Subnet subnet)
    {
        var due = _table.Overlapping(subnet).Select(other => DueOf(_table.Claims[other]))
            .DefaultIfEmpty(DateTimeOffset.MinValue).Max();
        return due <= _now;
    }

    private Subnet? Unused()
    {
        while (_next < _parts && _taken.Contains(_next))
        {
            _next++;
        }

        return _next < _parts
            ? new Subnet(
                _settings.Cluster.Start + (uint)(_next << (32 - _settings.NodePrefix)), _settings.NodePrefix)
            : null;
    }

    private Subnet? LongestGone()
    {
        var gone = _table.Claims
            .Where(entry => entry.Value.GoneAt is not null && entry.Key.Prefix == _settings.NodePrefix
                && _settings.Cluster.Contains(entry.Key))
            .OrderBy(entry => entry.Value.GoneAt).ThenBy(entry => entry.Key).Select(entry => entry.Key).ToList();
        if (gone.Count == 0)
        {
            return null;
        }

        var due = DueOf(_table.Claims[gone[0]]);
        if (due <= _now)
        {
            return gone[0];
        }

        NextFree = due;
        return null;
    }

    private DateTimeOffset DueOf(SubnetClaim claim) =>
        claim.GoneAt is { } gone ? gone.Later(_settings.ReuseAfter) : DateTimeOffset.MaxValue;
}
