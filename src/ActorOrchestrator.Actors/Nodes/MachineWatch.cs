using System.Collections.Concurrent;
using System.Net;
using ActorOrchestrator.Actors.Hosting.Datagrams;
using Akka.Remote;

namespace ActorOrchestrator.Actors.Nodes;

/// <summary>
/// The connections that machines which only run pods keep open to this member. Each is judged by a failure detector of
/// its own, as members judge each other (<see cref="MachineJudge"/>).
/// </summary>
public sealed class MachineWatch
{
    private readonly ConcurrentDictionary<string, MachineConnection> _byNode = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, MachineConnection> _byNumber = new();
    private readonly Func<FailureDetector> _detector;
    private readonly TimeProvider _time;
    private readonly string _member;
    private long _opened;

    /// <param name="detector">Makes the judge of one connection.</param>
    /// <param name="member">Which this is: its address, and which life of it.</param>
    /// <param name="time">By which silence is measured.</param>
    public MachineWatch(Func<FailureDetector> detector, string member, TimeProvider time) =>
        (_detector, _member, _time) = (detector, member, time);

    /// <summary>What only members of the cluster know, now; null: this one answers no heartbeats by UDP.</summary>
    public Func<byte[]>? HeartbeatKey { get; init; }

    /// <summary>How whoever opens no connection may ask whether heartbeats come through by UDP; null: not at all.
    /// </summary>
    public HeartbeatOffer? Questions => HeartbeatKey is { } key ? HeartbeatOffer.ForQuestions(Place, key()) : null;

    private IPEndPoint Place => IPEndPoint.Parse(_member.Split('#')[0]);

    internal IEnumerable<MachineConnection> Connections => _byNode.Values;

    /// <summary>The connection that a machine's heartbeat names; null: there is none any more.</summary>
    internal MachineConnection? Find(int heartbeats) => _byNumber.GetValueOrDefault(heartbeats);

    /// <summary>A machine has opened a connection; one that it had before to this member counts no more.</summary>
    public MachineConnection Open(string node)
    {
        var offer = HeartbeatOffer.New(Place);
        var opened = new MachineConnection(
            this, node, $"{_member}/{Interlocked.Increment(ref _opened)}", offer, _detector(), _time);
        _byNode.AddOrUpdate(node, opened, (_, former) =>
        {
            _byNumber.TryRemove(KeyValuePair.Create(former.Heartbeats.Number, former));
            return opened;
        });
        _byNumber[offer.Number] = opened;
        return opened;
    }

    internal void Forget(MachineConnection connection)
    {
        _byNode.TryRemove(KeyValuePair.Create(connection.Node, connection));
        _byNumber.TryRemove(KeyValuePair.Create(connection.Heartbeats.Number, connection));
    }
}

/// <summary>A machine's connection to this member. It is heard on whatever thread reads it, and judged on
/// another.</summary>
public sealed class MachineConnection
{
    /// <summary>For so long heartbeats are enough when the connection stands still, as it does where packets are lost.
    /// Members have <c>acceptable-connection-pause</c> for each other; this one the machine knows, too.</summary>
    public static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(20);

    private readonly MachineWatch _watch;
    private readonly FailureDetector _detector;
    private readonly TimeProvider _time;
    private long _carried;
    private long _heard;

    internal MachineConnection(
        MachineWatch watch, string node, string name, HeartbeatOffer heartbeats, FailureDetector detector,
        TimeProvider time)
    {
        (_watch, Node, Name, Heartbeats, _detector, _time) = (watch, node, name, heartbeats, detector, time);
        Hear();
    }

    public string Node { get; }

    /// <summary>No other connection has it, of whatever member.</summary>
    public string Name { get; }

    /// <summary>How the machine may send heartbeats beside it.</summary>
    public HeartbeatOffer Heartbeats { get; }

    /// <summary>When its Node was told of it last; null: not yet.</summary>
    internal long? ToldAt { get; set; }

    /// <summary>Looks in a row at which it was not heard.</summary>
    internal int SilentLooks { get; set; }

    internal TimeSpan Silence => _time.GetElapsedTime(Volatile.Read(ref _heard));

    /// <summary>A sign of life that the connection carries.</summary>
    public void Hear()
    {
        Volatile.Write(ref _carried, _time.GetTimestamp());
        Count();
    }

    /// <summary>One beside it.</summary>
    internal void HearDatagram()
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _carried)) < PauseMax)
        {
            Count();
        }
    }

    /// <summary>The machine, or this member, has ended it in good order: it says nothing any more.</summary>
    public void End() => _watch.Forget(this);

    internal bool IsHeard() => _detector.IsAvailable;

    private void Count()
    {
        Volatile.Write(ref _heard, _time.GetTimestamp());
        _detector.HeartBeat();
    }
}
