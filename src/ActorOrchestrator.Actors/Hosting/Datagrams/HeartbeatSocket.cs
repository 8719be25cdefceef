using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using ActorOrchestrator.Actors.Nodes;
using ActorOrchestrator.Actors.Telemetry;
using Akka.Actor;
using Akka.Remote;

namespace ActorOrchestrator.Actors.Hosting.Datagrams;

/// <summary>Sends heartbeats to the other members, answers theirs and those of machines, and tells the detectors of
/// what is heard, all on one thread, which waits for nothing else.</summary>
internal sealed class HeartbeatSocket : IDisposable
{
    private const string Heartbeat = "heartbeat-datagram";
    private const string Answer = "heartbeat-datagram-answer";

    /// <summary>Answers to older heartbeats say nothing of now.</summary>
    private const int AnsweredWithin = 10;

    private readonly Socket _socket;
    private readonly int _self;
    private readonly Func<byte[]> _key;
    private readonly TimeSpan _every;
    private readonly DefaultFailureDetectorRegistry<Address> _detectors;
    private readonly Func<MachineWatch?> _machines;
    private readonly Thread _thread;
    private readonly SocketAddress _from;
    private readonly byte[] _buffer = new byte[2 * HeartbeatDatagram.Size];
    private long _number = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
    private volatile IReadOnlyList<HeartbeatPeer> _peers = [];
    private volatile bool _over;

    /// <param name="place">Where members ask this one.</param>
    /// <param name="self">Which life of it this is.</param>
    /// <param name="key">What only members know, now.</param>
    /// <param name="every">How often a heartbeat is sent.</param>
    /// <param name="detectors">Members that these do not watch are sent none.</param>
    /// <param name="machines">Whose heartbeats come here as well; null: nobody's yet.</param>
    /// <exception cref="SocketException">The place is not to be had.</exception>
    public HeartbeatSocket(
        IPEndPoint place, int self, Func<byte[]> key, TimeSpan every,
        DefaultFailureDetectorRegistry<Address> detectors, Func<MachineWatch?> machines)
    {
        (_self, _key, _every, _detectors, _machines) = (self, key, every, detectors, machines);
        _socket = new Socket(place.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            _socket.Bind(place);
        }
        catch (SocketException)
        {
            _socket.Dispose();
            throw;
        }

        _from = new SocketAddress(place.AddressFamily);
        _thread = new Thread(Run) { IsBackground = true, Name = "heartbeats" };
        _thread.Start();
    }

    /// <summary>Whom heartbeats are sent to.</summary>
    public IReadOnlyList<HeartbeatPeer> Peers
    {
        get => _peers;
        set => _peers = value;
    }

    /// <summary>Ends within the time between two heartbeats.</summary>
    public void Dispose()
    {
        _over = true;
        _thread.Join();
        _socket.Dispose();
    }

    private void Run()
    {
        var next = Environment.TickCount64;
        while (!_over)
        {
            var wait = next - Environment.TickCount64;
            if (wait <= 0)
            {
                Beat();
                next = Environment.TickCount64 + (long)_every.TotalMilliseconds;
            }
            else if (_socket.Poll(TimeSpan.FromMilliseconds(wait), SelectMode.SelectRead))
            {
                Receive();
            }
        }
    }

    private void Beat()
    {
        _number++;
        foreach (var peer in _peers)
        {
            if (_detectors.IsMonitoring(peer.Member))
            {
                peer.Sent++;
                Send(new HeartbeatDatagram(IsAnswer: false, _number, peer.Uid, _self), peer.Place, _key());
            }
        }
    }

    private void Receive()
    {
        int size;
        try
        {
            size = _socket.ReceiveFrom(_buffer, SocketFlags.None, _from);
        }
        catch (SocketException)
        {
            // Too long to be one of ours, or word that one of ours could not be delivered.
            return;
        }

        if (size != HeartbeatDatagram.Size)
        {
            return;
        }

        if (HeartbeatDatagram.MemberIn(_buffer) == HeartbeatQuestion.Nobody)
        {
            AnswerQuestion(_buffer.AsSpan(0, size));
            return;
        }

        var machine = _machines()?.Find(HeartbeatDatagram.MemberIn(_buffer));
        if (HeartbeatDatagram.Read(_buffer.AsSpan(0, size), machine?.Heartbeats.Key ?? _key()) is not { } datagram)
        {
            return;
        }

        ClusterInstruments.Shared.Told(KindOf(datagram), ClusterInstruments.Received, size);
        if (datagram.IsAnswer)
        {
            Hear(datagram);
        }
        else if (machine is not null)
        {
            machine.HearDatagram();
            Send(datagram with { IsAnswer = true }, _from, machine.Heartbeats.Key);
        }
        else if (datagram.Member == _self && _peers.Any(peer => peer.Uid == datagram.Asker))
        {
            // One that was removed while it was frozen hears nothing of the others, and ends.
            Send(datagram with { IsAnswer = true }, _from, _key());
        }
    }

    private void AnswerQuestion(ReadOnlySpan<byte> bytes)
    {
        var key = HeartbeatQuestion.KeyOf(_key());
        if (HeartbeatDatagram.Read(bytes, key) is { IsAnswer: false } question)
        {
            Send(question with { IsAnswer = true }, _from, key);
        }
    }

    private void Hear(HeartbeatDatagram answer)
    {
        if (_number - answer.Number is < 0 or >= AnsweredWithin)
        {
            return;
        }

        foreach (var peer in _peers)
        {
            if (peer.Uid == answer.Member && answer.Asker == _self)
            {
                peer.HasAnswered = true;
                MemberFailureDetector.HearDatagram(_detectors, peer.Member);
            }
        }
    }

    private void Send(HeartbeatDatagram datagram, SocketAddress to, byte[] key)
    {
        Span<byte> bytes = stackalloc byte[HeartbeatDatagram.Size];
        datagram.Write(bytes, key);
        try
        {
            _socket.SendTo(bytes, SocketFlags.None, to);
            ClusterInstruments.Shared.Told(KindOf(datagram), ClusterInstruments.Sent, bytes.Length);
        }
        catch (SocketException)
        {
            // As lost as one that the network loses: there is no way there, or a packet filter lets none out.
        }
    }

    private static string KindOf(HeartbeatDatagram datagram) => datagram.IsAnswer ? Answer : Heartbeat;
}
