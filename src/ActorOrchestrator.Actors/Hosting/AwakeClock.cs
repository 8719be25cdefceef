namespace ActorOrchestrator.Actors.Hosting;

/// <summary>
/// The time that this process was awake, as far as it was looked at: the detector is asked ten times a second for each
/// peer, on the threads that hear the peers, so a longer time between two looks is one in which they could not have
/// been heard.
/// <code>
///   looks   | | | | |          frozen          | | | |
///   this    0 1 2 3 4                          6.5 7 8 9   tenths of a second
/// </code>
/// </summary>
internal sealed class AwakeClock(TimeProvider time)
{
    /// <summary>The most that counts between two looks.</summary>
    public static readonly TimeSpan LongestGap = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private long _seen = time.GetTimestamp();
    private TimeSpan _awake;

    /// <returns>Milliseconds; a look of its own.</returns>
    public long Read()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var gap = time.GetElapsedTime(_seen, now);
            _awake += gap < LongestGap ? gap : LongestGap;
            _seen = now;
            return (long)_awake.TotalMilliseconds;
        }
    }
}
