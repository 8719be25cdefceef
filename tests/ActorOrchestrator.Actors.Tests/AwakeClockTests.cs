using ActorOrchestrator.Actors.Hosting;
using Akka.Remote;

namespace ActorOrchestrator.Actors.Tests;

/// <summary>Times in milliseconds.</summary>
public sealed class AwakeClockTests
{
    private const int Look = 100;
    private const int Gap = 250;

    private readonly Machine _machine = new();
    private readonly AwakeClock _clock;

    public AwakeClockTests() => _clock = new AwakeClock(_machine);

    [Fact]
    public void While_it_is_looked_at_it_goes_as_the_machines_does()
    {
        Pass(looks: 30);
        Assert.Equal(30 * Look, _clock.Read());
    }

    [Fact]
    public void Of_a_time_in_which_nobody_looked_only_a_moment_counts()
    {
        Pass(looks: 10);
        _machine.Pass(milliseconds: 60_000);
        Assert.Equal(10 * Look + Gap, _clock.Read());
        Pass(looks: 1);
        Assert.Equal(11 * Look + Gap, _clock.Read());
    }

    [Fact]
    public void A_peer_is_not_lost_by_being_frozen_oneself_and_is_by_its_silence_afterwards()
    {
        var detector = new PhiAccrualFailureDetector(
            threshold: 8, maxSampleSize: 1_000, minStdDeviation: TimeSpan.FromMilliseconds(50),
            acceptableHeartbeatPause: TimeSpan.FromMilliseconds(600),
            firstHeartbeatEstimate: TimeSpan.FromMilliseconds(Look), _clock.Read);
        for (var i = 0; i < 50; i++)
        {
            detector.HeartBeat();
            _machine.Pass(Look);
        }

        _machine.Pass(milliseconds: 60_000);
        Assert.True(detector.IsAvailable);
        var silent = 0;
        while (detector.IsAvailable && silent < 10_000)
        {
            _machine.Pass(Look);
            silent += Look;
        }

        Assert.InRange(silent, 600 - Gap, 1_200);
    }

    private void Pass(int looks)
    {
        for (var i = 0; i < looks; i++)
        {
            _machine.Pass(Look);
            _clock.Read();
        }
    }

    private sealed class Machine : TimeProvider
    {
        private long _now = 1_000_000;

        public override long TimestampFrequency => 1_000;

        public override long GetTimestamp() => _now;

        public void Pass(int milliseconds) => _now += milliseconds;
    }
}
