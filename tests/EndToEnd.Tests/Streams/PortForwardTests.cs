using System.Text.RegularExpressions;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Streams;

/// <summary>port-forward by real kubectl: SPDY/3.1 in a WebSocket (1.35), and by itself (1.20).</summary>
public sealed partial class PortForwardTests(SharedCluster shared)
{
    private const int RequestsMax = 1_000;
    private const int AtOnce = 20;
    private const int RefusedMax = 10;

    [Theory]
    [InlineData(Kubectl.New)]
    [InlineData(Kubectl.Old)]
    public async Task A_thousand_requests_pass_twenty_at_once(string version)
    {
        var until = TestContext.Current.CancellationToken;
        await using var space = await shared.NewSpaceAsync(version);
        await space.Kubectl.ApplyAsync(Manifests.Pod(
            "web", "mkdir /www; seq 100000 >/www/all; exec httpd -f -h /www",
            "readinessProbe: {tcpSocket: {port: 80}, periodSeconds: 1}\n"));
        await space.Kubectl.WaitAsync("pod/web", "condition=Ready");
        await using var forward = space.Kubectl.Follow("port-forward", "pod/web", ":80", ":81");
        await forward.SeesAsync("both ports", lines => lines.Count(line => Forwarding().IsMatch(line)) >= 2);
        var ports = forward.Lines.Select(line => Forwarding().Match(line)).Where(match => match.Success)
            .ToDictionary(match => match.Groups["to"].Value, match => match.Groups["from"].Value);

        // Each has a connection of its own.
        using var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero });
        var expected = string.Concat(Enumerable.Range(1, 100_000).Select(number => $"{number}\n"));
        await Parallel.ForAsync(
            0, RequestsMax, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = until },
            async (_, cancellation) => Assert.Equal(
                expected, await http.GetStringAsync($"http://127.0.0.1:{ports["80"]}/all", cancellation)));

        // Nobody listens there; the client is told, and newer ones end with it. Older ones go on.
        for (var round = 0; round < (version == Kubectl.Old ? RefusedMax : 1); round++)
        {
            await Assert.ThrowsAnyAsync<HttpRequestException>(
                () => http.GetStringAsync($"http://127.0.0.1:{ports["81"]}/", until));
            if (version == Kubectl.Old)
            {
                Assert.Equal(expected, await http.GetStringAsync($"http://127.0.0.1:{ports["80"]}/all", until));
            }
        }

        await forward.SeesAsync("the refusal", lines => lines.Any(
            line => line.Contains("error forwarding port 81", StringComparison.Ordinal)
                && line.Contains("connection refused", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(Kubectl.New)]
    public async Task It_ends_with_its_pod(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        await space.Kubectl.ApplyAsync(Manifests.Pod("web", "exec httpd -f"));
        await space.Kubectl.WaitAsync("pod/web", "condition=Ready");
        await using var forward = space.Kubectl.Follow("port-forward", "pod/web", ":80");
        await forward.SeesAsync("the port", lines => lines.Any(line => Forwarding().IsMatch(line)));
        await space.Kubectl.OkAsync("delete", "pod", "web");
        await forward.SeesAsync("the end", lines => lines.Any(
            line => line.Contains("lost connection to pod", StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"^Forwarding from 127\.0\.0\.1:(?<from>\d+) -> (?<to>\d+)$")]
    private static partial Regex Forwarding();
}
