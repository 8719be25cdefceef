using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorOrchestrator.Agent.Cri;
using ActorOrchestrator.Agent.Cri.Calls;
using ActorOrchestrator.Agent.Cri.Protocol;
using ActorOrchestrator.Agent.Cri.Protocol.Containerd;
using ActorOrchestrator.Agent.Cri.Streaming;
using ActorOrchestrator.Agent.Tests.Containerd;
using ActorOrchestrator.Streams;
using ActorOrchestrator.Streams.Commands;
using ActorOrchestrator.Streams.Spdy;
using Microsoft.Extensions.Logging.Abstractions;
using Status = ActorOrchestrator.Agent.Cri.Protocol.Containerd.Status;

namespace ActorOrchestrator.Agent.Tests.Cri;

/// <summary>What is done at a runtime's streaming server that behaves as containerd's does at its worst.</summary>
public sealed class StreamingTests : IDisposable
{
    private static readonly SpdyLimits Limits = new(StreamsMax: 8, WindowBytes: 64 * 1024);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly SpdyClient _client = new();
    private static readonly CommandShape s_withInput = new(Input: true, Output: true, Error: false, Terminal: false);
    private int _running;
    private int _asked;

    public StreamingTests() => _listener.Start();

    private static CancellationToken Until => TestContext.Current.CancellationToken;

    private Uri Url => new($"http://{_listener.LocalEndpoint}/");

    public void Dispose()
    {
        _client.Dispose();
        _listener.Dispose();
    }

    [Fact(Timeout = 120_000)]
    public async Task The_status_ends_a_command_though_its_input_is_unread_and_its_output_open()
    {
        using var shown = new MemoryStream();
        var running = RunAsync(new Endless(), shown);
        await using var connection = await AcceptAsync();
        var (end, output) = await StreamsAsync(connection);
        await output.WriteAsync("1\n"u8.ToArray(), TestContext.Current.CancellationToken);
        await end.WriteAsync("""{"metadata":{},"status":"Success"}"""u8.ToArray(), Until);
        await end.CompleteWritesAsync();
        Assert.Equal("Success", (await running).Result);
        Assert.Equal("1\n", Encoding.UTF8.GetString(shown.ToArray()));
        Assert.Equal(0, _asked);
    }

    /// <summary>What the runtime has of unread input is seldom needed, and it costs much to find where.</summary>
    [Fact(Timeout = 120_000)]
    public async Task A_command_with_input_costs_one_call()
    {
        var calls = new List<string>();
        await using var server = await GrpcServer.StartAsync(async context =>
        {
            calls.Add(context.Request.Path.Value!.Split('/')[^1]);
            GrpcServer.Begin(context);
            await GrpcServer.WriteAsync(context, new ExecResponse { Url = $"{Url}" });
            GrpcServer.End(context, 0);
        });
        using var runtime = new CriRuntime(
            new CriRuntimeOptions(server.SocketPath, "me"), TimeProvider.System, NullLogger<CriRuntime>.Instance);

        var session = await runtime.ExecAsync("c", ["cat"], s_withInput, TestContext.Current.CancellationToken);
        var running = session.RunAsync(
            new CommandStreams(Stream.Null, Stream.Null, null, TerminalSize.NewChannel().Reader), Until);
        await using var connection = await AcceptAsync();
        var (end, _) = await StreamsAsync(connection);
        await end.WriteAsync("""{"metadata":{},"status":"Success"}"""u8.ToArray(), Until);
        await end.CompleteWritesAsync();

        Assert.Equal("Success", (await running).Result);
        Assert.Equal(["Exec"], calls);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_command_whose_end_is_never_told_is_not_waited_for()
    {
        using var shown = new MemoryStream();
        var running = RunAsync(new Endless(), shown);
        await using var connection = await AcceptAsync();
        var (_, output) = await StreamsAsync(connection);
        await output.WriteAsync("1\n"u8.ToArray(), TestContext.Current.CancellationToken);
        await output.CompleteWritesAsync();
        Assert.Contains("does not say how it ended", (await running).Message!, StringComparison.Ordinal);
        Assert.Equal("1\n", Encoding.UTF8.GetString(shown.ToArray()));
    }

    /// <summary>A FIFO that holds as much as it can stands for the one that containerd cannot write on into.</summary>
    [Fact(Timeout = 60_000)]
    public async Task What_a_command_left_unread_is_taken_away_when_it_has_ended_and_not_before()
    {
        await using var tasks = await TasksAsync(running: 12);
        using var channel = new RuntimeChannel(tasks.SocketPath, TimeProvider.System);
        var state = Directory.CreateTempSubdirectory("state").FullName;
        var place = Directory.CreateDirectory($"{state}/containers/c/io/1").FullName;
        await using var ofCommand = await FullFifoAsync($"{place}/e-stdin");
        await using var ofContainer = await FullFifoAsync($"{place}/c-stdin");
        var running = RunAsync(
            new Endless(), Stream.Null, UnreadInput.Of(channel, TimeSpan.FromSeconds(10), state, "c"));
        await using var connection = await AcceptAsync();
        var (end, output) = await StreamsAsync(connection);
        await output.CompleteWritesAsync();

        await Task.Run(() => ofCommand.Write(new byte[1]), TestContext.Current.CancellationToken);
        Assert.Equal(0, _running);
        Assert.False(running.IsCompleted);
        await end.WriteAsync("""{"metadata":{},"status":"Success"}"""u8.ToArray(), Until);
        await end.CompleteWritesAsync();
        Assert.Equal("Success", (await running).Result);
        Assert.Equal(1, _asked);

        var blocked = Task.Run(() => ofContainer.Write(new byte[1]), Until);
        Assert.False(blocked.IsCompleted);
        using var reader = new FileStream($"{place}/c-stdin", FileMode.Open, FileAccess.Read);
        await reader.ReadExactlyAsync(new byte[64 * 1024], Until);
        await blocked;
        Directory.Delete(state, recursive: true);
    }

    /// <summary>containerd knows no such command: its container has ended, or it is about to start.</summary>
    [Theory(Timeout = 60_000)]
    [InlineData(null, true)]
    [InlineData("Stopped", true)]
    [InlineData("Running", false)]
    public async Task A_command_has_ended_with_its_container(string? container, bool expected)
    {
        await using var tasks = await GrpcServer.StartAsync(async context =>
        {
            var asked = await GrpcServer.ReadAsync(context, GetRequest.Parser);
            GrpcServer.Begin(context);
            var isKnown = asked.ExecId.Length == 0 && container is not null;
            if (isKnown)
            {
                await GrpcServer.WriteAsync(context, new GetResponse
                {
                    Process = new Process { Status = Enum.Parse<Status>(container!) },
                });
            }

            GrpcServer.End(context, isKnown ? 0 : (int)Grpc.Core.StatusCode.NotFound);
        });
        using var channel = new RuntimeChannel(tasks.SocketPath, TimeProvider.System);
        var state = Directory.CreateTempSubdirectory("state").FullName;
        await using var fifo = await FullFifoAsync(
            $"{Directory.CreateDirectory($"{state}/containers/c/io/1").FullName}/e-stdin");
        var unread = UnreadInput.Of(channel, TimeSpan.FromSeconds(20), state, "c");
        Assert.Equal(expected, await unread.DiscardAsync(TestContext.Current.CancellationToken));
        Directory.Delete(state, recursive: true);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_command_that_may_go_on_without_output_is_waited_for()
    {
        var running = RunAsync(new MemoryStream("little"u8.ToArray()), Stream.Null);
        await using var connection = await AcceptAsync();
        var (end, output) = await StreamsAsync(connection);
        await output.CompleteWritesAsync();
        await Task.Delay(TimeSpan.FromSeconds(6), TestContext.Current.CancellationToken);
        Assert.False(running.IsCompleted);
        await end.WriteAsync("""{"metadata":{},"status":"Success"}"""u8.ToArray(), Until);
        await end.CompleteWritesAsync();
        Assert.Equal("Success", (await running).Result);
    }

    [Fact(Timeout = 120_000)]
    public async Task Each_forwarded_connection_has_one_of_its_own()
    {
        await using var forward = new CriPortForward(
            token => _client.ConnectAsync(Url, CriPortForward.Version, CriPortForward.Limits, token));
        for (var i = 0; i < 2; i++)
        {
            var forwarding = forward.ForwardAsync(81, new Endless(), TestContext.Current.CancellationToken);
            await using var connection = await AcceptAsync();
            var fault = await TakeAsync(connection);
            var data = await TakeAsync(connection);
            await fault.WriteAsync("nobody listens"u8.ToArray(), Until);
            await data.CompleteWritesAsync();
            await fault.CompleteWritesAsync();
            Assert.Equal("nobody listens", (await Assert.ThrowsAsync<IOException>(() => forwarding)).Message);
        }
    }

    /// <summary>containerd's Tasks, which say so often that a command runs.</summary>
    private Task<GrpcServer> TasksAsync(int running)
    {
        _running = running;
        return GrpcServer.StartAsync(async context =>
        {
            var asked = await GrpcServer.ReadAsync(context, GetRequest.Parser);
            Assert.Equal(("c", "e"), (asked.ContainerId, asked.ExecId));
            GrpcServer.Begin(context);
            var status = _running == 0 ? Status.Stopped : Status.Running;
            _running = Math.Max(0, _running - 1);
            await GrpcServer.WriteAsync(context, new GetResponse { Process = new Process { Status = status } });
            GrpcServer.End(context, 0);
        });
    }

    /// <summary>Somebody holds its other end open, and reads nothing.</summary>
    private static async Task<FileStream> FullFifoAsync(string path)
    {
        await ContainerdFixture.RunAsync("mkfifo", path);
        var fifo = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        fifo.Write(new byte[64 * 1024]);
        return fifo;
    }

    private Task<Api.Status> RunAsync(Stream input, Stream output, UnreadInput? unread = null) =>
        new CriCommandSession(
                _client, Url, s_withInput, _ =>
                {
                    _asked++;
                    return Task.FromResult(unread);
                })
            .RunAsync(new CommandStreams(input, output, null, TerminalSize.NewChannel().Reader), Until);

    private async Task<SpdyConnection> AcceptAsync()
    {
        var stream = new NetworkStream(await _listener.AcceptSocketAsync(Until), ownsSocket: true);
        var (request, one) = ("", new byte[1]);
        while (!request.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, Until);
            request += (char)one[0];
        }

        await stream.WriteAsync(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n"u8.ToArray(), Until);
        return new SpdyConnection(stream, isServer: true, Limits);
    }

    private static async Task<(SpdyStream End, SpdyStream Output)> StreamsAsync(SpdyConnection connection)
    {
        var end = await TakeAsync(connection);
        await TakeAsync(connection);
        return (end, await TakeAsync(connection));
    }

    private static async Task<SpdyStream> TakeAsync(SpdyConnection connection)
    {
        var stream = await connection.Opened.ReadAsync(Until);
        await stream.AcceptAsync();
        return stream;
    }

    private sealed class Endless : AsyncStream
    {
        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            return buffer.Length;
        }

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;
    }
}
