namespace ActorOrchestrator.Simulator.Time;

/// <summary>A process's clocks: the wall clock may be wrong and may jump; the one that measures spans never
/// does.</summary>
public sealed class ProcessClock(SimulatedProcess process) : TimeProvider
{
    /// <summary>How far the wall clock is ahead of the world's (behind when negative).</summary>
    public TimeSpan Skew { get; set; }

    /// <summary>Armed timers: what leaks shows here.</summary>
    public int TimersArmed { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => process.Loop.Now + Skew;

    public override long GetTimestamp() => process.Loop.Now.UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, process, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(ProcessClock clock, SimulatedProcess process, TimerCallback callback, object? state)
        : ITimer
    {
        private long _arming;
        private bool _isArmed;
        private bool _isDisposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (_isDisposed)
            {
                return false;
            }

            Disarm();
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                Arm(dueTime, period);
            }

            return true;
        }

        public void Dispose()
        {
            Disarm();
            _isDisposed = true;
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Arm(TimeSpan dueTime, TimeSpan period)
        {
            var arming = ++_arming;
            _isArmed = true;
            clock.TimersArmed++;
            process.Loop.After(dueTime, () => process.Enter(() => Ring(arming, period)));
        }

        private void Ring(long arming, TimeSpan period)
        {
            if (arming != _arming || !_isArmed)
            {
                return;
            }

            Disarm();
            if (period != Timeout.InfiniteTimeSpan && period > TimeSpan.Zero)
            {
                Arm(period, period);
            }

            callback(state);
        }

        private void Disarm()
        {
            clock.TimersArmed -= _isArmed ? 1 : 0;
            _isArmed = false;
        }
    }
}
