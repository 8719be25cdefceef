using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>A machine that only runs pods, whose connections carry nothing for seconds, as they do where packets are
/// lost.</summary>
public sealed class StandingConnectionTests
{
    private const string Cut =
        "add table inet cut; add chain inet cut in { type filter hook input priority 0; }; "
        + "add chain inet cut out { type filter hook output priority 0; }; "
        + "add rule inet cut in ip protocol tcp drop; add rule inet cut out ip protocol tcp drop";

    /// <summary>Longer than a machine that is not heard takes to be lost, by far.</summary>
    private static readonly TimeSpan Standing = TimeSpan.FromSeconds(8);

    [Fact]
    public async Task It_is_not_called_lost_while_its_heartbeats_come_and_is_when_they_are_all_that_comes()
    {
        // Signs of life are all that it is judged by.
        await using var cluster = await MachineCluster.RoutedAsync(near: 3, far: 0, "node.silence-max=1h");
        await cluster.JoinAsync();
        var machine = await cluster.JoinToRunPodsAsync();
        var name = MachineCluster.NameOf(machine);
        var kubectl = cluster.First.Kubectl();
        await Eventually.BecomesAsync("it to be ready", () => ReadyAsync(kubectl, name), ready => ready == "True");
        var since = await SinceAsync(kubectl, name);

        await machine.RunAsync("nft", Cut);
        await Task.Delay(Standing, TestContext.Current.CancellationToken);
        await machine.RunAsync("nft", "delete table inet cut");
        Assert.Equal(since, await SinceAsync(kubectl, name));
        await kubectl.OkAsync("run", "there", "--image=busybox:1.35", $"--overrides={PodOn(name)}");
        await kubectl.OkAsync("wait", "pod/there", "--for=condition=Ready", "--timeout=60s");
        Assert.Equal(since, await SinceAsync(kubectl, name));

        await machine.RunAsync("nft", Cut);
        await Eventually.BecomesAsync("it to be lost", () => ReadyAsync(kubectl, name), ready => ready == "Unknown");
        await machine.RunAsync("nft", "delete table inet cut");
        await Eventually.BecomesAsync("it to be back", () => ReadyAsync(kubectl, name), ready => ready == "True");
    }

    private static Task<string> ReadyAsync(Kubectl kubectl, string node) =>
        kubectl.PathAsync($"node/{node}", ".status.conditions[?(@.type==\"Ready\")].status");

    private static Task<string> SinceAsync(Kubectl kubectl, string node) =>
        kubectl.PathAsync($"node/{node}", ".status.conditions[?(@.type==\"Ready\")].lastTransitionTime");

    private static string PodOn(string node) => $$"""
        {"spec": {"nodeName": "{{node}}", "containers": [{"name": "there", "image": "busybox:1.35",
          "command": ["sleep", "100000"] }] } }
        """;
}
