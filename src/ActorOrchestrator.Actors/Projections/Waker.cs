using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using Akka.Actor;

namespace ActorOrchestrator.Actors.Projections;

/// <summary>An entity stopped with work left: its row was not stored, it could not be read, or its shard
/// moved.</summary>
public sealed record EntityStopped(EntityKey Key);

/// <summary>
/// Wakes the entities whose object is not at rest, so that none has to be remembered by name: all of them when it
/// starts (with the cluster, or where its predecessor's member was lost) and when members leave, and each that stopped
/// with work left, after a pause that grows while it stops again and again.
/// </summary>
internal sealed class Waker : UntypedActor, IViewListener, IWithTimers
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);

    /// <summary>Entities woken at once; the next ones follow when these had time to recover.</summary>
    private const int AtOnceMax = 500;

    private static readonly TimeSpan BetweenGroups = TimeSpan.FromMilliseconds(50);

    /// <summary>An entity that lived for so long stopped for a new reason.</summary>
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromSeconds(30);

    /// <summary>A message may be lost, and the one that wakes is a message too.</summary>
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(30);

    private readonly ProjectionServices _services;
    private readonly Lock _lock = new();
    private readonly SortedSet<EntityKey> _restless = new(KeyOrder.Instance);
    private readonly Dictionary<EntityKey, (TimeSpan Pause, DateTimeOffset At)> _stops = [];
    private readonly Queue<EntityKey> _toWake = new();
    private bool _isWaking;

    public Waker(ProjectionServices services) => _services = services;

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _services.View.Listen(this);
        Timers.StartPeriodicTimer(nameof(WakeAll), WakeAll.Instance, SweepEvery);
        Self.Tell(MemberLost.Instance, ActorRefs.NoSender);
    }

    protected override void PostStop() => _services.View.Unlisten(this);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case EntityStopped stopped:
                WakeLater(stopped.Key);
                break;
            case WakeOne one:
                _services.Region.Tell(new EntityEnvelope(one.Key, Wake.Instance));
                break;
            case WakeAll or MemberLost:
                Gather();
                break;
            case WakeGroup:
                WakeSome();
                break;
        }
    }

    void IViewListener.OnChange(ObjectChange change)
    {
        lock (_lock)
        {
            if (change.New is null || Rest.IsAtRest(change.New))
            {
                _restless.Remove(change.Key);
            }
            else
            {
                _restless.Add(change.Key);
            }
        }
    }

    void IViewListener.OnCaughtUp()
    {
    }

    private void WakeLater(EntityKey key)
    {
        var now = _services.Time.GetUtcNow();
        var before = _stops.GetValueOrDefault(key);
        var pause = now - before.At < ForgetAfter && before.Pause > TimeSpan.Zero ? before.Pause * 2 : PauseMin;
        pause = pause < PauseMax ? pause : PauseMax;
        _stops[key] = (pause, now);
        Timers.StartSingleTimer(key, new WakeOne(key), pause);
    }

    private void Gather()
    {
        var old = _services.Time.GetUtcNow() - ForgetAfter;
        foreach (var key in _stops.Where(stop => stop.Value.At < old).Select(stop => stop.Key).ToList())
        {
            _stops.Remove(key);
        }

        lock (_lock)
        {
            _toWake.Clear();
            foreach (var key in _restless)
            {
                _toWake.Enqueue(key);
            }
        }

        if (!_isWaking)
        {
            WakeSome();
        }
    }

    private void WakeSome()
    {
        for (var i = 0; i < AtOnceMax && _toWake.TryDequeue(out var key); i++)
        {
            _services.Region.Tell(new EntityEnvelope(key, Wake.Instance));
        }

        _isWaking = _toWake.Count > 0;
        if (_isWaking)
        {
            Timers.StartSingleTimer(nameof(WakeGroup), WakeGroup.Instance, BetweenGroups);
        }
    }

    /// <summary>Every entity that is not at rest is to be in memory.</summary>
    internal sealed class WakeAll : INoSerializationVerificationNeeded
    {
        public static readonly WakeAll Instance = new();
    }

    private sealed class WakeGroup : INoSerializationVerificationNeeded
    {
        public static readonly WakeGroup Instance = new();
    }

    private sealed record WakeOne(EntityKey Key) : INoSerializationVerificationNeeded;
}
