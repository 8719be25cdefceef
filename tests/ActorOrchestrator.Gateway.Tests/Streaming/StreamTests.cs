using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Gateway.Tests.Support;
using ActorOrchestrator.Streams.Commands;
using ActorOrchestrator.Streams.Spdy;
using static ActorOrchestrator.Gateway.Tests.Support.Samples;

namespace ActorOrchestrator.Gateway.Tests.Streaming;

/// <summary>pods/exec, attach and portforward: what is refused, and what goes over the wire in each protocol.</summary>
public sealed class StreamTests
{
    private const string All = "stdin=true&stdout=true&stderr=true";
    private static readonly SpdyLimits Limits = new(8, 64 * 1024);

    private static CancellationToken Until => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("absent/exec?command=ls", 404, "pods \"absent\" not found")]
    [InlineData("unbound/exec?command=ls", 400, "pod unbound does not have a host assigned")]
    [InlineData("p/exec?command=ls", 400,
        "a container name must be specified for pod p, choose one of: [a b]")]
    [InlineData("p/exec?container=x&command=ls", 400, "container x is not valid for pod p")]
    [InlineData("p/attach?container=x", 400, "container x is not valid for pod p")]
    [InlineData("p/exec?container=a", 400, "you must specify at least one command for the container")]
    [InlineData("p/exec?container=a&command=ls&stdout=false&stderr=false", 400,
        "you must specify at least 1 of stdin, stdout, stderr")]
    [InlineData("p/exec?container=b&command=ls", 500, "container not found (\"b\")")]
    [InlineData("p/portforward", 400, "query parameter \"ports\" is required")]
    [InlineData("p/portforward?ports=0", 400, "port \"0\" must be > 0 and <= 65535")]
    [InlineData("p/portforward?ports=70000", 400, "port \"70000\" must be > 0 and <= 65535")]
    public async Task Tells_why_there_is_no_connection(string path, int code, string message)
    {
        await using var gateway = await StartAsync(new FakeStreams(), "a", "b");
        gateway.Cluster.Put(Pod("unbound", "c") with { Spec = Pod("unbound", "c").Spec with { NodeName = null } });
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Pods}/{path}");
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.ParseAdd("websocket");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        using var response = await gateway.Client.SendAsync(request, Until);
        var status = JsonNode.Parse(await response.Content.ReadAsStringAsync(Until))!;
        Assert.Equal((code, message), ((int)response.StatusCode, status["message"]!.ToString()));
    }

    [Theory]
    [InlineData("GET", "exec?command=ls")]
    [InlineData("POST", "exec?command=ls")]
    [InlineData("POST", "attach")]
    [InlineData("POST", "portforward")]
    public async Task Needs_an_upgrade(string method, string path)
    {
        await using var gateway = await StartAsync(new FakeStreams());
        var answer = await gateway.SendAsync(method, $"{Pods}/p/{path}");
        Assert.Equal((400, "Upgrade request required"), (answer.Code, answer.Message));
    }

    [Theory]
    [InlineData("GET", "exec?command=ls", "get")]
    [InlineData("POST", "exec?command=ls", "create")]
    [InlineData("POST", "portforward", "create")]
    public async Task Is_forbidden_to_others(string method, string path, string verb)
    {
        await using var gateway = await StartAsync(new FakeStreams());
        using var user = gateway.NewClient(RunningGateway.UserToken);
        var answer = await gateway.SendAsync(method, $"{Pods}/p/{path}", client: user);
        Assert.Equal(403, answer.Code);
        Assert.Contains($"User \"jane\" cannot {verb} resource \"pods/{path.Split('?')[0]}\"", answer.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_of_the_node_is_the_answer()
    {
        await using var gateway = await StartAsync(new FakeStreams
        {
            Refusal = Statuses.InternalError("container is in CONTAINER_EXITED state"),
        });
        using var spdy = Spdy();
        var refused = await Assert.ThrowsAsync<IOException>(() => spdy.ConnectAsync(
            new Uri(gateway.Address, $"{Pods}/p/exec?command=ls&{All}"), "v4.channel.k8s.io", Limits, Until));
        Assert.Contains("container is in CONTAINER_EXITED state", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Protocols_that_nobody_speaks_are_named()
    {
        await using var gateway = await StartAsync(new FakeStreams());
        using var spdy = Spdy();
        var refused = await Assert.ThrowsAsync<IOException>(() => spdy.ConnectAsync(
            new Uri(gateway.Address, $"{Pods}/p/exec?command=ls&{All}"), "v9.channel.k8s.io", Limits, Until));
        Assert.Contains(
            "client supports [v9.channel.k8s.io], server accepts [v4.channel.k8s.io v3.channel.k8s.io",
            refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v4.channel.k8s.io")]
    [InlineData("v3.channel.k8s.io")]
    [InlineData("v2.channel.k8s.io")]
    [InlineData("channel.k8s.io")]
    public async Task A_command_runs_over_spdy(string protocol)
    {
        var node = new FakeStreams { End = CommandEnds.Exited(3) };
        await using var gateway = await StartAsync(node);
        using var spdy = Spdy();
        await using var connection = await spdy.ConnectAsync(
            new Uri(gateway.Address, $"{Pods}/p/exec?command=say&command=it&{All}"), protocol, Limits, Until);
        var end = await OpenAsync(connection, "error");
        var input = await OpenAsync(connection, "stdin");
        var output = await OpenAsync(connection, "stdout");
        var error = await OpenAsync(connection, "stderr");
        await input.WriteAsync(" again"u8.ToArray(), Until);
        await input.CompleteWritesAsync();
        Assert.Equal(("say it again", "on error"), (await TextAsync(output), await TextAsync(error)));
        var told = await TextAsync(end);
        if (protocol == "v4.channel.k8s.io")
        {
            var status = JsonNode.Parse(told)!;
            Assert.Equal("NonZeroExitCode", status["reason"]!.ToString());
            Assert.Equal("ExitCode", status["details"]!["causes"]![0]!["reason"]!.ToString());
            Assert.Equal("3", status["details"]!["causes"]![0]!["message"]!.ToString());
        }
        else
        {
            Assert.Equal("command terminated with non-zero exit code: exit status 3", told);
        }

        Assert.Equal(
            ("containerd://r1", "say it", new CommandShape(true, true, true, false)),
            (node.ContainerId, string.Join(' ', node.Command!), node.Shape));
    }

    [Fact]
    public async Task A_terminal_has_a_size_and_no_errors_of_its_own()
    {
        var node = new FakeStreams();
        await using var gateway = await StartAsync(node);
        using var spdy = Spdy();
        await using var connection = await spdy.ConnectAsync(
            new Uri(gateway.Address, $"{Pods}/p/exec?command=sh&tty=true&stdout=true&stderr=true"),
            "v3.channel.k8s.io", Limits, Until);
        var end = await OpenAsync(connection, "error");
        var output = await OpenAsync(connection, "stdout");
        var sizes = await OpenAsync(connection, "resize");
        await sizes.WriteAsync("{\"Width\":100,\"Hei"u8.ToArray(), Until);
        await sizes.WriteAsync("ght\":40}\n"u8.ToArray(), Until);
        Assert.Equal(new TerminalSize(100, 40), await node.Resized.Task.WaitAsync(Until));
        Assert.Equal(("sh", ""), (await TextAsync(output), await TextAsync(end)));
    }

    [Theory]
    [InlineData("v5.channel.k8s.io", false)]
    [InlineData("v4.channel.k8s.io", false)]
    [InlineData("v4.base64.channel.k8s.io", true)]
    [InlineData("channel.k8s.io", false)]
    [InlineData("base64.channel.k8s.io", true)]
    [InlineData("", false)]
    public async Task A_command_runs_over_a_websocket(string protocol, bool isBase64)
    {
        await using var gateway = await StartAsync(new FakeStreams { End = CommandEnds.Exited(3) });
        using var socket = await WebSocketAsync(gateway, $"{Pods}/p/exec?command=say&command=it", protocol);
        var heard = await HearAsync(socket, isBase64);
        Assert.Equal((protocol, "say it", "on error"), (socket.SubProtocol ?? "", heard[1], heard[2]));
        Assert.Equal(
            protocol.StartsWith('v') ? "3" : "",
            protocol.StartsWith('v')
                ? JsonNode.Parse(heard[3])!["details"]!["causes"]![0]!["message"]!.ToString()
                : "");
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Fact]
    public async Task Since_version_5_a_websocket_says_that_its_input_has_ended()
    {
        await using var gateway = await StartAsync(new FakeStreams());
        using var socket = await WebSocketAsync(gateway, $"{Pods}/p/exec?command=cat&{All}", "v5.channel.k8s.io");
        var bytes = new byte[300_000];
        new Random(1).NextBytes(bytes);
        var hearing = HearBytesAsync(socket, isBase64: false);
        await socket.SendAsync((byte[])[0, .. bytes], WebSocketMessageType.Binary, true, Until);
        await socket.SendAsync((byte[])[255, 0], WebSocketMessageType.Binary, true, Until);
        var heard = await hearing;
        Assert.Equal([.. "cat"u8, .. bytes], heard[1]);
    }

    [Fact]
    public async Task Who_leaves_is_not_waited_for()
    {
        var node = new FakeStreams();
        await using var gateway = await StartAsync(node);
        using (await WebSocketAsync(gateway, $"{Pods}/p/exec?command=cat&{All}", "v5.channel.k8s.io"))
        {
            // Gone at once.
        }

        await node.Left.Task.WaitAsync(Until);
    }

    [Fact]
    public async Task The_servers_end_is_told()
    {
        await using var gateway = await StartAsync(new FakeStreams());
        using var socket = await WebSocketAsync(gateway, $"{Pods}/p/exec?command=cat&{All}", "v5.channel.k8s.io");
        var hearing = HearAsync(socket, isBase64: false);
        await gateway.Server.StopAsync();
        Assert.Equal(
            "the server is shutting down", JsonNode.Parse((await hearing)[3])!["message"]!.ToString());
    }

    [Fact]
    public async Task Ports_are_forwarded_over_spdy()
    {
        await using var gateway = await StartAsync(new FakeStreams());
        using var spdy = Spdy();
        await using var connection = await spdy.ConnectAsync(
            new Uri(gateway.Address, $"{Pods}/p/portforward"), "portforward.k8s.io", Limits, Until);
        for (var request = 0; request < 20; request++)
        {
            var fault = await OpenPortAsync(connection, "error", 7, request);
            var data = await OpenPortAsync(connection, "data", 7, request);
            await data.WriteAsync("ping"u8.ToArray(), Until);
            await data.CompleteWritesAsync();
            Assert.Equal(("ping", ""), (await TextAsync(data), await TextAsync(fault)));
        }

        var refused = await OpenPortAsync(connection, "error", 8, 99);
        await OpenPortAsync(connection, "data", 8, 99);
        Assert.Equal("error forwarding port 8: connection refused", await TextAsync(refused));
    }

    [Fact]
    public async Task Ports_are_forwarded_over_a_websocket()
    {
        await using var gateway = await StartAsync(new FakeStreams());
        using var socket = await WebSocketAsync(
            gateway, $"{Pods}/p/portforward?ports=8&ports=7", "v4.channel.k8s.io");
        var answered = new TaskCompletionSource();
        var hearing = HearBytesAsync(socket, isBase64: false, channels =>
        {
            // Each begins with its port.
            if (channels[1].Count > 2 && channels[2].Count > 2 && channels[3].Count >= 2)
            {
                answered.TrySetResult();
            }
        });
        await socket.SendAsync((byte[])[2, .. "ping"u8], WebSocketMessageType.Binary, true, Until);
        await answered.Task.WaitAsync(TimeSpan.FromSeconds(20), Until);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Until);
        var heard = await hearing;
        Assert.Equal([8, 0], heard[0]);
        Assert.Equal([8, 0, .. "error forwarding port 8: connection refused"u8], heard[1]);
        Assert.Equal([7, 0, .. "ping"u8], heard[2]);
        Assert.Equal([7, 0], heard[3]);
    }

    private static async Task<RunningGateway> StartAsync(FakeStreams streams, params string[] containers)
    {
        containers = containers.Length == 0 ? ["c"] : containers;
        var gateway = await RunningGateway.StartAsync(streams: streams);
        var pod = Pod("p", containers);
        gateway.Cluster.Put(pod with
        {
            Spec = pod.Spec with { NodeName = "n1" },
            Status = new PodStatus
            {
                Phase = "Running",
                ContainerStatuses =
                [
                    new ContainerStatus
                    {
                        Name = containers[0], ContainerID = "containerd://r1", State = new() { Running = new() },
                    },
                ],
            },
        });
        return gateway;
    }

    private static SpdyClient Spdy() => new(new WithToken(new SocketsHttpHandler
    {
        SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null },
    }));

    private static async Task<ClientWebSocket> WebSocketAsync(RunningGateway gateway, string path, string protocol)
    {
        var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
        socket.Options.SetRequestHeader("Authorization", $"Bearer {RunningGateway.AdminToken}");
        if (protocol.Length > 0)
        {
            socket.Options.AddSubProtocol(protocol);
        }

        await socket.ConnectAsync(new UriBuilder(new Uri(gateway.Address, path)) { Scheme = "wss" }.Uri, Until);
        return socket;
    }

    private static Task<SpdyStream> OpenAsync(SpdyConnection connection, string type) =>
        connection.OpenAsync(new Dictionary<string, string> { ["streamType"] = type }, Until);

    private static Task<SpdyStream> OpenPortAsync(SpdyConnection connection, string type, int port, int request) =>
        connection.OpenAsync(
            new Dictionary<string, string>
            {
                ["streamType"] = type, ["port"] = port.ToString(), ["requestID"] = request.ToString(),
            },
            Until);

    private static async Task<string> TextAsync(SpdyStream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, Until);
        return Encoding.UTF8.GetString(all.ToArray());
    }

    private static async Task<string[]> HearAsync(WebSocket socket, bool isBase64) =>
        [.. (await HearBytesAsync(socket, isBase64)).Select(Encoding.UTF8.GetString)];

    /// <summary>What came on each channel until the end.</summary>
    private static async Task<byte[][]> HearBytesAsync(
        WebSocket socket, bool isBase64, Action<List<byte>[]>? heard = null)
    {
        var channels = Enumerable.Range(0, 5).Select(_ => new List<byte>()).ToArray();
        var buffer = new byte[128 * 1024];
        while (true)
        {
            var (length, isLast) = (0, false);
            while (!isLast)
            {
                var piece = await socket.ReceiveAsync(buffer.AsMemory(length), Until);
                if (piece.MessageType == WebSocketMessageType.Close)
                {
                    return [.. channels.Select(channel => channel.ToArray())];
                }

                (length, isLast) = (length + piece.Count, piece.EndOfMessage);
            }

            var channel = channels[isBase64 ? buffer[0] - '0' : buffer[0]];
            channel.AddRange(isBase64
                ? Convert.FromBase64String(Encoding.ASCII.GetString(buffer, 1, length - 1))
                : buffer[1..length]);
            heard?.Invoke(channels);
        }
    }

    private sealed class WithToken(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization = new("Bearer", RunningGateway.AdminToken);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
