using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using ActorOrchestrator.Gateway.Tests.Support;
using static ActorOrchestrator.Gateway.Tests.Support.Samples;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>What malformed and malicious requests get: a Status, bounded work, and no change.</summary>
public sealed class HostileTests
{
    private const int MiB = 1024 * 1024;

    [Theory]
    [InlineData("", 400)]
    [InlineData("null", 400)]
    [InlineData("[]", 400)]
    [InlineData("7", 400)]
    [InlineData("{", 400)]
    [InlineData("{\"kind\":\"ConfigMap\"}}", 400)]
    [InlineData("{\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"}}trailing", 400)]
    [InlineData("{\"kind\":[\"ConfigMap\"],\"metadata\":{\"name\":\"a\"}}", 400)]
    [InlineData("{\"metadata\":{\"name\":\"../../etc/passwd\"}}", 422)]
    [InlineData("{\"metadata\":{\"name\":\"a\",\"labels\":{\"-\":\"!\"}}}", 422)]
    [InlineData("{\"metadata\":{\"name\":\"a\",\"labels\":[]}}", 400)]
    [InlineData("{\"metadata\":{\"name\":\"a\\u0000b\"}}", 422)]
    [InlineData("{\"metadata\":{\"name\":\"a\",\"creationTimestamp\":\"yesterday\"}}", 400)]
    public async Task Malformed_objects_are_refused(string body, int code)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var answer = await gateway.SendAsync("POST", ConfigMaps, body);
        Assert.Equal((code, "Status"), (answer.Code, answer.At("kind")));
        Assert.Empty(gateway.Cluster.Sent);
    }

    [Theory]
    [InlineData("a: [b", 400)]
    [InlineData("a: 1\n---\nb: 2\n", 400)]
    [InlineData("a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
        + "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n"
        + "g: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\nh: [*g,*g,*g,*g,*g,*g,*g,*g,*g]\n", 400)]
    public async Task Malformed_YAML_is_refused(string body, int code)
    {
        await using var gateway = await RunningGateway.StartAsync();
        Assert.Equal(code, (await gateway.SendAsync("POST", ConfigMaps, body, "application/yaml")).Code);
    }

    [Theory]
    [InlineData("unknown field", "\"f{0}\": 1")]
    [InlineData("duplicate field", "\"data\": {{}}")]
    [InlineData("unknown field", "\"{0}nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\": 1")]
    public async Task Warnings_of_ten_thousands_are_as_many_as_fit(string text, string field)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var fields = string.Join(',', Enumerable.Range(0, 30_000).Select(
            number => string.Format(CultureInfo.InvariantCulture, field, number)));
        var answer = await gateway.SendAsync(
            "POST", ConfigMaps, $$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},{{fields}}}""");
        Assert.Equal(201, answer.Code);
        Assert.Contains(text, answer.Header("Warning"), StringComparison.Ordinal);
        Assert.InRange(answer.Header("Warning").Length, 1, 16 * 1024);
    }

    [Fact]
    public async Task Bodies_beyond_the_limit_and_the_depth_are_refused()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var large = await gateway.SendAsync("POST", ConfigMaps, new string(' ', 3 * MiB + 1));
        Assert.Equal((413, "RequestEntityTooLarge"), (large.Code, large.Reason));
        using var chunked = new HttpRequestMessage(HttpMethod.Post, ConfigMaps)
        {
            Content = new StreamContent(new MemoryStream(new byte[4 * MiB])),
        };
        chunked.Headers.TransferEncodingChunked = true;
        using var refused = await gateway.Client.SendAsync(chunked, TestContext.Current.CancellationToken);
        Assert.Equal(413, (int)refused.StatusCode);
        var deep = $$"""{"data":{{string.Concat(Enumerable.Repeat("{\"a\":", 50_000))}}""";
        Assert.Equal(400, (await gateway.SendAsync("POST", ConfigMaps, deep)).Code);
        Assert.Equal(200, (await gateway.GetAsync("/livez")).Code);
    }

    [Theory]
    [InlineData("POST", ConfigMaps, "application/vnd.kubernetes.protobuf", 400)]
    [InlineData("POST", ConfigMaps, "text/plain", 415)]
    [InlineData("POST", "/api/v1/configmaps", "application/json", 405)]
    [InlineData("PUT", ConfigMaps, "application/json", 405)]
    [InlineData("PATCH", ConfigMaps, "application/json", 405)]
    [InlineData("POST", ConfigMaps + "/a", "application/json", 405)]
    [InlineData("POST", ConfigMaps + "/a/status", "application/json", 404)]
    [InlineData("GET", "/api/v1/namespaces/default/nodes", "", 404)]
    [InlineData("GET", "/api/v1/configmap", "", 404)]
    [InlineData("GET", "/api/v2/pods", "", 404)]
    [InlineData("GET", "/apis/apps/v1beta1/deployments", "", 404)]
    [InlineData("GET", "/apis//v1/deployments", "", 404)]
    [InlineData("GET", Pods + "/a/exec", "", 404)]
    [InlineData("GET", "/etc/passwd", "", 404)]
    [InlineData("GET", "/api/v1/namespaces/default/configmaps/..%2f..%2fsecrets", "", 404)]
    [InlineData("GET", "/api/v1/namespaces/%00/configmaps/a", "", 400)]
    [InlineData("DELETE", "/version", "", 405)]
    [InlineData("BREW", "/api/v1/pods", "", 405)]
    public async Task Wrong_paths_methods_and_types_are_refused(string method, string path, string type, int code)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var answer = await gateway.SendAsync(method, path, type.Length > 0 ? "{}" : null, type);
        Assert.Equal(code, answer.Code);
    }

    [Fact]
    public async Task Long_selectors_pass_and_endless_ones_do_not()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var long_ = string.Join(',', Enumerable.Range(0, 500).Select(i => $"key{i}=value{i}"));
        Assert.Equal(200, (await gateway.GetAsync($"{ConfigMaps}?labelSelector={long_}")).Code);
        Assert.Equal(414, (await gateway.GetAsync($"{ConfigMaps}?labelSelector={new string('a', 40_000)}")).Code);
    }

    [Fact]
    public async Task A_flood_beyond_the_bound_is_told_to_come_back()
    {
        var entered = new TaskCompletionSource();
        using var go = new SemaphoreSlim(0);
        await using var gateway = await RunningGateway.StartAsync(options => options with { WritesInFlightMax = 1 });
        gateway.Cluster.Before = (_, _) =>
        {
            entered.TrySetResult();
            Assert.True(go.Wait(TimeSpan.FromSeconds(20)));
            return null;
        };
        var first = gateway.SendAsync("POST", ConfigMaps, ConfigMapBody("a"));
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        var refused = await gateway.SendAsync("POST", ConfigMaps, ConfigMapBody("b"));
        Assert.Equal((429, "TooManyRequests", "1"), (refused.Code, refused.Reason, refused.Header("Retry-After")));
        Assert.Equal(200, (await gateway.GetAsync(ConfigMaps)).Code);
        go.Release();
        Assert.Equal(201, (await first).Code);
    }

    [Fact]
    public async Task Garbage_on_the_wire_ends_that_connection_alone()
    {
        await using var gateway = await RunningGateway.StartAsync();
        string[] sent =
            ["GET / HTTP/9.9\r\n\r\n", "\0\0\0\0", "POST /api/v1/pods HTTP/1.1\r\nContent-Length: -5\r\n\r\n"];
        foreach (var garbage in sent)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync("127.0.0.1", gateway.Address.Port, TestContext.Current.CancellationToken);
            await using var tls = new SslStream(socket.GetStream(), false, (_, _, _, _) => socket.Connected);
            await tls.AuthenticateAsClientAsync("localhost");
            await tls.WriteAsync(Encoding.ASCII.GetBytes(garbage), TestContext.Current.CancellationToken);
            var buffer = new byte[4096];
            var read = await tls.ReadAsync(buffer, TestContext.Current.CancellationToken);
            Assert.True(read == 0 || Encoding.ASCII.GetString(buffer, 0, read).StartsWith("HTTP/1.1 4") || read > 0);
        }

        Assert.Equal(200, (await gateway.GetAsync("/livez")).Code);
    }

    [Theory]
    [InlineData("/api/v1/namespaces/default/../../secrets")]
    [InlineData("/api/v1/namespaces/%2e%2E/secrets")]
    [InlineData("/api/v1/./secrets")]
    public async Task Paths_that_step_up_are_refused_not_resolved(string path)
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", gateway.Address.Port, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(socket.GetStream(), false, (_, _, _, _) => socket.Connected);
        await tls.AuthenticateAsClientAsync("localhost");
        var request = $"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            + $"Authorization: Bearer {RunningGateway.AdminToken}\r\n\r\n";
        await tls.WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(tls);
        Assert.StartsWith("HTTP/1.1 400 ", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Contains("\"kind\":\"Status\"", await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_fault_inside_is_500_and_tells_nothing_of_itself()
    {
        await using var gateway = await RunningGateway.StartAsync();
        gateway.Cluster.Before = (_, _) => throw new InvalidOperationException("secret detail");
        var answer = await gateway.SendAsync("POST", ConfigMaps, ConfigMapBody("a"));
        Assert.Equal((500, "InternalError"), (answer.Code, answer.Reason));
        Assert.DoesNotContain("secret detail", answer.Text);
    }
}
