namespace ActorOrchestrator.Domain.Nodes;

/// <summary>How many lost nodes are emptied, and how fast.</summary>
public sealed record DampingSettings
{
    public static readonly DampingSettings Default = new();

    /// <summary>Nodes that are emptied at once: so many, or this share of all, whichever is more.</summary>
    public int AtOnce { get; init; } = 2;

    public double AtOnceShare { get; init; } = 0.01;

    /// <summary>After those another one each time this has passed, or this share of all a second, whichever is
    /// more.</summary>
    public TimeSpan EachAfter { get; init; } = TimeSpan.FromSeconds(10);

    public double ShareASecond { get; init; } = 0.001;

    /// <summary>From this share of lost nodes on, if they are more than two, a tenth of the above, and one at
    /// once.</summary>
    public double SlowFrom { get; init; } = 0.3;

    /// <summary>From this share on, none.</summary>
    public double HoldFrom { get; init; } = 0.55;

    /// <summary>After that, so long for those that are still lost to come back as the others did.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>What is done about lost nodes.</summary>
internal enum EvictionMode
{
    /// <summary>They are emptied.</summary>
    Prompt,

    /// <summary>One after the other, slowly.</summary>
    Slow,

    /// <summary>Not at all.</summary>
    Held,
}

/// <summary>
/// Whether lost nodes are emptied now (the rate limits of kube-controller-manager's node life cycle). One machine that
/// dies is replaced at once. The more are lost at the same time, the more likely it is that not they are lost but those
/// who look, and that what would replace their pods is not enough:
/// <code>
///   lost                          of 3        of 10        of 5,000
///   less than 30 %, or up to 2    1: at once  2: at once   50 at once, then 5/s
///   from 30 %                     -           3: slowly    1,500: 0.5/s
///   from 55 %, all                2: none     6: none      2,750: none
/// </code>
/// </summary>
internal sealed class EvictionDamping(DampingSettings settings)
{
    private const int FewNodes = 2;
    private const double SlowPart = 0.1;

    private readonly HashSet<string> _nodes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _lost = new(StringComparer.Ordinal);
    private readonly HashSet<string> _admitted = new(StringComparer.Ordinal);
    private double? _tokens;
    private DateTimeOffset _filledAt;
    private DateTimeOffset _settledAt = DateTimeOffset.MinValue;

    public EvictionMode Mode { get; private set; }

    /// <summary>How things stand, for people.</summary>
    public string Count => $"{_lost.Count} of {_nodes.Count} nodes are lost";

    public bool IsSettling(DateTimeOffset now) => Mode != EvictionMode.Held && now < _settledAt;

    public void Observe(string node, bool exists, bool isLost)
    {
        _ = exists ? _nodes.Add(node) : _nodes.Remove(node);
        if (isLost)
        {
            _lost.Add(node);
        }
        else
        {
            _lost.Remove(node);
            _admitted.Remove(node);
        }
    }

    /// <summary>Draws the conclusion from what was observed. While most are lost, what was admitted before waits,
    /// too.</summary>
    public void Judge(DateTimeOffset now)
    {
        var before = Mode;
        var share = _nodes.Count == 0 ? 0 : (double)_lost.Count / _nodes.Count;
        Mode = share >= settings.HoldFrom ? EvictionMode.Held
            : share >= settings.SlowFrom && _lost.Count > FewNodes ? EvictionMode.Slow
            : EvictionMode.Prompt;
        Fill(now);
        if (Mode == EvictionMode.Held)
        {
            _admitted.Clear();
        }
        else if (before == EvictionMode.Held)
        {
            _settledAt = now + settings.Settle;
        }
    }

    /// <summary>Whether a lost node is to be emptied now. One that was admitted stays so until it is back.</summary>
    public bool Admits(string node, DateTimeOffset now)
    {
        if (_admitted.Contains(node))
        {
            return true;
        }

        Fill(now);
        if (Mode == EvictionMode.Held || now < _settledAt || _tokens < 1)
        {
            return false;
        }

        _tokens--;
        return _admitted.Add(node);
    }

    /// <summary>When one that was not admitted may be; null: not by waiting.</summary>
    public DateTimeOffset? Next(DateTimeOffset now)
    {
        if (Mode == EvictionMode.Held)
        {
            return null;
        }

        Fill(now);
        var filled = now + TimeSpan.FromSeconds(Math.Ceiling(1_000 * Math.Max(0, 1 - _tokens!.Value) / Rate) / 1_000);
        return filled > _settledAt ? filled : _settledAt;
    }

    private double Rate => Math.Max(1 / settings.EachAfter.TotalSeconds, settings.ShareASecond * _nodes.Count)
        * (Mode == EvictionMode.Slow ? SlowPart : 1);

    private double Most => Mode == EvictionMode.Slow
        ? 1
        : Math.Max(settings.AtOnce, Math.Floor(settings.AtOnceShare * _nodes.Count));

    private void Fill(DateTimeOffset now)
    {
        var passed = _tokens is null || now < _filledAt ? TimeSpan.Zero : now - _filledAt;
        _tokens = Math.Min(Most, (_tokens ?? Most) + (passed.TotalSeconds * Rate));
        _filledAt = now;
    }
}
