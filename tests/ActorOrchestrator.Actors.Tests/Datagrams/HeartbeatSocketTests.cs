using System.Net;
using System.Net.Sockets;
using ActorOrchestrator.Actors.Hosting.Datagrams;
using ActorOrchestrator.Actors.Nodes;
using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;

namespace ActorOrchestrator.Actors.Tests.Datagrams;

/// <summary>A member's heartbeats, and a peer that a test makes them meet: a socket of its own.</summary>
public sealed class HeartbeatSocketTests : IDisposable
{
    private const int Self = 1;
    private const int Uid = 2;

    private static readonly byte[] Key = [.. Enumerable.Repeat((byte)7, 32)];
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(300);

    private readonly Socket _peer = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly CountingDetector _detector = new();
    private readonly DefaultFailureDetectorRegistry<Address> _detectors;
    private readonly HeartbeatSocket _heartbeats;
    private readonly IPEndPoint _place;
    private readonly Address _member;
    private volatile MachineWatch? _machines;

    public HeartbeatSocketTests()
    {
        _peer.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _peer.ReceiveTimeout = (int)Bound.TotalMilliseconds;
        _detectors = new DefaultFailureDetectorRegistry<Address>(() => _detector);
        _place = FreePlace();
        _member = new Address("akka.ssl.tcp", "orchestrator", "127.0.0.1", ((IPEndPoint)_peer.LocalEndPoint!).Port);
        _heartbeats = new HeartbeatSocket(
            _place, Self, () => Key, TimeSpan.FromMilliseconds(20), _detectors, () => _machines)
        {
            Peers = [new HeartbeatPeer(new UniqueAddress(_member, Uid))],
        };
    }

    public void Dispose()
    {
        _heartbeats.Dispose();
        _peer.Dispose();
    }

    [Fact]
    public void An_answer_is_a_sign_of_life()
    {
        _detectors.Heartbeat(_member);
        for (var beat = 0; beat < 5; beat++)
        {
            Send(Next() with { IsAnswer = true });
        }

        Assert.True(SpinWait.SpinUntil(() => _detector.Count == 1 + 5, Bound), $"heard {_detector.Count} times");
        Assert.True(_heartbeats.Peers[0].HasAnswered);
    }

    [Fact]
    public void Nobody_is_asked_whom_no_detector_watches()
    {
        _peer.ReceiveTimeout = (int)Silence.TotalMilliseconds;
        Assert.Throws<SocketException>(() => Next());
        Assert.False(_detectors.IsMonitoring(_member));
    }

    [Fact]
    public void Answers_of_others_and_to_what_was_not_asked_lately_are_no_signs_of_life()
    {
        _detectors.Heartbeat(_member);
        var asked = Next();
        Send(asked with { IsAnswer = true }, key: new byte[32]);
        Send(asked with { IsAnswer = true, Member = Uid + 1 });
        Send(asked with { IsAnswer = true, Asker = Self + 1 });
        Send(asked with { IsAnswer = true, Number = asked.Number + 1_000 });
        Send(asked with { IsAnswer = true, Number = asked.Number - 10 });
        _peer.SendTo(new byte[3], _place);
        _peer.SendTo(new byte[2_000], _place);

        // By then all of them were read.
        Send(Next() with { IsAnswer = true });
        Assert.True(SpinWait.SpinUntil(() => _detector.Count >= 2, Bound), "the answer was not heard");
        Assert.Equal(2, _detector.Count);
    }

    [Fact]
    public void A_recorded_answer_is_worth_nothing_a_second_later()
    {
        _detectors.Heartbeat(_member);
        var recorded = Next();
        for (var beat = 0; beat < 12; beat++)
        {
            Next();
        }

        Send(recorded with { IsAnswer = true });
        Send(Next() with { IsAnswer = true });
        Assert.True(SpinWait.SpinUntil(() => _detector.Count >= 2, Bound), "the answer was not heard");
        Assert.Equal(2, _detector.Count);
    }

    [Fact]
    public void It_answers_members_that_mean_this_life_of_it()
    {
        Send(new HeartbeatDatagram(IsAnswer: false, 1, Self + 1, Uid));
        Send(new HeartbeatDatagram(IsAnswer: false, 2, Self, Uid), key: new byte[32]);
        Send(new HeartbeatDatagram(IsAnswer: false, 3, Self, Uid));
        Assert.Equal(new HeartbeatDatagram(IsAnswer: true, 3, Self, Uid), Next());
    }

    /// <summary>One that was frozen for so long that the others removed it.</summary>
    [Fact]
    public void It_answers_nobody_who_is_no_member_for_it()
    {
        Send(new HeartbeatDatagram(IsAnswer: false, 1, Self, Uid + 1));
        Send(new HeartbeatDatagram(IsAnswer: false, 2, Self, Uid));
        Assert.Equal(2, Next().Number);
        var peers = _heartbeats.Peers;
        _heartbeats.Peers = [];
        Send(new HeartbeatDatagram(IsAnswer: false, 3, Self, Uid));
        _peer.ReceiveTimeout = (int)Silence.TotalMilliseconds;
        Assert.Throws<SocketException>(() => Next());
        _heartbeats.Peers = peers;
        Send(new HeartbeatDatagram(IsAnswer: false, 4, Self, Uid));
        Assert.Equal(4, Next().Number);
    }

    [Fact]
    public void A_machine_s_is_answered_and_a_sign_of_life_until_its_connection_stands_still_for_too_long()
    {
        var time = new ManualTimeProvider();
        var machine = new CountingDetector();
        _machines = new MachineWatch(() => machine, "127.0.0.1:7946#1", time);
        var connection = _machines.Open("n1");
        var offer = connection.Heartbeats;
        var opened = machine.Count;

        AskAs(offer);
        Assert.Equal(opened + 1, machine.Count);
        time.FireNext(time.GetUtcNow() + MachineConnection.PauseMax);
        AskAs(offer);
        Assert.Equal(opened + 1, machine.Count);
        connection.Hear();
        AskAs(offer);
        Assert.Equal(opened + 3, machine.Count);
    }

    [Fact]
    public void A_machine_that_opens_another_connection_or_ends_it_is_answered_no_more_on_the_former_one()
    {
        _machines = new MachineWatch(() => new CountingDetector(), "127.0.0.1:7946#1", TimeProvider.System);
        var former = _machines.Open("n1");
        var next = _machines.Open("n1");
        AskAs(next.Heartbeats);
        next.End();
        Send(new HeartbeatDatagram(IsAnswer: false, 1, former.Heartbeats.Number, 0), former.Heartbeats.Key);
        Send(new HeartbeatDatagram(IsAnswer: false, 2, next.Heartbeats.Number, 0), next.Heartbeats.Key);
        Send(new HeartbeatDatagram(IsAnswer: false, 3, Self, Uid));
        Assert.Equal(3, Next().Number);
    }

    [Fact]
    public void A_machine_s_key_is_good_for_its_own_connection_only()
    {
        _machines = new MachineWatch(() => new CountingDetector(), "127.0.0.1:7946#1", TimeProvider.System);
        var (one, other) = (_machines.Open("n1").Heartbeats, _machines.Open("n2").Heartbeats);
        Send(new HeartbeatDatagram(IsAnswer: false, 1, other.Number, 0), one.Key);
        Send(new HeartbeatDatagram(IsAnswer: false, 2, Self, Uid), one.Key);
        AskAs(one);
    }

    [Fact]
    public async Task A_question_is_answered_to_whoever_has_the_key_and_is_no_sign_of_life()
    {
        _detectors.Heartbeat(_member);
        var cancellation = TestContext.Current.CancellationToken;
        var offer = HeartbeatOffer.ForQuestions(_place, Key);
        Assert.Equal(new(IsAnswered: true, null), await HeartbeatQuestion.AskAsync(offer, null, cancellation));

        // Members' own key is none for questions, nor that of questions for heartbeats.
        Send(new HeartbeatDatagram(IsAnswer: false, 1, HeartbeatQuestion.Nobody, HeartbeatQuestion.Nobody));
        Send(new HeartbeatDatagram(IsAnswer: false, 2, Self, Uid), offer.Key);
        Send(new HeartbeatDatagram(IsAnswer: true, 3, HeartbeatQuestion.Nobody, HeartbeatQuestion.Nobody), offer.Key);
        Send(new HeartbeatDatagram(IsAnswer: false, 4, HeartbeatQuestion.Nobody, HeartbeatQuestion.Nobody), offer.Key);
        var bytes = new byte[HeartbeatDatagram.Size];
        HeartbeatDatagram? answer;
        do
        {
            Assert.Equal(bytes.Length, _peer.Receive(bytes));
            answer = HeartbeatDatagram.Read(bytes, offer.Key);
            Assert.NotEqual(true, HeartbeatDatagram.Read(bytes, Key)?.IsAnswer);
        }
        while (answer is null);
        Assert.Equal(4, answer.Value.Number);
        Assert.Equal(1, _detector.Count);
        Assert.False(_heartbeats.Peers[0].HasAnswered);

        var other = await HeartbeatQuestion.AskAsync(
            HeartbeatOffer.ForQuestions(_place, new byte[32]), null, cancellation);
        Assert.Equal(new(IsAnswered: false, null), other);
        var nobody = await HeartbeatQuestion.AskAsync(
            HeartbeatOffer.ForQuestions(FreePlace(), Key), null, cancellation);
        Assert.Equal((false, SocketError.ConnectionRefused), (nobody.IsAnswered, nobody.Refusal?.SocketErrorCode));
    }

    [Fact]
    public void What_a_machine_is_offered_it_reads()
    {
        var offer = new HeartbeatOffer(_place, int.MinValue, [.. Enumerable.Repeat((byte)9, HeartbeatOffer.KeySize)]);
        var read = Assert.IsType<HeartbeatOffer>(HeartbeatOffer.Parse(offer.Format()));
        Assert.Equal((offer.Place, offer.Number), (read.Place, read.Number));
        Assert.Equal(offer.Key, read.Key);
        Assert.All<string?>(
            [null, "", "10.0.0.1:1 2", "10.0.0.1 2 AAAA", "10.0.0.1:1 x AAAA", "10.0.0.1:1 2 AAAA"],
            text => Assert.Null(HeartbeatOffer.Parse(text)));
    }

    private void AskAs(HeartbeatOffer offer)
    {
        var heartbeat = new HeartbeatDatagram(IsAnswer: false, 7, offer.Number, 0);
        Send(heartbeat, offer.Key);
        Assert.Equal(heartbeat with { IsAnswer = true }, Next(offer.Key));
    }

    private HeartbeatDatagram Next(byte[]? key = null)
    {
        var bytes = new byte[HeartbeatDatagram.Size];
        Assert.Equal(bytes.Length, _peer.Receive(bytes));
        return Assert.NotNull(HeartbeatDatagram.Read(bytes, key ?? Key));
    }

    private void Send(HeartbeatDatagram datagram, byte[]? key = null)
    {
        var bytes = new byte[HeartbeatDatagram.Size];
        datagram.Write(bytes, key ?? Key);
        _peer.SendTo(bytes, _place);
    }

    private static IPEndPoint FreePlace()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    private sealed class CountingDetector : FailureDetector
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public override bool IsAvailable => true;

        public override bool IsMonitoring => Count > 0;

        public override void HeartBeat() => Interlocked.Increment(ref _count);
    }
}
