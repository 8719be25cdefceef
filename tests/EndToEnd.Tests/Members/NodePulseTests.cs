using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using ActorOrchestrator.EndToEnd.Tests.Harness;
using ActorOrchestrator.EndToEnd.Tests.Machines;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>A machine that only runs pods is noticed to be lost by the signs of life on its connection: its heartbeats
/// may stay away for an hour here.</summary>
public sealed class NodePulseTests
{
    private const string Away = "away";
    private const int Replicas = 3;
    private const string Patient = "node.silence-max = 1h";

    /// <summary>A node that came back is placed on when its taints are gone.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    private static readonly int Rounds = MembersRun.Number("PULSE_ROUNDS", 1);

    private const string Spread = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 3
          selector: {matchLabels: {app: web} }
          template:
            metadata: {labels: {app: web} }
            spec:
              terminationGracePeriodSeconds: 1
              topologySpreadConstraints:
              - {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway,
                 labelSelector: {matchLabels: {app: web} } }
              containers:
              - {name: main, image: any, command: [sh, -c, "exec sleep 1000"]}
        """;

    [Fact]
    public async Task One_that_is_killed_is_noticed_and_replaced_and_comes_back()
    {
        await using var cluster = await JoinedCluster.WithAsync(Patient);
        await cluster.JoinAsync(await cluster.TokenAsync());
        await using var machine = await RemoteMachine.StartAsync(PlaneOf(cluster), Away);
        var kubectl = cluster.First.Kubectl();
        await kubectl.ApplyAsync(Spread);
        var losses = new List<(double Seen, double Replaced)>();
        foreach (var _ in Enumerable.Range(0, Rounds))
        {
            await kubectl.OkAsync("rollout", "restart", "deployment/web");
            await kubectl.RolledOutAsync("web");
            await Eventually.BecomesAsync("a pod to run there", () => PlacesAsync(cluster), HasAway);
            await Task.Delay(Settling, TestContext.Current.CancellationToken);
            losses.Add(await LoseAsync(cluster, machine));
        }

        MembersRun.Report($"machine seen     {NodeLossTests.Figures(losses.Select(loss => loss.Seen))}");
        MembersRun.Report($"machine replaced {NodeLossTests.Figures(losses.Select(loss => loss.Replaced))}");
        (await kubectl.OkAsync("get", "events", "-A", "-o", "jsonpath={.items[*].reason}")).Says("NodeNotReady");

        // In good order it is waited for.
        await machine.StopAsync();
        Assert.Equal("AgentStopped", await ReasonAsync(kubectl));
        machine.Launch();
        await Eventually.BecomesAsync("it to be back", () => ReasonAsync(kubectl), reason => reason == "KubeletReady");
    }

    [Fact]
    public async Task When_a_member_is_killed_its_machines_go_to_another_one_and_are_not_suspected()
    {
        await using var cluster = await JoinedCluster.WithAsync(Patient);
        var token = await cluster.TokenAsync();
        var second = await cluster.JoinAsync(token);
        var third = await cluster.JoinAsync(token);
        await using var machine = await RemoteMachine.StartAsync(PlaneOf(cluster), Away);
        for (var round = 0; round < 2; round++)
        {
            foreach (var member in (ControlMember[])[cluster.First, second, third])
            {
                await member.KillAsync();
                var other = member == third ? second : third;
                await using (var probes = await ShardProbes.OpenAsync(other))
                {
                    await probes.UntilAllAnswerAsync();
                }

                await member.UntilReadyAsync();
            }
        }

        var events = await third.Kubectl(null).OkAsync(
            "get", "events", "-A", "--field-selector", $"involvedObject.name={Away}", "-o",
            "jsonpath={.items[*].reason}");
        events.DoesNotSay("NodeNotReady");
        Assert.Equal("KubeletReady", await ReasonAsync(third.Kubectl()));

        // Whoever it is connected to now notices.
        await machine.KillAsync();
        await machine.BecomesAsync("Unknown");
        Assert.Equal("MachineUnreachable", await ReasonAsync(third.Kubectl()));
    }

    /// <summary>Whoever carried it is gone, and nobody else has ever heard it.</summary>
    [Fact]
    public async Task One_that_is_lost_together_with_its_member_is_noticed()
    {
        await using var cluster = await JoinedCluster.WithAsync(Patient);
        await using var machine = await RemoteMachine.StartAsync(PlaneOf(cluster), Away);
        var token = await cluster.TokenAsync();
        var second = await cluster.JoinAsync(token);
        await cluster.JoinAsync(token);
        await Task.Delay(Settling, TestContext.Current.CancellationToken);
        await Task.WhenAll(machine.KillAsync(), cluster.First.KillAsync());
        var killed = Stopwatch.GetTimestamp();
        await Eventually.BecomesAsync(
            "it to be lost", () => ReasonAsync(second.Kubectl()), reason => reason == "MachineUnreachable");
        MembersRun.Report(string.Create(CultureInfo.InvariantCulture,
            $"machine and its member: seen after {Stopwatch.GetElapsedTime(killed).TotalSeconds:0.00} s"));
    }

    private static Plane PlaneOf(JoinedCluster cluster) => new(
        cluster.Api(cluster.First), cluster.First.DataDirectory, () => cluster.First.Kubectl());

    private static Task<string> ReasonAsync(Kubectl kubectl) =>
        kubectl.PathAsync($"node/{Away}", ".status.conditions[?(@.type==\"Ready\")].reason");

    private static async Task<(double Seen, double Replaced)> LoseAsync(JoinedCluster cluster, RemoteMachine machine)
    {
        await machine.KillAsync();
        var killed = Stopwatch.GetTimestamp();
        using var api = cluster.First.Api();
        var noticing = NodeLossTests.UntilAsync("the node to be lost", async () => !await IsReadyAsync(api), killed);
        var running = NodeLossTests.UntilAsync(
            "the pods to run elsewhere",
            async () => (await PlacesAsync(cluster)).Count(place => place != Away) == Replicas, killed);
        var (seen, replaced) = (await noticing, await running);
        Assert.Equal("MachineUnreachable", await ReasonAsync(cluster.First.Kubectl()));
        MembersRun.Report(string.Create(CultureInfo.InvariantCulture,
            $"machine: seen after {seen:0.00} s, its pods run elsewhere after {replaced:0.00} s"));
        machine.Launch();
        await machine.BecomesAsync("True");
        await Eventually.BecomesAsync(
            "its old pods to be gone", () => PlacesAsync(cluster), places => !HasAway(places));
        return (seen, replaced);
    }

    private static bool HasAway(IReadOnlyList<string> places) => places.Contains(Away);

    private static async Task<bool> IsReadyAsync(ApiClient api) =>
        (await api.GetAsync($"/api/v1/nodes/{Away}"))["status"]!["conditions"]!.AsArray().Any(condition =>
            condition!["type"]!.GetValue<string>() == "Ready" && condition["status"]!.GetValue<string>() == "True");

    /// <summary>The nodes of the pods that are ready, or are going.</summary>
    private static async Task<IReadOnlyList<string>> PlacesAsync(JoinedCluster cluster)
    {
        using var api = cluster.First.Api();
        return
        [
            .. (await api.GetAsync("/api/v1/namespaces/default/pods?labelSelector=app%3Dweb"))["items"]!.AsArray()
                .Where(pod => IsAt(pod!, "Ready") || pod!["metadata"]!["deletionTimestamp"] is not null)
                .Select(pod => pod!["spec"]!["nodeName"]!.GetValue<string>()),
        ];
    }

    private static bool IsAt(JsonNode pod, string condition) =>
        pod["status"]?["conditions"] is JsonArray conditions && conditions.Any(each =>
            each!["type"]!.GetValue<string>() == condition && each["status"]!.GetValue<string>() == "True");
}
