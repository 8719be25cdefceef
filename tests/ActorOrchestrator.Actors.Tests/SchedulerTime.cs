using Akka.TestKit;

namespace ActorOrchestrator.Actors.Tests;

/// <summary>The clock of a <see cref="TestScheduler"/>, so that decisions and timers go by the same one.</summary>
internal sealed class SchedulerTime : TimeProvider
{
    public TestScheduler? Scheduler { get; set; }

    public override DateTimeOffset GetUtcNow() => Scheduler!.Now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => GetUtcNow().Ticks;
}
