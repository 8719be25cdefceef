using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Actors;

/// <summary>
/// The machine's clock, which never goes back. Decisions compare the time with times that they noted earlier; a clock
/// that is set back by an hour would make each of them wait for that hour. When the machine's clock goes back, this one
/// goes on at half speed until the other has caught up, so that every wait is at least as long as was asked for. When
/// the machine's clock leaps ahead (it was set, or the machine slept), this one follows at once.
/// <code>
///  machine  12:00 ── set back ── 11:00 ──── 12:00 ──── 13:00 ── 14:00
///  this     12:00 ───────────────12:00 ──── 12:30 ──── 13:00 ── 14:00
/// </code>
/// A new process starts with the machine's time.
/// </summary>
public sealed partial class SteadyClock : TimeProvider
{
    /// <summary>While it waits for the machine's clock, a second of this clock takes so many.</summary>
    private const int SecondsASecond = 2;

    /// <summary>A change of the machine's clock that is worth a line in the log.</summary>
    private static readonly TimeSpan Notable = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _machine;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private Reading _last;

    public SteadyClock(TimeProvider machine, ILogger logger)
    {
        _machine = machine;
        _logger = logger;
        var now = machine.GetUtcNow();
        _last = new Reading(machine.GetTimestamp(), now, now.UtcTicks * SecondsASecond);
    }

    public override TimeZoneInfo LocalTimeZone => _machine.LocalTimeZone;

    public override long TimestampFrequency => _machine.TimestampFrequency;

    public override DateTimeOffset GetUtcNow()
    {
        TimeSpan leap;
        DateTimeOffset now;
        lock (_lock)
        {
            var machine = _machine.GetUtcNow();
            var timestamp = _machine.GetTimestamp();
            var elapsed = _machine.GetElapsedTime(_last.Timestamp, timestamp);
            leap = machine - _last.Machine - elapsed;
            var told = Math.Max(machine.UtcTicks * SecondsASecond, _last.Told + elapsed.Ticks);
            now = new DateTimeOffset(told / SecondsASecond, TimeSpan.Zero);
            _last = new Reading(timestamp, machine, told);
        }

        if (leap.Duration() > Notable)
        {
            LogLeap(leap.TotalSeconds);
        }

        return now;
    }

    public override long GetTimestamp() => _machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _machine.CreateTimer(callback, state, dueTime, period);

    [LoggerMessage(1030, LogLevel.Warning, "The machine's clock leapt by {Seconds:0.0} s")]
    private partial void LogLeap(double seconds);

    /// <summary>What was read last.</summary>
    /// <param name="Timestamp">Of the machine.</param>
    /// <param name="Machine">The machine's time.</param>
    /// <param name="Told">What was told then, in the <see cref="SecondsASecond"/>th part of a tick: who reads the clock
    /// at each tick must not make it stand still.</param>
    private readonly record struct Reading(long Timestamp, DateTimeOffset Machine, long Told);
}
