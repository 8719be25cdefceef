using Akka.Configuration;
using Akka.Event;
using Akka.Remote;

namespace ActorOrchestrator.Actors.Hosting;

/// <summary>
/// Akka's failure detector on a clock that stands still while this member does not run. One that was frozen, or whose
/// machine had no time for it, has heard nothing of the others meanwhile, and that is not their silence: by the
/// machine's clock it would remove one after the other before their words, which wait already, have been read.
/// </summary>
/// <param name="config"><c>akka.cluster.failure-detector</c>.</param>
/// <param name="events">Nothing is told; Akka makes detectors by these two.</param>
#pragma warning disable CS9113 // Akka looks for this constructor.
public class AwakeFailureDetector(Config config, EventStream events) : PhiAccrualFailureDetector(
#pragma warning restore CS9113
    config.GetDouble("threshold"), config.GetInt("max-sample-size"), config.GetTimeSpan("min-std-deviation"),
    config.GetTimeSpan("acceptable-heartbeat-pause"), config.GetTimeSpan("heartbeat-interval"),
    new AwakeClock(TimeProvider.System).Read);
