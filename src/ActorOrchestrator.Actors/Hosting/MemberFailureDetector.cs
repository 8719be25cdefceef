using ActorOrchestrator.Actors.Telemetry;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;

namespace ActorOrchestrator.Actors.Hosting;

/// <summary>
/// By which members judge each other. Heartbeats come by the connection, which Akka tells it of, and as datagrams; both
/// are signs of life, but the second kind counts for a while only when the first stays away: a member that nothing can
/// be sent to is of no use to the others. How far signs of life are apart is measured.
/// </summary>
public sealed class MemberFailureDetector : AwakeFailureDetector
{
    private const long Never = -1;

    /// <summary>Akka's registry finds the detector of an address, and has one way to tell it something.</summary>
    [ThreadStatic]
    private static bool s_isDatagram;

    private readonly TimeProvider _time;
    private readonly TimeSpan _connectionPause;
    private long _heardAt = Never;
    private long _connectionHeard = Never;

    /// <param name="time">The machine's clock.</param>
    /// <param name="config"><c>akka.cluster.failure-detector</c>.</param>
    public MemberFailureDetector(TimeProvider time, Config config) : base(time, config) =>
        (_time, _connectionPause) = (time, config.GetTimeSpan("acceptable-connection-pause"));

    /// <summary>As Akka makes it.</summary>
    /// <param name="config"><c>akka.cluster.failure-detector</c>.</param>
    /// <param name="events">Nothing is told to it.</param>
    public MemberFailureDetector(Config config, EventStream events) : this(TimeProvider.System, config) => _ = events;

    public override bool IsAvailable => base.IsAvailable && IsConnected;

    private bool IsConnected => Volatile.Read(ref _connectionHeard) is var heard
        && (heard == Never || Clock.Read() - heard < _connectionPause.TotalMilliseconds);

    /// <summary>A member has answered by a datagram. It says nothing of one that was not heard by its connection yet,
    /// which would count as silent for that from now on.</summary>
    public static void HearDatagram(DefaultFailureDetectorRegistry<Address> detectors, Address member)
    {
        s_isDatagram = true;
        try
        {
            detectors.Heartbeat(member);
        }
        finally
        {
            s_isDatagram = false;
        }
    }

    public override void HeartBeat()
    {
        if (!s_isDatagram)
        {
            Volatile.Write(ref _connectionHeard, Clock.Read());
        }
        else if (Volatile.Read(ref _connectionHeard) == Never)
        {
            return;
        }

        var now = _time.GetTimestamp();
        if (Interlocked.Exchange(ref _heardAt, now) is var before && before != Never)
        {
            ClusterInstruments.Shared.Heard(_time.GetElapsedTime(before, now));
        }

        base.HeartBeat();
    }
}
