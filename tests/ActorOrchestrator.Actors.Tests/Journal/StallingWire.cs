using System.Buffers.Binary;
using System.Net.Sockets;

namespace ActorOrchestrator.Actors.Tests.Journal;

/// <summary>The way of one member to its PostgreSQL, which passes its words on until a test has the member freeze: in
/// the middle of them, or right before the one that ends its transaction.</summary>
internal sealed class StallingWire : IAsyncDisposable
{
    private const string SocketName = ".s.PGSQL.5432";

    /// <summary>Sync, which ends what was asked without a transaction of its own.</summary>
    private const byte LastWord = (byte)'S';

    /// <summary>What a client asks before it says who it is: whether the server encrypts.</summary>
    private static readonly int[] Questions = [80877103, 80877104];

    private readonly string _server;
    private readonly Socket _listener = NewSocket();
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _left = long.MaxValue;
    private volatile bool _holdsLastWord;

    /// <param name="server">The directory of the server's socket.</param>
    public StallingWire(string server)
    {
        _server = server;
        _listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(Directory, SocketName)));
        _listener.Listen();
        _ = AcceptAsync();
    }

    /// <summary>Where a member finds it.</summary>
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("stalling-wire-").FullName;

    /// <summary>The server waits for what does not come.</summary>
    public Task Stalled => _stalled.Task;

    public void StallAfter(long bytes) => Interlocked.Exchange(ref _left, bytes);

    public void StallBeforeLastWord() => _holdsLastWord = true;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private async Task AcceptAsync()
    {
        while (true)
        {
            _ = PassAsync(await _listener.AcceptAsync(_end.Token));
        }
    }

    private async Task PassAsync(Socket member)
    {
        using var server = NewSocket();
        await server.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(_server, SocketName)), _end.Token);
        await using var up = new NetworkStream(member, ownsSocket: true);
        await using var down = new NetworkStream(server);
        var answers = down.CopyToAsync(up, _end.Token);
        int question;
        do
        {
            question = BinaryPrimitives.ReadInt32BigEndian(await PassWordAsync(up, down, header: 4));
        }
        while (Questions.Contains(question));

        while (!answers.IsCompleted)
        {
            await PassWordAsync(up, down, header: 5);
        }
    }

    /// <returns>Its body.</returns>
    private async Task<byte[]> PassWordAsync(NetworkStream from, NetworkStream to, int header)
    {
        var head = new byte[header];
        await from.ReadExactlyAsync(head, _end.Token);
        var body = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(header - 4)) - 4];
        await from.ReadExactlyAsync(body, _end.Token);
        byte[] word = [.. head, .. body];
        var passes = header == 5 && head[0] == LastWord && _holdsLastWord
            ? 0
            : (int)Math.Min(word.Length, Volatile.Read(ref _left));
        Interlocked.Add(ref _left, -passes);
        await to.WriteAsync(word.AsMemory(0, passes), _end.Token);
        if (passes < word.Length)
        {
            _stalled.TrySetResult();
            await Task.Delay(Timeout.Infinite, _end.Token);
        }

        return body;
    }
}
