using System.Diagnostics;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Tests.Pods;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Tests.Volumes;

/// <summary>An image's files as the agent mounts them; needs root, as the agent does.</summary>
public sealed class ImageMountTests : IDisposable
{
    /// <summary>Of their paths one page of mount(2) does not hold as many.</summary>
    private const int ManyLayers = 120;

    private static readonly PodPlace Place = new("shop", "web", "u1");

    private readonly string _home = Directory.CreateTempSubdirectory("aoc-image-mounts-").FullName;
    private readonly LinuxMounts _mounts = new();
    private readonly LocalPodFiles _files;

    public ImageMountTests() =>
        _files = new LocalPodFiles(_home + "/pods", _home + "/logs", "cluster.local", _mounts, TimeProvider.System);

    private string Volume => $"{_home}/pods/u1/volumes/kubernetes.io~image/data";

    public void Dispose()
    {
        _files.RemoveTraces(Place);
        Directory.Delete(_home, recursive: true);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(ManyLayers)]
    public void All_layers_are_read_and_nothing_is_written(int layers)
    {
        Prepare(layers);
        Prepare(layers);

        Assert.Equal($"text {layers - 1}", File.ReadAllText($"{Volume}/file-{layers - 1}"));
        Assert.Equal("text 0", File.ReadAllText($"{Volume}/file-0"));
        Assert.Throws<IOException>(() => File.WriteAllText($"{Volume}/file-0", "other"));
        Assert.Single(File.ReadLines("/proc/self/mounts"), line => line.Split(' ')[1] == Volume);
        foreach (var options in (string[])["remount,rw", "remount,bind,rw"])
        {
            RunMount("-o", options, Volume);
            Assert.Throws<IOException>(() => File.WriteAllText($"{Volume}/file-0", "other"));
        }

        _files.TearDownVolumes("u1");
        Assert.False(Directory.Exists(Volume));
        Assert.Equal("text 0", File.ReadAllText($"{Layer(0)}/file-0"));
    }

    [Fact]
    public void What_is_no_file_system_is_told_and_leaves_no_mount()
    {
        var failed = Assert.Throws<VolumeException>(() => _files.Prepare(
            Place, new VolumeWork.Image("data", [new ViewMount("bind", $"{_home}/absent", ["rbind", "ro"])]), null));

        Assert.StartsWith($"MountVolume.SetUp failed for volume \"data\" : open {_home}/absent: ", failed.Message,
            StringComparison.Ordinal);
        Assert.False(_mounts.IsMountPoint(Volume));
    }

    [Fact]
    public void A_container_gets_the_volume_or_a_directory_of_it_without_other_owners()
    {
        Prepare(2);
        var mounts = Mounts(("/all", null), ("/part", "directory"));

        var (all, part) = (mounts.First(m => m.ContainerPath == "/all"), mounts.First(m => m.ContainerPath == "/part"));
        Assert.Equal((Volume, true, true), (all.HostPath, all.ReadOnly, all.KeepsOwners));
        Assert.True(part is { ReadOnly: true, KeepsOwners: true });
        Assert.Equal("inside", File.ReadAllText($"{part.HostPath}/inner"));
        _files.TearDownVolumes("u1");
        Assert.False(_mounts.IsMountPoint(part.HostPath));
    }

    [Theory]
    [InlineData("absent", "No such file or directory")]
    [InlineData("file-0", "only directories of an image are mounted, and file-0 is none")]
    [InlineData("out", "Invalid cross-device link")]
    public void What_is_no_directory_of_the_image_is_refused(string subPath, string why)
    {
        Prepare(2);
        var refused = Assert.Throws<VolumeException>(() => Mounts(("/part", subPath)));

        Assert.True(refused.IsOfImage);
        Assert.Contains(why, refused.Message);
    }

    [Fact]
    public void The_runtime_is_told_of_the_image_where_it_mounts_it()
    {
        var mount = Mounts(images: new() { ["data"] = "sha256:1" }, ("/part", "directory"))
            .First(each => each.ContainerPath == "/part");

        Assert.Equal(new MountedImage("sha256:1", "directory"), mount.Image);
        Assert.Equal(("", true, false), (mount.HostPath, mount.ReadOnly, mount.KeepsOwners));
    }

    [Fact]
    public void An_image_is_not_what_the_pod_has_on_disk()
    {
        Prepare(1);
        Mounts(("/part", "directory"));
        File.WriteAllBytes($"{Layer(0)}/directory/big", new byte[1 << 20]);

        Assert.InRange(_files.StorageOf(Pod(("/part", "directory"))).TotalBytes, 1, 1 << 19);
    }

    private string Layer(int number) => $"{_home}/a-directory-with-a-name-of-many-letters/snapshots/{number}/fs";

    /// <summary>As containerd's overlayfs snapshotter tells: a bind mount where there is one layer only.</summary>
    private void Prepare(int layers)
    {
        for (var i = 0; i < layers; i++)
        {
            Directory.CreateDirectory($"{Layer(i)}/directory");
            File.WriteAllText($"{Layer(i)}/file-{i}", $"text {i}");
            File.WriteAllText($"{Layer(i)}/directory/inner", "inside");
        }

        if (!Path.Exists($"{Layer(0)}/out"))
        {
            File.CreateSymbolicLink($"{Layer(0)}/out", "/etc");
        }

        var paths = string.Join(':', Enumerable.Range(0, layers).Select(Layer));
        _files.Prepare(Place, new VolumeWork.Image("data", layers == 1
            ? [new ViewMount("bind", Layer(0), ["ro", "rbind"])]
            : [new ViewMount("overlay", "overlay", ["index=off", $"lowerdir={paths}"])]), null);
    }

    private static void RunMount(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("mount", arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
    }

    private IReadOnlyList<MountConfig> Mounts(params (string Path, string? SubPath)[] mounts) => Mounts([], mounts);

    private IReadOnlyList<MountConfig> Mounts(
        Dictionary<string, string> images, params (string Path, string? SubPath)[] mounts)
    {
        var pod = Pod(mounts);
        return _files.Mounts(new ContainerMounts(pod, pod.Spec.Containers[0], 0, ["10.0.0.1"], _ => null)
        {
            Images = images,
        });
    }

    private static Pod Pod(params (string Path, string? SubPath)[] mounts) =>
        PodSpecs.Of(PodSpecs.App("app") with
        {
            VolumeMounts =
            [
                .. mounts.Select(mount => new VolumeMount
                {
                    Name = "data", MountPath = mount.Path, SubPath = mount.SubPath,
                }),
            ],
        }).With(spec => spec with
        {
            Volumes = [new Volume { Name = "data", Image = new ImageVolumeSource { Reference = "data:1" } }],
        });
}
