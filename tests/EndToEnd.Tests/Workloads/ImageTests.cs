using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Workloads;

/// <summary>Images on a machine that reaches no registry.</summary>
public sealed class ImageTests(SharedCluster shared)
{
    private const string Library = "docker.io/library";
    private const string Message = ".status.containerStatuses[0].state.waiting.message";

    /// <summary>A name without a tag means "latest", and that means that the registry is asked each time.</summary>
    [Fact]
    public async Task An_image_that_is_here_needs_another_policy_and_the_pod_says_so()
    {
        await using var space = await shared.NewSpaceAsync();
        var kubectl = space.Kubectl;
        await kubectl.OkAsync("run", "box", "--image=busybox", "--command", "--", "sleep", "1000");
        await Eventually.BecomesAsync("the advice", () => kubectl.PathAsync("pod/box", Message), message =>
            message.Contains("Failed to pull image \"docker.io/library/busybox:latest\": ", StringComparison.Ordinal)
            && message.Contains("used without its registry when imagePullPolicy is IfNotPresent"));
        await kubectl.DescribesAsync(["pod", "box"], "the image is present on this machine");
        await kubectl.OkAsync("run", "taken", "--image=busybox", "--image-pull-policy=IfNotPresent", "--command", "--",
            "sleep", "1000");
        await kubectl.WaitAsync("pod/taken", "condition=Ready");

        await kubectl.OkAsync("run", "absent", "--image=nowhere", "--command", "--", "sleep", "1000");
        var told = await Eventually.BecomesAsync(
            "the failure", () => kubectl.PathAsync("pod/absent", Message),
            message => message.Contains("Failed to pull"));
        Assert.DoesNotContain("IfNotPresent", told, StringComparison.Ordinal);
    }

    /// <summary>On a disk that counts as full, and stays so whatever is removed.</summary>
    [Fact]
    public async Task Unused_images_are_removed_from_a_full_disk_but_for_pinned_ones_and_no_pod_suffers()
    {
        await using var settings = new SettingsFile();
        await using var cluster = await Cluster.StartAsync(new() { Settings = settings });
        var kubectl = cluster.Kubectl();
        await kubectl.OkAsync("run", "web", "--image=nginx:1.25");
        await kubectl.WaitAsync("pod/web", "condition=Ready");
        foreach (var name in (string[])["nginx:1.25", "nginx:1.25.3", "data-tool:v3.2"])
        {
            (await cluster.CtrAsync("images", "label", $"{Library}/{name}", "io.cri-containerd.pinned=")).Ok();
        }

        settings.Write("node.images { high-threshold = 1, low-threshold = 0, minimum-age = 0s }");
        await cluster.StopServerAsync();
        await cluster.StartServerAsync();
        var left = await Eventually.BecomesAsync(
            "the unused images to be gone", async () => (await cluster.CtrAsync("images", "ls", "-q")).Text.Split('\n'),
            images => !images.Intersect([$"{Library}/data-tool:v3.2", $"{Library}/nginx:1.25.3"]).Any());
        Assert.Superset(
            new HashSet<string>
            {
                $"{Library}/nginx:1.25", $"{Library}/busybox:latest", $"{Library}/report-tool:latest",
                "docker.io/actor-orchestrator/pause:3.9",
            },
            left.ToHashSet());
        var node = (await kubectl.OkAsync("get", "nodes", "-o", "name")).Text.Trim();
        await kubectl.DescribesAsync(
            [node], "FreeDiskSpaceFailed", "Failed to garbage collect required amount of images");
        Assert.Equal("Running", await kubectl.PathAsync("pod/web", ".status.phase"));
    }
}
