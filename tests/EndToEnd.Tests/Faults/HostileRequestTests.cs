using System.Globalization;
using System.Net;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Faults;

/// <summary>
/// Guarantee G13: bad input gets a Status error that fits, and changes nothing.
/// </summary>
public sealed class HostileRequestTests
{
    private const int Requests = 1000;
    private const long MemoryGrowthBytesMax = 400L * 1024 * 1024;

    [Fact]
    public async Task A_thousand_hostile_requests_get_a_fitting_status_and_change_nothing()
    {
        await using var cluster = await Cluster.StartAsync(new() { Containers = false });
        var kubectl = cluster.Kubectl();
        await kubectl.CreateAsync(Manifests.ConfigMap("target", ("a", "1")));
        await kubectl.CreateAsync(Manifests.Deployment("web", 0));
        await kubectl.RolledOutAsync("web");
        var before = await ContentsAsync(cluster);
        var memoryBefore = ResidentBytes(cluster.ServerPid);

        var kinds = HostileRequests.Kinds().ToList();
        var wrong = new List<string>();
        using var api = cluster.Api();
        foreach (var number in Enumerable.Range(0, Requests))
        {
            var hostile = kinds[number % kinds.Count](new Random(number));
            var answer = await api.SendAsync(hostile.Method, hostile.Path, hostile.Body, hostile.ContentType, []);
            if (!Fits(hostile, answer))
            {
                var expected = string.Join('/', hostile.Expected);
                wrong.Add($"{hostile.What} (seed {number}): expected {expected}, got {answer}");
            }
        }
        Assert.True(wrong.Count == 0,
            $"{wrong.Count} wrong answers:\n{string.Join('\n', wrong.Select(Cut).Distinct().Take(40))}");
        Assert.Equal(before, await ContentsAsync(cluster));
        var growth = ResidentBytes(cluster.ServerPid) - memoryBefore;
        Assert.True(growth < MemoryGrowthBytesMax, $"the server grew by {growth >> 20} MiB");
        await kubectl.OkAsync("get", "--raw", "/readyz");
    }

    [Fact]
    public async Task Clients_that_never_finish_a_request_do_not_stop_the_others()
    {
        await using var cluster = await Cluster.StartAsync(new() { Containers = false });
        var port = int.Parse(cluster.Listen.Split(':')[1], CultureInfo.InvariantCulture);
        var stalled = new List<System.Net.Sockets.TcpClient>();
        try
        {
            foreach (var _ in Enumerable.Range(0, 200))
            {
                var client = new System.Net.Sockets.TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
                await client.GetStream().WriteAsync(
                    new byte[] { 0x16, 0x03, 0x01 }, TestContext.Current.CancellationToken);
                stalled.Add(client);
            }
            await cluster.Kubectl().CreateAsync(Manifests.ConfigMap("meanwhile", ("a", "1")));
        }
        finally
        {
            stalled.ForEach(client => client.Dispose());
        }
    }

    /// <summary>The answer has one of the expected codes and is a Status that agrees with it.</summary>
    private static bool Fits(Hostile hostile, Answer answer)
    {
        if (!hostile.Expected.Contains((int)answer.Code))
        {
            return false;
        }

        if ((int)answer.Code < 400)
        {
            return true;
        }

        return answer.Json is { } status && status["kind"]?.GetValue<string>() == "Status"
            && status["code"]?.GetValue<int>() == (int)answer.Code
            && status["status"]?.GetValue<string>() == "Failure"
            && !string.IsNullOrEmpty(status["message"]?.GetValue<string>());
    }

    private static string Cut(string text) => text.Length > 500 ? text[..500] : text;

    private static async Task<string> ContentsAsync(Cluster cluster)
    {
        using var api = cluster.Api();
        var maps = await api.GetAsync("/api/v1/configmaps");
        var deployments = await api.GetAsync("/apis/apps/v1/deployments");
        return maps["items"]!.ToJsonString() + deployments["items"]!.ToJsonString();
    }

    private static long ResidentBytes(int pid)
    {
        var line = File.ReadLines($"/proc/{pid}/status").Single(each => each.StartsWith("VmRSS:"));
        var kilobytes = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return 1024 * long.Parse(kilobytes, CultureInfo.InvariantCulture);
    }
}
