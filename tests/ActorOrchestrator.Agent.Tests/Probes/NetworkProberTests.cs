using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorOrchestrator.Agent.Probes;
using ActorOrchestrator.Agent.Tests.Cri;
using ActorOrchestrator.Api.Core;
using Grpc.Health.V1;

namespace ActorOrchestrator.Agent.Tests.Probes;

/// <summary>Probes against real sockets of this process.</summary>
public sealed class NetworkProberTests : IDisposable
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    private readonly NetworkProber _prober = new(TimeProvider.System, "1.35");
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public NetworkProberTests() => _listener.Start();

    public void Dispose() => _listener.Dispose();

    [Theory]
    [InlineData("200 OK", true, "")]
    [InlineData("399 Odd", true, "")]
    [InlineData("404 Not Found", false, "HTTP probe failed with statuscode: 404")]
    [InlineData("500 Oops", false, "HTTP probe failed with statuscode: 500")]
    public async Task Http_statuses_decide(string status, bool succeeds, string output)
    {
        var serving = ServeAsync($"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");

        var outcome = await _prober.HttpGetAsync(
            new Uri($"http://127.0.0.1:{Port}/ok?x=1"),
            [new HTTPHeader { Name = "Host", Value = "shop" }, new HTTPHeader { Name = "X-A", Value = "b" }],
            s_timeout, TestContext.Current.CancellationToken);

        Assert.Equal(new ProbeOutcome(succeeds, output), outcome);
        var request = await serving;
        Assert.StartsWith("GET /ok?x=1 HTTP/1.1\r\n", request);
        Assert.Contains("Host: shop\r\n", request);
        Assert.Contains("X-A: b\r\n", request);
        Assert.Contains("User-Agent: kube-probe/1.35\r\n", request);
    }

    [Fact]
    public async Task A_refused_connection_is_told_as_Go_tells_it()
    {
        var port = Port;
        _listener.Stop();

        var http = await _prober.HttpGetAsync(
            new Uri($"http://127.0.0.1:{port}/"), [], s_timeout, TestContext.Current.CancellationToken);
        var tcp = await _prober.TcpConnectAsync("127.0.0.1", port, s_timeout, TestContext.Current.CancellationToken);

        var dial = $"dial tcp 127.0.0.1:{port}: connect: connection refused";
        Assert.Equal(new ProbeOutcome(false, $"Get \"http://127.0.0.1:{port}/\": {dial}"), http);
        Assert.Equal(new ProbeOutcome(false, dial), tcp);
    }

    [Fact]
    public async Task An_open_port_is_enough_for_tcp() => Assert.Equal(
        new ProbeOutcome(true, ""),
        await _prober.TcpConnectAsync("127.0.0.1", Port, s_timeout, TestContext.Current.CancellationToken));

    [Fact]
    public async Task A_silent_server_times_out()
    {
        var outcome = await _prober.HttpGetAsync(
            new Uri($"http://127.0.0.1:{Port}/"), [], TimeSpan.FromMilliseconds(50),
            TestContext.Current.CancellationToken);

        Assert.False(outcome.Succeeded);
        Assert.Contains("context deadline exceeded", outcome.Output);
    }

    [Theory]
    [InlineData("", 1, true, "")]
    [InlineData("shop", 1, true, "")]
    [InlineData("shop", 0, false, "service unhealthy (responded with \"UNKNOWN\")")]
    [InlineData("shop", 2, false, "service unhealthy (responded with \"NOT_SERVING\")")]
    public async Task A_grpc_answer_decides(string service, int status, bool succeeds, string output)
    {
        (string Service, string Path, string Agent) seen = default;
        await using var server = await GrpcServer.StartAsync(async context =>
        {
            var request = await GrpcServer.ReadAsync(context, HealthCheckRequest.Parser);
            seen = (request.Service, context.Request.Path.Value!, context.Request.Headers.UserAgent.ToString());
            GrpcServer.Begin(context);
            await GrpcServer.WriteAsync(context, new HealthCheckResponse
            {
                Status = (HealthCheckResponse.Types.ServingStatus)status,
            });
            GrpcServer.End(context, 0);
        });

        var outcome = await _prober.GrpcCheckAsync(
            "127.0.0.1", server.Port, service, s_timeout, TestContext.Current.CancellationToken);

        Assert.Equal(new ProbeOutcome(succeeds, output), outcome);
        Assert.Equal((service, "/grpc.health.v1.Health/Check", "kube-probe/1.35"), seen);
    }

    [Theory]
    [InlineData(12, "error: this server does not implement the grpc health protocol (grpc.health.v1.Health)")]
    [InlineData(5, "error: health rpc probe failed: rpc error: code = NotFound desc = no such service")]
    public async Task A_grpc_refusal_is_told(int code, string output)
    {
        await using var server = await GrpcServer.StartAsync(context =>
        {
            GrpcServer.Begin(context);
            context.Response.Headers["grpc-status"] = $"{code}";
            context.Response.Headers["grpc-message"] = "no such service";
            return Task.CompletedTask;
        });

        Assert.Equal(new ProbeOutcome(false, output), await _prober.GrpcCheckAsync(
            "127.0.0.1", server.Port, "", s_timeout, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_grpc_server_that_is_silent_or_absent_fails_in_words()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var port = Port;
        var silent = await _prober.GrpcCheckAsync(
            "127.0.0.1", port, "", TimeSpan.FromMilliseconds(50), cancellation);
        Assert.Equal(
            $"timeout: failed to connect service \"127.0.0.1:{port}\" within 0.05s: context deadline exceeded",
            silent.Output);

        _listener.Stop();
        var absent = await _prober.GrpcCheckAsync("127.0.0.1", port, "", s_timeout, cancellation);
        Assert.Equal(
            $"error: this pod did not answer a health check on 127.0.0.1:{port}: "
                + $"dial tcp 127.0.0.1:{port}: connect: connection refused",
            absent.Output);
    }

    [Fact]
    public async Task A_server_of_another_protocol_did_not_answer_a_health_check()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var asking = _prober.GrpcCheckAsync("127.0.0.1", Port, "", s_timeout, cancellation);
        using var asker = await _listener.AcceptTcpClientAsync(cancellation);
        await asker.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), cancellation);

        var outcome = await asking;

        Assert.False(outcome.Succeeded);
        Assert.StartsWith(
            $"error: this pod did not answer a health check on 127.0.0.1:{Port}: ", outcome.Output,
            StringComparison.Ordinal);
    }

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    private async Task<string> ServeAsync(string answer)
    {
        using var client = await _listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        var request = new StringBuilder();
        var buffer = new byte[4096];
        while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            request.Append(Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer)));
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        return request.ToString();
    }
}
