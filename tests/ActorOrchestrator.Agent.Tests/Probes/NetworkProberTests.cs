using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorOrchestrator.Agent.Probes;
using ActorOrchestrator.Api.Core;

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
    [InlineData("", "0000000000")]
    [InlineData("shop", "00000000060A0473686F70")]
    public void A_grpc_request_names_its_service(string service, string frame) =>
        Assert.Equal(frame, Convert.ToHexString(GrpcHealth.Frame(service)));

    [Theory]
    [InlineData("0", "00000000020801", true, "")]
    [InlineData("0", "00000000020802", false, "service unhealthy (responded with \"NOT_SERVING\")")]
    [InlineData("0", "0000000000", false, "service unhealthy (responded with \"UNKNOWN\")")]
    [InlineData("12", "", false,
        "error: this server does not implement the grpc health protocol (grpc.health.v1.Health)")]
    public void A_grpc_answer_decides(string code, string body, bool succeeds, string output)
    {
        using var response = new HttpResponseMessage(HttpStatusCode.OK);
        response.TrailingHeaders.TryAddWithoutValidation("grpc-status", code);

        Assert.Equal(
            new ProbeOutcome(succeeds, output), GrpcHealth.Outcome(response, Convert.FromHexString(body)));
    }

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    private async Task<string> ServeAsync(string answer)
    {
        using var client = await _listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        var request = new StringBuilder();
        var buffer = new byte[4096];
        while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            request.Append(Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer)));
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        return request.ToString();
    }
}
