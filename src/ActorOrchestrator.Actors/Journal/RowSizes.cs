namespace ActorOrchestrator.Actors.Journal;

/// <summary>How large the journal's rows are together, from any of them to the last: noted once a
/// <see cref="Step"/>, so answers are up to a step and a row too small.</summary>
internal sealed class RowSizes
{
    internal const int Step = 1 << 20;

    private readonly Queue<Mark> _marks = new();
    private long _total;
    private long _nextMark = Step;

    /// <summary>Rows come in the order of the journal.</summary>
    public void Add(long ordering, int bytes)
    {
        _total += bytes;
        if (_total >= _nextMark)
        {
            _marks.Enqueue(new Mark(ordering, _total));
            _nextMark = _total + Step;
        }
    }

    /// <summary>The first row known after which the rows have at most so many bytes together; 0 when all have no
    /// more.</summary>
    public long OrderingBefore(long bytes) =>
        _total <= bytes ? 0 : _marks.FirstOrDefault(mark => _total - mark.Total <= bytes).Ordering;

    /// <summary>Nobody asks about what is before this row any more.</summary>
    public void Forget(long ordering)
    {
        while (_marks.TryPeek(out var mark) && mark.Ordering < ordering)
        {
            _marks.Dequeue();
        }
    }

    /// <param name="Ordering">Of a row.</param>
    /// <param name="Total">Bytes up to and with it, since this process started to read.</param>
    private readonly record struct Mark(long Ordering, long Total);
}
