using Akka.Configuration;
using Akka.Event;
using Akka.Remote;

namespace ActorOrchestrator.Actors.Hosting;

/// <summary>
/// Akka's failure detector on a clock that stands still while this member does not run. One that was frozen, or whose
/// machine had no time for it, has heard nothing of the others meanwhile, and that is not their silence: by the
/// machine's clock it would remove one after the other before their words, which wait already, have been read.
/// </summary>
public class AwakeFailureDetector : PhiAccrualFailureDetector
{
    /// <param name="time">The machine's clock.</param>
    /// <param name="config"><c>akka.cluster.failure-detector</c>.</param>
    public AwakeFailureDetector(TimeProvider time, Config config) : this(new AwakeClock(time), config)
    {
    }

    /// <summary>As Akka makes it.</summary>
    /// <param name="config"><c>akka.cluster.failure-detector</c>.</param>
    /// <param name="events">Nothing is told to it.</param>
    public AwakeFailureDetector(Config config, EventStream events) : this(TimeProvider.System, config) => _ = events;

    private AwakeFailureDetector(AwakeClock clock, Config config) : base(
        config.GetDouble("threshold"), config.GetInt("max-sample-size"), config.GetTimeSpan("min-std-deviation"),
        config.GetTimeSpan("acceptable-heartbeat-pause"), config.GetTimeSpan("heartbeat-interval"), clock.Read) =>
        Clock = clock;

    private protected AwakeClock Clock { get; }
}
