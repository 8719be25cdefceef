using System.Globalization;
using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Host.Hocon;
using ActorOrchestrator.Host.Settings;
using Akka.Cluster;
using Akka.Configuration;

namespace ActorOrchestrator.Host.Tests;

/// <summary>
/// The detector of members, with the product's settings, on virtual time. A day in CI; a year with
/// <c>ACTOR_ORCHESTRATOR_DETECTOR_DAYS=365</c> (some minutes).
/// <code>
///   peer, every 100 ms   w   w   w   w   w   w       each way a packet takes 0.2 ms and some; one of twenty is lost
///   the link              \   \   x   \\  \   \      and sent again with the next word, as TCP does (the words
///   this member            a   a       aa  a   a     after it wait for it)
///   its looks            | | |   |   |         frozen          |   |
/// </code>
/// The peer's collector stops it now and then, the link is cut for half a second each hour, and this member is frozen
/// for up to a minute each day. None of that may count as the peer's silence, and at the end it dies.
/// The link is kinder than TCP, which waits for a timer of its own when what it sends again is lost as well: that is
/// measured with real processes (<c>bench/gossip --bad-day</c>).
/// </summary>
public sealed class FailureDetectorYearTests
{
    private const double Interval = 100;
    private const double Loss = 0.05;
    private const double Day = 24 * 3600 * 1000;

    private readonly Random _random = new(20261130);

    [Fact]
    public void A_peer_that_lives_is_never_called_unreachable_and_one_that_dies_is_within_a_second_and_a_half()
    {
        var told = Environment.GetEnvironmentVariable("ACTOR_ORCHESTRATOR_DETECTOR_DAYS");
        var days = double.Parse(told ?? "1", CultureInfo.InvariantCulture);
        var world = new Machine();
        var detector = new MemberFailureDetector(world, Settings());
        var run = new Run(this, world, detector);
        while (world.Now < days * Day)
        {
            run.Beat();
        }

        Assert.True(run.Words > days * Day / Interval * 0.98, $"{run.Words} words were heard in {days} days");
        Assert.True(run.Alarms == 0, $"{run.Alarms} false alarms in {days} days and {run.Words} words");
        Assert.InRange(run.UntilMissed(), 600, 1_500);
    }

    private static Config Settings() => ConfigurationFactory
        .ParseString(
            $"akka {ServerSettings.From(HoconReader.Load(ServerSettings.ReferenceText(), [], _ => null)).Akka}")
        .WithFallback(ConfigurationFactory.FromResource<Cluster>("Akka.Cluster.Configuration.Cluster.conf"))
        .GetConfig("akka.cluster.failure-detector");

    private double Exponential(double mean) => -mean * Math.Log(1 - _random.NextDouble());

    private sealed class Run(FailureDetectorYearTests test, Machine world, MemberFailureDetector detector)
    {
        private readonly Queue<double> _arrivals = new();
        private readonly Link _there = new(test);
        private readonly Link _back = new(test);
        private double _nextBeat = Interval;
        private double _nextCut = 3600_000;
        private double _nextFreeze = Day / 2;
        private double _cutUntil;
        private bool _wasAvailable = true;

        public long Words { get; private set; }

        public int Alarms { get; private set; }

        /// <summary>A heartbeat is sent, and its answer arrives some time; what has arrived is heard; then a look.
        /// </summary>
        public void Beat()
        {
            if (_nextBeat >= _nextCut)
            {
                (_cutUntil, _nextCut) = (_nextBeat + 500, _nextCut + 3600_000);
            }

            var paused = test._random.NextDouble() < 0.01 ? Math.Min(test.Exponential(40), 300) : 0;
            _arrivals.Enqueue(_back.Carry(_there.Carry(_nextBeat, _cutUntil) + paused, _cutUntil));
            if (_nextBeat >= _nextFreeze)
            {
                // The peer answered what it had been asked; nothing was asked meanwhile.
                _nextBeat += test._random.NextDouble() * 60_000;
                _nextFreeze += Day;
            }

            _nextBeat += Interval;
            HearUntil(_nextBeat);
        }

        /// <returns>Milliseconds from its last answer on.</returns>
        public double UntilMissed()
        {
            while (_arrivals.Count > 0)
            {
                HearUntil(world.Now + Interval);
            }

            Assert.True(detector.IsAvailable);
            var silentFrom = world.Now;
            while (detector.IsAvailable && world.Now - silentFrom < 60_000)
            {
                world.To(world.Now + Interval);
            }

            return world.Now - silentFrom;
        }

        private void HearUntil(double now)
        {
            while (_arrivals.TryPeek(out var at) && at <= now)
            {
                // Words that came while this member was frozen are read when it wakes, after its first look.
                world.To(Math.Max(world.Now, now - at > 2 * Interval ? now : at));
                Look();
                detector.HeartBeat();
                Words++;
                _arrivals.Dequeue();
            }

            world.To(Math.Max(world.Now, now));
            Look();
        }

        private void Look()
        {
            var available = detector.IsAvailable;
            Alarms += _wasAvailable && !available ? 1 : 0;
            _wasAvailable = available;
        }
    }

    /// <summary>One way of a connection: in order, and what is lost is sent again with the next word.</summary>
    private sealed class Link(FailureDetectorYearTests test)
    {
        private double _last;

        public double Carry(double sent, double cutUntil)
        {
            while (sent < cutUntil || test._random.NextDouble() < Loss)
            {
                sent += Interval;
            }

            _last = Math.Max(_last, sent + 0.2 + test.Exponential(3));
            return _last;
        }
    }

    private sealed class Machine : TimeProvider
    {
        public double Now { get; private set; }

        public override long TimestampFrequency => 1_000_000;

        public override long GetTimestamp() => (long)(Now * 1_000);

        public void To(double milliseconds) => Now = milliseconds;
    }
}
