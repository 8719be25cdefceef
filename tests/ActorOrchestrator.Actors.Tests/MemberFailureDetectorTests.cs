using ActorOrchestrator.Actors.Hosting;
using Akka.Actor;
using Akka.Configuration;
using Akka.Remote;

namespace ActorOrchestrator.Actors.Tests;

/// <summary>Times in milliseconds.</summary>
public sealed class MemberFailureDetectorTests
{
    private const int Interval = 100;
    private const int ConnectionPause = 20_000;
    private const int Tolerance = 1_500;

    private static readonly Address Member = new("akka.ssl.tcp", "orchestrator", "127.0.0.1", 1);
    private static readonly Config Settings = ConfigurationFactory.ParseString($"""
        threshold = 8
        max-sample-size = 1000
        min-std-deviation = 50ms
        acceptable-heartbeat-pause = 600ms
        acceptable-connection-pause = {ConnectionPause}ms
        heartbeat-interval = {Interval}ms
        """);

    private readonly ManualTimeProvider _time = new();
    private readonly DefaultFailureDetectorRegistry<Address> _detectors;

    public MemberFailureDetectorTests() => _detectors = new(() => new MemberFailureDetector(_time, Settings));

    [Fact]
    public void While_the_connection_stands_still_datagrams_are_enough_but_not_for_ever()
    {
        Pass(30_000, connection: true, datagrams: true);
        Assert.Equal(30_000, Pass(30_000, connection: true, datagrams: false));
        Assert.InRange(Pass(60_000, connection: false, datagrams: true), ConnectionPause - Interval, ConnectionPause);
        Assert.Equal(30_000, Pass(30_000, connection: true, datagrams: true));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_of_which_nothing_comes_is_silent_soon(bool afterStandstill)
    {
        Pass(30_000, connection: true, datagrams: true);
        if (afterStandstill)
        {
            Assert.Equal(ConnectionPause / 2, Pass(ConnectionPause / 2, connection: false, datagrams: true));
        }

        Assert.InRange(Pass(60_000, connection: false, datagrams: false), 600, Tolerance);
    }

    [Fact]
    public void Datagrams_say_nothing_of_a_member_whose_connection_was_not_heard_yet()
    {
        Pass(1_000, connection: false, datagrams: true);
        Assert.False(_detectors.IsMonitoring(Member));
        Assert.Equal(60_000, Pass(60_000, connection: false, datagrams: false));
    }

    [Fact]
    public void Having_been_frozen_oneself_is_no_silence_of_the_connection()
    {
        Pass(30_000, connection: true, datagrams: true);
        Advance(10 * 60_000);
        Assert.True(_detectors.IsAvailable(Member));
        Assert.Equal(ConnectionPause / 2, Pass(ConnectionPause / 2, connection: false, datagrams: true));
    }

    private void Advance(int milliseconds) => _time.FireNext(_time.GetUtcNow().AddMilliseconds(milliseconds));

    /// <returns>For how long it was available, looked at as often as heartbeats come.</returns>
    private int Pass(int milliseconds, bool connection, bool datagrams)
    {
        for (var passed = 0; passed < milliseconds; passed += Interval)
        {
            Advance(Interval);
            if (connection)
            {
                _detectors.Heartbeat(Member);
            }

            if (datagrams)
            {
                MemberFailureDetector.HearDatagram(_detectors, Member);
            }

            if (!_detectors.IsAvailable(Member))
            {
                return passed;
            }
        }

        return milliseconds;
    }
}
