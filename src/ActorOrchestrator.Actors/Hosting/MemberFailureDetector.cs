using ActorOrchestrator.Actors.Telemetry;
using Akka.Configuration;
using Akka.Event;

namespace ActorOrchestrator.Actors.Hosting;

/// <summary>By which members judge each other; how far their words are apart is measured.</summary>
/// <param name="config"><c>akka.cluster.failure-detector</c>.</param>
/// <param name="events">As <see cref="AwakeFailureDetector"/>.</param>
public sealed class MemberFailureDetector(Config config, EventStream events) : AwakeFailureDetector(config, events)
{
    private long? _heardAt;

    /// <summary>Called by one actor, for the member that this detector is of.</summary>
    public override void HeartBeat()
    {
        var now = TimeProvider.System.GetTimestamp();
        if (_heardAt is { } before)
        {
            ClusterInstruments.Shared.Heard(TimeProvider.System.GetElapsedTime(before, now));
        }

        _heardAt = now;
        base.HeartBeat();
    }
}
