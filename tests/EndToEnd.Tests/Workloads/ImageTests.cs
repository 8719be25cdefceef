using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Workloads;

/// <summary>Images on a machine that reaches no registry.</summary>
public sealed class ImageTests(SharedCluster shared)
{
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
}
