using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Verbs;

/// <summary>kubectl autoscale, which writes autoscaling/v1 (1.20) or v2 (1.35).</summary>
public sealed class AutoscaleTests(SharedCluster shared)
{
    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task An_autoscaler_is_made_described_and_shown_in_both_versions(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = space.Kubectl;
        await kubectl.CreateAsync(Manifests.Deployment("web", 0));
        (await kubectl.OkAsync("autoscale", "deployment/web", "--min=1", "--max=3", "--cpu-percent=70"))
            .Says("autoscaled");
        (await kubectl.OkAsync("get", "hpa", "web")).Says("Deployment/web", "70%");
        await kubectl.DescribesAsync(["hpa", "web"], "Deployment/web", "70%");
        Assert.Equal("70", await kubectl.PathAsync(
            "horizontalpodautoscalers.v1.autoscaling/web", ".spec.targetCPUUtilizationPercentage"));
        Assert.Equal("70", await kubectl.PathAsync(
            "horizontalpodautoscalers.v2.autoscaling/web", ".spec.metrics[0].resource.target.averageUtilization"));
    }
}
