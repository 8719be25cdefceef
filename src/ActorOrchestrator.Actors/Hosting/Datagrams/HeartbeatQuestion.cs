using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace ActorOrchestrator.Actors.Hosting.Datagrams;

/// <summary>
/// Asks whether a member is reached by datagrams, by whoever is no member and runs no pods at the time: 'orchestrator
/// doctor'. A question is a heartbeat that names nobody, under a key of its own: no detector counts it or its answer.
/// Members have the key, and tell it to machines that only run pods.
/// </summary>
public static class HeartbeatQuestion
{
    /// <summary>In the place of whoever asks, or is asked.</summary>
    public const int Nobody = 0;

    /// <summary>A path that loses half of all packets lets one of them through, there and back, nearly for sure.
    /// </summary>
    private const int Attempts = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <param name="members">What only members know.</param>
    public static byte[] KeyOf(byte[] members) => HMACSHA256.HashData(members, "heartbeat questions"u8);

    /// <summary>Asks until it is answered, for two seconds at most.</summary>
    /// <param name="offer">Where, and by which key.</param>
    /// <param name="from">This machine's address; null: as the way there has it.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<HeartbeatEcho> AskAsync(
        HeartbeatOffer offer, IPAddress? from, CancellationToken cancellation)
    {
        using var socket = new Socket(offer.Place.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        var number = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
        SocketException? refusal = null;
        try
        {
            socket.Bind(new IPEndPoint(from ?? IPAddress.Any, 0));
            await socket.ConnectAsync(offer.Place, cancellation);
        }
        catch (SocketException unreachable)
        {
            return new(IsAnswered: false, unreachable);
        }

        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            using var turn = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            turn.CancelAfter(Pause);
            try
            {
                await SendAsync(socket, number + attempt, offer.Key, turn.Token);
                await UntilAnsweredAsync(socket, number, number + attempt, offer.Key, turn.Token);
                return new(IsAnswered: true, null);
            }
            catch (OperationCanceledException)
            {
                cancellation.ThrowIfCancellationRequested();
            }
            catch (SocketException refused)
            {
                refusal = refused;
                await Task.Delay(Pause, cancellation);
            }
        }

        return new(IsAnswered: false, refusal);
    }

    private static async Task SendAsync(Socket socket, long number, byte[] key, CancellationToken cancellation)
    {
        var bytes = new byte[HeartbeatDatagram.Size];
        new HeartbeatDatagram(IsAnswer: false, number, Nobody, Nobody).Write(bytes, key);
        await socket.SendAsync(bytes, cancellation);
    }

    private static async Task UntilAnsweredAsync(
        Socket socket, long first, long last, byte[] key, CancellationToken cancellation)
    {
        var bytes = new byte[2 * HeartbeatDatagram.Size];
        while (true)
        {
            var size = await socket.ReceiveAsync(bytes, cancellation);
            if (HeartbeatDatagram.Read(bytes.AsSpan(0, size), key) is { IsAnswer: true } answer
                && answer.Number - first >= 0 && last - answer.Number >= 0)
            {
                return;
            }
        }
    }
}

/// <summary>What came of a question.</summary>
/// <param name="IsAnswered">By somebody who has the key.</param>
/// <param name="Refusal">What the kernel said last: this machine could not send, or the other one said that nobody
/// listens. Null: it said nothing.</param>
public sealed record HeartbeatEcho(bool IsAnswered, SocketException? Refusal);
