namespace ActorOrchestrator.Simulator.Checks;

/// <summary>A value now and in the recent past: what was decided by a former one may still be on its way.</summary>
internal class RecentValues<T> where T : notnull
{
    /// <summary>Longer than a shard may be kept from answering.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private readonly Queue<(T Value, DateTimeOffset Until)> _former = new();
    private T? _now;
    private bool _isKnown;

    public void Take(T value, DateTimeOffset now)
    {
        if (_isKnown && !_now!.Equals(value))
        {
            _former.Enqueue((_now, now));
        }

        (_now, _isKnown) = (value, true);
        Forget(now);
    }

    /// <summary>All of them, the present one last; none when it has had none.</summary>
    public IReadOnlyList<T> Within(DateTimeOffset now)
    {
        Forget(now);
        return [.. _former.Select(former => former.Value), .. _isKnown ? (T[])[_now!] : []];
    }

    private void Forget(DateTimeOffset now)
    {
        while (_former.TryPeek(out var oldest) && oldest.Until + Kept < now)
        {
            _former.Dequeue();
        }
    }
}
