using Akka.Actor;
using Akka.Cluster;

namespace ActorOrchestrator.Actors.Journal;

/// <summary>A member has committed rows up to <paramref name="Ordering"/>.</summary>
public sealed record RowsCommitted(long Ordering);

/// <summary>
/// Members tell each other of new rows, so that a view follows the others' within milliseconds. Commits that come while
/// one is being told are told together. A message may be lost, so each member also looks by itself, seldom.
/// </summary>
internal sealed class RowsGossip : UntypedActor, IWithTimers
{
    public const string Name = "journal-rows";

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>As often as retention looks.</summary>
    private static readonly TimeSpan ForgetEvery = TimeSpan.FromMinutes(1);

    private readonly JournalTail _tail;
    private readonly JournalWriter _writer;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly HashSet<Address> _others = [];
    private long _committed;
    private int _isTellQueued;

    public RowsGossip(JournalTail tail, JournalWriter writer)
    {
        (_tail, _writer) = (tail, writer);
        var self = Self;
        writer.OnCommitted = ordering =>
        {
            Volatile.Write(ref _committed, ordering);
            if (Interlocked.Exchange(ref _isTellQueued, 1) == 0)
            {
                self.Tell(TellOthers.Instance, ActorRefs.NoSender);
            }
        };
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _cluster.Subscribe(
            Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
        Timers.StartPeriodicTimer(nameof(Look), Look.Instance, LookEvery);
        Timers.StartPeriodicTimer(nameof(ForgetGone), ForgetGone.Instance, ForgetEvery);
    }

    protected override void PostStop()
    {
        _writer.OnCommitted = null;
        _cluster.Unsubscribe(Self);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case TellOthers:
                Volatile.Write(ref _isTellQueued, 0);
                Tell();
                break;
            case RowsCommitted rows when rows.Ordering > _tail.Ordering:
                _writer.Lag.Tell(rows.Ordering, _tail.Ordering);
                _writer.CatchUp();
                break;
            case Look:
                _writer.CatchUp();
                break;
            case ForgetGone:
                _ = ForgetGoneAsync();
                break;
            case ClusterEvent.MemberUp up when up.Member.Address != _cluster.SelfAddress:
                _others.Add(up.Member.Address);
                break;
            case ClusterEvent.MemberRemoved removed:
                _others.Remove(removed.Member.Address);
                break;
        }
    }

    private async Task ForgetGoneAsync()
    {
        try
        {
            await _tail.ForgetGoneAsync();
        }
        catch (JournalException)
        {
            // What was to be forgotten is still known, and is forgotten at the next look.
        }
    }

    private void Tell()
    {
        var rows = new RowsCommitted(Volatile.Read(ref _committed));
        foreach (var other in _others)
        {
            Context.ActorSelection(new RootActorPath(other) / "user" / Name).Tell(rows, ActorRefs.NoSender);
        }
    }

    private sealed class TellOthers : INoSerializationVerificationNeeded
    {
        public static readonly TellOthers Instance = new();
    }

    private sealed class Look : INoSerializationVerificationNeeded
    {
        public static readonly Look Instance = new();
    }

    private sealed class ForgetGone : INoSerializationVerificationNeeded
    {
        public static readonly ForgetGone Instance = new();
    }
}
