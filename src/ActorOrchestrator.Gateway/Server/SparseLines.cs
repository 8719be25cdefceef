namespace ActorOrchestrator.Gateway.Server;

/// <summary>Shows of many lines alike one now and then, and with it how many were left out since. What it remembers is
/// bounded: past that many kinds all others are one.</summary>
/// <param name="every">How often a kind is shown at most.</param>
/// <param name="others">The kind of what it has no room for.</param>
/// <param name="time">Measures that.</param>
public sealed class SparseLines<TKind>(TimeSpan every, TKind others, TimeProvider time)
    where TKind : notnull
{
    public const int KindsMax = 100;

    private readonly Lock _lock = new();
    private readonly Dictionary<TKind, Line> _lines = [];

    /// <returns>How many of its kind were left out since the last one that was shown; null: leave this one out,
    /// too.</returns>
    public long? Show(TKind kind)
    {
        lock (_lock)
        {
            if (_lines.Count >= KindsMax && !_lines.ContainsKey(kind))
            {
                Forget();
                kind = _lines.Count < KindsMax ? kind : others;
            }

            if (_lines.TryGetValue(kind, out var before) && IsFresh(before))
            {
                _lines[kind] = before with { Hidden = before.Hidden + 1 };
                return null;
            }

            _lines[kind] = new(time.GetTimestamp(), 0);
            return before.Hidden;
        }
    }

    /// <summary>What was not shown of kinds that are forgotten is told with the others.</summary>
    private void Forget()
    {
        var old = _lines.Where(line => !IsFresh(line.Value)).ToList();
        foreach (var (kind, _) in old)
        {
            _lines.Remove(kind);
        }

        if (old.Sum(line => line.Value.Hidden) is > 0 and var hidden)
        {
            var known = _lines.GetValueOrDefault(others, old[0].Value with { Hidden = 0 });
            _lines[others] = known with { Hidden = known.Hidden + hidden };
        }
    }

    private bool IsFresh(Line line) => time.GetElapsedTime(line.ShownAt) < every;

    /// <param name="ShownAt">When one was shown last, as a timestamp.</param>
    /// <param name="Hidden">How many were not shown since.</param>
    private readonly record struct Line(long ShownAt, long Hidden);
}
