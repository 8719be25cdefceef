using ActorOrchestrator.Domain;
using Akka.Actor;

namespace ActorOrchestrator.Actors.Entities;

/// <summary>An entity's named timers, by the clock that its decisions go by. Each message that rings carries the number
/// of its setting, so a timer that was replaced or cancelled while it rang counts for nothing.</summary>
internal sealed class EntityTimers(IScheduler scheduler, IActorRef self, TimeProvider time)
{
    /// <summary>Akka's wheel reaches further, but a clock that is set must not be waited out: a later timer rings
    /// early, is not due, and is set again.</summary>
    private static readonly TimeSpan WaitMax = TimeSpan.FromHours(1);

    private Dictionary<string, Armed>? _armed;
    private long _settings;

    public bool AnyArmed => _armed is { Count: > 0 };

    public void Set(string name, DateTimeOffset due, Message message)
    {
        Cancel(name);
        var rang = new Rang(name, ++_settings);
        (_armed ??= new(StringComparer.Ordinal))[name] = new Armed(rang, due, message, Arm(rang, due));
    }

    public void Cancel(string name)
    {
        if (_armed is not null && _armed.Remove(name, out var armed))
        {
            armed.Alarm.Cancel();
        }
    }

    public void CancelAll()
    {
        foreach (var armed in _armed?.Values ?? (IEnumerable<Armed>)[])
        {
            armed.Alarm.Cancel();
        }

        _armed = null;
    }

    /// <returns>The timer's message if it is due; null if it counts no more, or not yet.</returns>
    public Message? Take(Rang rang)
    {
        if (_armed?.GetValueOrDefault(rang.Name) is not { } armed || armed.Rang != rang)
        {
            return null;
        }

        if (armed.Due > time.GetUtcNow())
        {
            _armed[rang.Name] = armed with { Alarm = Arm(rang, armed.Due) };
            return null;
        }

        _armed.Remove(rang.Name);
        return armed.Message;
    }

    private ICancelable Arm(Rang rang, DateTimeOffset due)
    {
        var wait = due - time.GetUtcNow();
        var bounded = wait < TimeSpan.Zero ? TimeSpan.Zero : wait > WaitMax ? WaitMax : wait;
        return scheduler.ScheduleTellOnceCancelable(bounded, self, rang, ActorRefs.NoSender);
    }

    /// <summary>A timer rang.</summary>
    public sealed record Rang(string Name, long Setting) : INoSerializationVerificationNeeded;

    private sealed record Armed(Rang Rang, DateTimeOffset Due, Message Message, ICancelable Alarm);
}
