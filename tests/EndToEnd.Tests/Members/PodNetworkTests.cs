using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>Pods of all machines reach each other, on one network and through a router.</summary>
public sealed class PodNetworkTests
{
    [Fact]
    public async Task Pods_and_machines_reach_each_other_whatever_joins_leaves_or_is_killed()
    {
        await using var cluster = await MachineCluster.RoutedAsync(near: 2, far: 2);
        var second = await cluster.JoinAsync();
        var kubectl = cluster.First.Kubectl();
        await kubectl.ApplyAsync(PodMesh.Deployment(2));
        await kubectl.RolledOutAsync("mesh");
        await PodMesh.AllReachAllAsync(cluster, 2);
        (await second.RunAsync("ip", "link")).Ok().DoesNotSay("aov-");

        // The first one behind a router: those before it have another MTU, and keep their connections.
        var third = await cluster.JoinAsync();
        await kubectl.OkAsync("scale", "deployment", "mesh", "--replicas=6");
        await kubectl.RolledOutAsync("mesh");
        await PodMesh.AllReachAllAsync(cluster, 6);
        (await second.RunAsync("ip", "link", "show", "type", "bridge")).Ok().Says("mtu 1450");

        await second.KillAsync();
        await second.UntilReadyAsync();
        using var api = second.Api();
        await api.UntilNodesAreReadyAsync(3);
        await PodMesh.AllReachAllAsync(cluster, 6);

        var former = await cluster.SubnetOfAsync(third);
        (await Tool.RunAsync(
            Places.Orchestrator, ["leave", "--data-dir", third.DataDirectory], timeout: TimeSpan.FromMinutes(3))).Ok();
        await RoutesAreAsync(cluster.First, 1, former);
        var fourth = await cluster.JoinAsync();
        Assert.NotEqual(former, await cluster.SubnetOfAsync(fourth));
        await kubectl.OkAsync("rollout", "restart", "deployment", "mesh");
        await kubectl.RolledOutAsync("mesh");
        await PodMesh.AllReachAllAsync(cluster, 6);
    }

    private static Task RoutesAreAsync(ControlMember at, int count, string former) =>
        Eventually.BecomesAsync(
            $"{count} routes to other machines' pods, none to {former}",
            async () => (await at.RunAsync("ip", "route", "show", "proto", "158")).Ok(),
            routes => routes.Lines.Count == count && !routes.Text.Contains(former, StringComparison.Ordinal));
}
