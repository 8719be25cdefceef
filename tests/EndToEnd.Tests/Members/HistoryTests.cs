using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>Random faults of members under load; scripts/members runs more of them.</summary>
public sealed class HistoryTests
{
    [Fact]
    public async Task Random_faults_under_load_lose_and_double_nothing()
    {
        await using var cluster = await MemberCluster.StartAsync(
            new() { HaveClocks = true, Settings = FaultRounds.KeepRows });
        var kubectl = cluster.Members[0].Kubectl();
        foreach (var name in new[] { "busy0", "busy1" })
        {
            await kubectl.CreateAsync(Manifests.Deployment(
                name, 1, container: "command: [sleep, \"100000\"]\n"));
        }

        await FaultRounds.RunAsync(cluster, usual: 4);
    }
}
