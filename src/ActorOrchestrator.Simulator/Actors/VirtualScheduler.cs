using ActorOrchestrator.Simulator.Time;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace ActorOrchestrator.Simulator.Actors;

/// <summary>Akka's timers on virtual time. It belongs to the process in which the actor system is made, which is the
/// current synchronization context then: its constructor is Akka's to choose.</summary>
public sealed class VirtualScheduler : SchedulerBase
{
    private readonly SimulatedProcess _process = SynchronizationContext.Current as SimulatedProcess
        ?? throw new InvalidOperationException("a simulated actor system is made within its process");

    private readonly HashSet<Alarm> _armed = [];

    public VirtualScheduler(Config scheduler, ILoggingAdapter log) : base(scheduler, log)
    {
    }

    public override TimeSpan MonotonicClock => _process.Loop.Elapsed;

    public override TimeSpan HighResMonotonicClock => _process.Loop.Elapsed;

    /// <summary>Timers that will ring: what leaks shows here.</summary>
    public int TimersArmed => _armed.Count(alarm => alarm.Cancelable is not { IsCancellationRequested: true });

    protected override DateTimeOffset TimeNow => _process.Clock.GetUtcNow();

    protected override void InternalScheduleTellOnce(
        TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable) =>
        Arm(delay, null, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender,
        ICancelable? cancelable) =>
        Arm(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable) =>
        Arm(delay, null, action, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable? cancelable) =>
        Arm(delay, null, action.Run, cancelable);

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable) =>
        Arm(initialDelay, interval, action, cancelable);

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable? cancelable) =>
        Arm(initialDelay, interval, action.Run, cancelable);

    private void Arm(TimeSpan delay, TimeSpan? interval, Action ring, ICancelable? cancelable)
    {
        if (cancelable is not { IsCancellationRequested: true })
        {
            var alarm = new Alarm(ring, interval, cancelable);
            _armed.Add(alarm);
            RingAfter(delay, alarm);
        }
    }

    private void RingAfter(TimeSpan delay, Alarm alarm) =>
        _process.Loop.After(delay, () => _process.Enter(() => Ring(alarm)));

    private void Ring(Alarm alarm)
    {
        if (alarm.Cancelable is { IsCancellationRequested: true } || alarm.Interval is null)
        {
            _armed.Remove(alarm);
        }

        if (alarm.Cancelable is { IsCancellationRequested: true })
        {
            return;
        }

        alarm.Action();
        if (alarm.Interval is { } interval)
        {
            RingAfter(interval, alarm);
        }
    }

    private sealed class Alarm(Action action, TimeSpan? interval, ICancelable? cancelable)
    {
        public Action Action => action;

        public TimeSpan? Interval => interval;

        public ICancelable? Cancelable => cancelable;
    }
}
