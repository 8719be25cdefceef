using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>What commands do on the first member of several.</summary>
public sealed class FirstMemberTests
{
    [Fact]
    public async Task It_knows_its_database_the_other_members_and_how_to_empty_one()
    {
        await using var cluster = await JoinedCluster.StartAsync();
        var second = await cluster.JoinAsync(await cluster.TokenAsync());
        (await OnFirst(cluster, "kubeconfig")).Ok().Says(
            $"server: https://{cluster.Api(cluster.First)}", $"server: https://{cluster.Api(second)}",
            "kubernetes-admin@actor-orchestrator-member-2");
        (await OnFirst(cluster, "kubeconfig", "--server", "db.example:1")).Ok()
            .Says("server: https://db.example:1", $"server: https://{cluster.Api(second)}");

        var kubectl = cluster.First.Kubectl();
        (await OnFirst(cluster, "drain", "member-9")).Fails("there is no node member-9");
        (await OnFirst(cluster, "drain", "member-2", "--timeout", "soon")).Fails("--timeout soon");
        (await OnFirst(cluster, "drain", "member-2")).Ok().Says("member-2 takes no more pods", "member-2 is drained");
        Assert.Equal("true", await kubectl.PathAsync("node/member-2", ".spec.unschedulable"));
        (await OnFirst(cluster, "uncordon", "member-2")).Ok().Says("member-2 takes pods again");
        Assert.Equal("", await kubectl.PathAsync("node/member-2", ".spec.unschedulable"));

        await cluster.First.KillAsync();
        (await OnFirst(cluster, "server", "--runtime", "process", "--listen", cluster.Api(cluster.First)))
            .Fails("has its journal in PostgreSQL (127.0.0.1:", "--journal-file");
        Assert.False(File.Exists(Path.Combine(cluster.First.DataDirectory, "journal.db")));
        (await OnFirst(cluster, "kubeconfig")).Ok().Says("without the other members", "server: https://");
        await cluster.First.UntilReadyAsync();
    }

    private static Task<Output> OnFirst(JoinedCluster cluster, params string[] arguments) =>
        Tool.RunAsync(Places.Orchestrator, [.. arguments, "--data-dir", cluster.First.DataDirectory]);
}
