using System.Net.Sockets;
using System.Security.Cryptography;
using ActorOrchestrator.Actors.Hosting.Datagrams;
using ActorOrchestrator.Actors.Nodes;

namespace ActorOrchestrator.Host.Remote;

/// <summary>
/// A machine's heartbeats beside its connection to a member, which stands still for seconds where packets are lost.
/// They are sent, and their answers heard, for as long as the connection was heard lately.
/// </summary>
internal sealed class PulseDatagrams : IAsyncDisposable
{
    /// <summary>Answers to older heartbeats say nothing of now.</summary>
    private const int AnsweredWithin = 4;

    private readonly HeartbeatOffer _offer;
    private readonly Action _heard;
    private readonly TimeProvider _time;
    private readonly Socket _socket;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _work;
    private long _number = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
    private long _carried;

    /// <param name="offer">The member's.</param>
    /// <param name="heard">The member has answered.</param>
    /// <param name="time">By which they are sent.</param>
    public PulseDatagrams(HeartbeatOffer offer, Action heard, TimeProvider time)
    {
        (_offer, _heard, _time, _carried) = (offer, heard, time, time.GetTimestamp());
        _socket = new Socket(offer.Place.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _work = Task.WhenAll(SendAsync(), HearAsync());
    }

    private bool IsConnected => _time.GetElapsedTime(Volatile.Read(ref _carried)) < MachineConnection.PauseMax;

    /// <summary>The connection was heard.</summary>
    public void Carried() => Volatile.Write(ref _carried, _time.GetTimestamp());

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _socket.Dispose();
        _over.Dispose();
    }

    private async Task SendAsync()
    {
        var datagram = new byte[HeartbeatDatagram.Size];
        using var timer = new PeriodicTimer(NodePulse.SignEvery, _time);
        do
        {
            if (!IsConnected)
            {
                continue;
            }

            new HeartbeatDatagram(IsAnswer: false, Interlocked.Increment(ref _number), _offer.Number, Asker: 0)
                .Write(datagram, _offer.Key);
            try
            {
                await _socket.SendToAsync(datagram, _offer.Place, _over.Token);
            }
            catch (SocketException)
            {
                // As lost as one that the network loses: there is no way there now.
            }
        }
        while (await timer.WaitForNextTickAsync(_over.Token));
    }

    private async Task HearAsync()
    {
        var datagram = new byte[2 * HeartbeatDatagram.Size];
        while (true)
        {
            try
            {
                var received = await _socket.ReceiveFromAsync(datagram, _offer.Place, _over.Token);
                if (HeartbeatDatagram.Read(datagram.AsSpan(0, received.ReceivedBytes), _offer.Key)
                        is { IsAnswer: true } answer
                    && Volatile.Read(ref _number) - answer.Number is >= 0 and < AnsweredWithin && IsConnected)
                {
                    _heard();
                }
            }
            catch (SocketException)
            {
                // Too long to be an answer, or word that one of ours could not be delivered.
            }
        }
    }
}
