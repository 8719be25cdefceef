using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Tests.Containerd;
using ActorOrchestrator.Agent.Volumes;

namespace ActorOrchestrator.Agent.Tests.Cri;

/// <summary>Images as volumes, by the snapshots of a containerd that does not mount them itself.</summary>
public sealed class ImageViewTests(ContainerdFixture fixture) : ContainerdTests(fixture)
{
    private IContainerRuntime Runtime => Fixture.Runtime;

    [Fact(Timeout = 120_000)]
    public async Task A_view_shows_the_images_files_also_when_the_image_is_gone_until_it_is_removed()
    {
        var cancellation = TestContext.Current.CancellationToken;
        Assert.Equal(ImageMounter.Agent, await Runtime.ImageMounterAsync(cancellation));
        var (name, text) = ($"test.local/data-{Guid.NewGuid():N}:1", $"{Guid.NewGuid()}");
        var image = await ImportAsync(name, text, cancellation);
        var view = new ImageView($"uid-{Guid.NewGuid():N}", "data", image);
        var mount = Assert.Single(await Runtime.ViewImageAsync(view, cancellation));
        Assert.Equal(mount.Source, Assert.Single(await Runtime.ViewImageAsync(view, cancellation)).Source);
        Assert.Single(await ViewsAsync(view.PodUid));

        var place = Directory.CreateTempSubdirectory("aoc-view-").FullName;
        var mounts = new LinuxMounts();
        mounts.MountReadOnly(place, mount);
        try
        {
            // With the collection of garbage, before the answer.
            await Runtime.RemoveImageAsync(image, cancellation);
            Assert.Null(await Runtime.ImageStatusAsync(name, cancellation));
            Assert.Equal(text, await File.ReadAllTextAsync($"{place}/data.txt", cancellation));
            Assert.Throws<IOException>(() => File.WriteAllText($"{place}/new", ""));
        }
        finally
        {
            mounts.Unmount(place);
            Directory.Delete(place);
        }

        await Runtime.RemoveImageViewsAsync("another", cancellation);
        Assert.Single(await ViewsAsync(view.PodUid));
        await Runtime.RemoveImageViewsAsync(view.PodUid, cancellation);
        await Runtime.RemoveImageViewsAsync(view.PodUid, cancellation);
        Assert.Empty(await ViewsAsync(view.PodUid));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_image_that_is_gone_has_no_view()
    {
        var failed = await Assert.ThrowsAsync<ContainerRuntimeException>(() => Runtime.ViewImageAsync(
            new ImageView("uid", "data", $"sha256:{new string('0', 64)}"), TestContext.Current.CancellationToken));

        Assert.Equal(RuntimeErrorKind.ImageNotFound, failed.Kind);
    }

    /// <summary>CRI hears of what others import by an event.</summary>
    private async Task<string> ImportAsync(string name, string text, CancellationToken cancellation)
    {
        var archive = $"{Fixture.Directory}/{Guid.NewGuid():N}.tar";
        TestImages.WriteData(archive, name, text);
        await CtrAsync("images", "import", archive);
        while (true)
        {
            if (await Runtime.ImageStatusAsync(name, cancellation) is { } image)
            {
                return image.Id;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellation);
        }
    }

    private async Task<List<string>> ViewsAsync(string podUid) =>
        [.. (await CtrAsync("snapshots", "ls")).Split('\n')
            .Where(line => line.Contains(podUid, StringComparison.Ordinal))];

    private Task<string> CtrAsync(params string[] arguments) => ContainerdFixture.RunAsync(
        "ctr", ["-a", Fixture.Settings.SocketPath, "-n", "k8s.io", .. arguments]);
}
