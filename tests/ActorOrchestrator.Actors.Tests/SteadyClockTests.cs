using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Actors.Tests;

/// <summary>Times in minutes after the start.</summary>
public sealed class SteadyClockTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Machine _machine = new();
    private readonly SteadyClock _clock;

    public SteadyClockTests() => _clock = new SteadyClock(_machine, NullLogger.Instance);

    private double Minutes => (_clock.GetUtcNow() - Start).TotalMinutes;

    [Fact]
    public void It_tells_the_machines_time()
    {
        Assert.Equal(0, Minutes);
        _machine.Pass(minutes: 5);
        Assert.Equal(5, Minutes);
    }

    [Fact]
    public void It_follows_a_leap_ahead_at_once()
    {
        _machine.Set(byMinutes: 60);
        Assert.Equal(60, Minutes);
        _machine.Pass(minutes: 1);
        Assert.Equal(61, Minutes);
    }

    [Fact]
    public void When_the_machine_is_set_back_it_goes_on_at_half_speed_until_they_meet()
    {
        _machine.Set(byMinutes: -60);
        double[] told = [.. Enumerable.Range(0, 5).Select(_ =>
        {
            var now = Minutes;
            _machine.Pass(minutes: 30);
            return now;
        })];
        Assert.Equal([0, 15, 30, 45, 60], told);
        Assert.Equal((90, 90), (Minutes, (_machine.GetUtcNow() - Start).TotalMinutes));
        _machine.Pass(minutes: 10);
        Assert.Equal(100, Minutes);
    }

    [Fact]
    public void It_never_goes_back_and_no_wait_is_shortened_by_setting_back()
    {
        var random = new Random(7);
        var before = Minutes;
        for (var step = 0; step < 10_000; step++)
        {
            var passed = random.NextDouble();
            _machine.Pass(passed);
            if (random.Next(10) == 0)
            {
                _machine.Set(byMinutes: -random.NextDouble() * 20);
            }

            var now = Minutes;
            Assert.True(now >= before && now <= before + passed + 1e-6, $"step {step}: {before} then {now}");
            before = now;
        }
    }

    [Fact]
    public void Reading_it_at_every_tick_does_not_make_it_stand_still()
    {
        _machine.Set(byMinutes: -60);
        for (var tick = 0; tick < 1_000; tick++)
        {
            _machine.Pass(TimeSpan.FromTicks(1).TotalMinutes);
            _clock.GetUtcNow();
        }

        Assert.Equal(500, (_clock.GetUtcNow() - Start).Ticks);
    }

    private sealed class Machine : TimeProvider
    {
        private DateTimeOffset _now = Start;
        private TimeSpan _running;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => _now;

        public override long GetTimestamp() => _running.Ticks;

        public void Pass(double minutes)
        {
            _running += TimeSpan.FromMinutes(minutes);
            _now += TimeSpan.FromMinutes(minutes);
        }

        /// <summary>Somebody sets the clock; no time passes.</summary>
        public void Set(double byMinutes) => _now += TimeSpan.FromMinutes(byMinutes);
    }
}
