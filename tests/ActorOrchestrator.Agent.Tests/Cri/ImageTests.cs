using ActorOrchestrator.Agent.Containerd;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Tests.Containerd;

namespace ActorOrchestrator.Agent.Tests.Cri;

public sealed class ImageTests(ContainerdFixture fixture) : ContainerdTests(fixture)
{
    private static readonly RegistryAuth Right = new(DockerRegistry.User, DockerRegistry.Password);

    private IContainerRuntime Runtime => Fixture.Runtime;

    [Fact(Timeout = 120_000)]
    public async Task An_image_is_pulled_from_a_registry_listed_and_run()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var registry = await DockerRegistry.StartAsync(withPassword: false);
        var name = await registry.PushBusyboxAsync("team/tool:v1");
        Assert.Null(await Runtime.ImageStatusAsync(name, cancellation));
        var reference = await Runtime.PullImageAsync(name, null, cancellation);
        Assert.StartsWith("sha256:", reference, StringComparison.Ordinal);
        var image = await Runtime.ImageStatusAsync(name, cancellation);
        Assert.Equal(reference, image!.Id);
        Assert.Contains(name, image.Tags);
        Assert.True(image.SizeBytes > 0);
        Assert.StartsWith(name.Split(":v1")[0] + "@sha256:", Assert.Single(
            image.Digests, digest => digest.StartsWith(registry.Host, StringComparison.Ordinal)),
                StringComparison.Ordinal);
        Assert.Contains(await Runtime.ListImagesAsync(cancellation), each => each.Id == reference);

        await using var pod = await PodOnContainerd.RunAsync(Runtime, Fixture.Sandbox("pulled"), cancellation);
        var id = await pod.StartAsync(ContainerdFixture.Container("c", "true") with { Image = name });
        var status = await pod.ExitedAsync(id);

        // The runtime names any of the tags of the same content, and other tests push that too.
        Assert.Equal(0, status.ExitCode);
        Assert.Contains("sha256:", status.ImageRef);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_registry_with_a_password_gives_the_image_for_the_right_one_only()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var registry = await DockerRegistry.StartAsync(withPassword: true);
        var name = await registry.PushBusyboxAsync("secret:1");
        await FailsAsync(RuntimeErrorKind.Unauthorized, name, null, cancellation);
        await FailsAsync(RuntimeErrorKind.Unauthorized, name, Right with { Password = "guess" }, cancellation);
        Assert.Null(await Runtime.ImageStatusAsync(name, cancellation));
        await Runtime.PullImageAsync(name, Right, cancellation);
        Assert.NotNull(await Runtime.ImageStatusAsync(name, cancellation));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_failing_pull_says_whether_image_registry_or_name_are_to_blame()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var registry = await DockerRegistry.StartAsync(withPassword: false);
        await registry.PushBusyboxAsync("there:1");
        await FailsAsync(RuntimeErrorKind.ImageNotFound, $"{registry.Host}/there:2", null, cancellation);
        await FailsAsync(RuntimeErrorKind.ImageNotFound, $"{registry.Host}/absent:1", null, cancellation);
        var nobody = $"127.0.0.1:{FreePort.Next()}";
        await FailsAsync(RuntimeErrorKind.Unavailable, $"{nobody}/there:1", null, cancellation);
        await FailsAsync(RuntimeErrorKind.Unavailable, "registry.invalid/there:1", null, cancellation);
        await FailsAsync(RuntimeErrorKind.InvalidArgument, "UPPER CASE", null, cancellation);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_registry_by_another_name_is_reached_at_its_set_endpoint()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var registry = await DockerRegistry.StartAsync(withPassword: true);
        await registry.PushBusyboxAsync("mirrored:1");
        ContainerdFiles.Write(Fixture.Settings with
        {
            Registries = [new RegistrySettings("images.invalid", [$"http://{registry.Host}"])],
        });
        await Runtime.PullImageAsync("images.invalid/mirrored:1", Right, cancellation);
        Assert.NotNull(await Runtime.ImageStatusAsync("images.invalid/mirrored:1", cancellation));
        ContainerdFiles.Write(Fixture.Settings);
        await FailsAsync(RuntimeErrorKind.Unavailable, "images.invalid/mirrored:2", Right, cancellation);
    }

    [Fact(Timeout = 120_000)]
    public async Task What_is_pinned_or_holds_sandboxes_is_told_to_be_kept()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var registry = await DockerRegistry.StartAsync(withPassword: false);
        var name = await registry.PushBusyboxAsync("kept:1");
        await Runtime.PullImageAsync(name, null, cancellation);
        var kept = await Runtime.KeptImagesAsync(cancellation);
        Assert.DoesNotContain(name, kept);
        Assert.Contains(kept, each => each.Contains("/pause:", StringComparison.Ordinal));
        Assert.True(Directory.Exists(await Runtime.ImageDirectoryAsync(cancellation)));

        await LabelAsync(name, "io.cri-containerd.pinned=pinned");
        Assert.Contains(name, await Runtime.KeptImagesAsync(cancellation));
        await LabelAsync(name, "io.cri-containerd.pinned=");
        Assert.DoesNotContain(name, await Runtime.KeptImagesAsync(cancellation));
    }

    private Task LabelAsync(string image, string label) => ContainerdFixture.RunAsync(
        "ctr", "-a", Fixture.Settings.SocketPath, "-n", "k8s.io", "images", "label", image, label);

    private async Task FailsAsync(
        RuntimeErrorKind kind, string image, RegistryAuth? auth, CancellationToken cancellation)
    {
        var failure = await Assert.ThrowsAsync<ContainerRuntimeException>(
            () => Runtime.PullImageAsync(image, auth, cancellation));
        Assert.True(kind == failure.Kind, $"{failure.Kind}: {failure.Message}");
        Assert.StartsWith($"Failed to pull image \"{image}\": ", failure.Message, StringComparison.Ordinal);
    }
}
