namespace ActorOrchestrator.Actors.Journal;

/// <summary>How far this member is behind what others said they committed. What they did not say, it does not know
/// of.</summary>
public sealed class JournalLag(TimeProvider time)
{
    private readonly Lock _lock = new();
    private long _told;
    private long _waitsFor;
    private long _since;

    /// <summary>Another member has committed rows up to an ordering.</summary>
    /// <param name="ordering">The last of them.</param>
    /// <param name="folded">The last one that was folded here.</param>
    public void Tell(long ordering, long folded)
    {
        lock (_lock)
        {
            _told = Math.Max(_told, ordering);
            if (ordering > folded && folded >= _waitsFor)
            {
                (_waitsFor, _since) = (ordering, time.GetTimestamp());
            }
        }
    }

    public long Rows(long folded)
    {
        lock (_lock)
        {
            return Math.Max(0, _told - folded);
        }
    }

    /// <summary>Since when the first row is waited for that was told of and is not folded.</summary>
    public TimeSpan Time(long folded)
    {
        lock (_lock)
        {
            return folded >= _waitsFor ? TimeSpan.Zero : time.GetElapsedTime(_since);
        }
    }
}
