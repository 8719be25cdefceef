using ActorOrchestrator.Actors.Telemetry;
using Akka.Configuration;
using Akka.Event;

namespace ActorOrchestrator.Actors.Hosting;

/// <summary>By which members judge each other; how far their words are apart is measured.</summary>
/// <param name="time">The machine's clock.</param>
/// <param name="config"><c>akka.cluster.failure-detector</c>.</param>
public sealed class MemberFailureDetector(TimeProvider time, Config config) : AwakeFailureDetector(time, config)
{
    private readonly TimeProvider _time = time;
    private long? _heardAt;

    /// <summary>As Akka makes it.</summary>
    /// <param name="config"><c>akka.cluster.failure-detector</c>.</param>
    /// <param name="events">Nothing is told to it.</param>
    public MemberFailureDetector(Config config, EventStream events) : this(TimeProvider.System, config) => _ = events;

    /// <summary>Called by one actor, for the member that this detector is of.</summary>
    public override void HeartBeat()
    {
        var now = _time.GetTimestamp();
        if (_heardAt is { } before)
        {
            ClusterInstruments.Shared.Heard(_time.GetElapsedTime(before, now));
        }

        _heardAt = now;
        base.HeartBeat();
    }
}
