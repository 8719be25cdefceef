namespace ActorOrchestrator.Domain;

/// <summary>Sums of times and spans that clients give: neither has to be near to now.</summary>
public static class LaterTime
{
    /// <summary>The last time on the wire, which has whole seconds.</summary>
    public static readonly DateTimeOffset End = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    /// <summary>So many seconds later, in UTC; at most <see cref="End"/>.</summary>
    public static DateTimeOffset Later(this DateTimeOffset time, long seconds) =>
        seconds >= (End - time).TotalSeconds ? End : time.ToUniversalTime().AddSeconds(seconds);

    /// <summary>A span later, in UTC; at most <see cref="End"/>.</summary>
    public static DateTimeOffset Later(this DateTimeOffset time, TimeSpan span) =>
        span >= End - time ? End : time.ToUniversalTime() + span;
}
