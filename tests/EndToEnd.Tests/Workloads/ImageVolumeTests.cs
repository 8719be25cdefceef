using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Workloads;

/// <summary>Images as volumes, with a containerd that knows nothing of them.</summary>
public sealed class ImageVolumeTests(SharedCluster shared)
{
    private const string Library = "docker.io/library";
    private const string Waiting = ".status.containerStatuses[0].state.waiting";

    [Fact]
    public async Task Two_pods_read_one_image_and_cannot_write()
    {
        await using var space = await shared.NewSpaceAsync();
        var kubectl = space.Kubectl;
        foreach (var name in (string[])["one", "two"])
        {
            await kubectl.CreateAsync(Reader(name, "report-tool", "- {name: data, mountPath: /part, subPath: app}"));
        }

        foreach (var name in (string[])["one", "two"])
        {
            await kubectl.WaitAsync($"pod/{name}", "condition=Ready");
            (await ExecAsync(kubectl, name, "cat", "/data/app/report.sh")).Ok().Says("#!");
            (await ExecAsync(kubectl, name, "head", "-1", "/part/report.sh")).Ok().Says("#!");
            (await ExecAsync(kubectl, name, "/data/bin/busybox", "echo", "run")).Ok().Says("run");
            (await ExecAsync(kubectl, name, "touch", "/data/new")).Fails("Read-only file system");
            (await ExecAsync(kubectl, name, "rm", "/part/report.sh")).Fails("Read-only file system");
        }

        await kubectl.DescribesAsync(
            ["pod", "one"], "Image (a container image or OCI artifact)", "report-tool", "IfNotPresent",
            "Container image \"report-tool\" already present on machine");
        await kubectl.OkAsync("delete", "pod", "one", "--wait", "--timeout=90s");
        (await ExecAsync(kubectl, "two", "cat", "/data/app/report.sh")).Ok().Says("#!");
    }

    /// <summary>An image of one layer (which is mounted otherwise than others) and one of several.</summary>
    [Theory]
    [InlineData("busybox:1.35", "bin")]
    [InlineData("report-tool", "app")]
    public async Task Who_may_mount_anew_cannot_change_the_image_of_later_pods(string image, string directory)
    {
        await using var space = await shared.NewSpaceAsync();
        var kubectl = space.Kubectl;
        var mounts = $"- {{name: data, mountPath: /part, subPath: {directory}}}";
        await kubectl.CreateAsync(Reader("root", image, mounts, "{privileged: true}"));
        await kubectl.WaitAsync("pod/root", "condition=Ready");
        foreach (var path in (string[])["/data", "/part"])
        {
            foreach (var options in (string[])["remount,rw", "remount,bind,rw"])
            {
                await ExecAsync(kubectl, "root", "mount", "-o", options, path);
                (await ExecAsync(kubectl, "root", "touch", $"{path}/new")).Fails("Read-only file system");
            }
        }

        await kubectl.CreateAsync(Reader("later", image));
        await kubectl.WaitAsync("pod/later", "condition=Ready");
        (await ExecAsync(kubectl, "later", "ls", "/data/new", $"/data/{directory}/new")).Fails("No such file");
    }

    [Fact]
    public async Task A_missing_image_is_told_and_the_pod_goes_on_when_it_is_there()
    {
        await using var space = await shared.NewSpaceAsync();
        var (kubectl, image) = (space.Kubectl, $"absent-{space.Name}:1");
        await kubectl.CreateAsync(Reader("waiting", image));
        await Eventually.BecomesAsync(
            "the failure", () => kubectl.PathAsync("pod/waiting", Waiting),
            waiting => waiting.Contains("ErrImagePull") || waiting.Contains("ImagePullBackOff"));
        await Eventually.BecomesAsync(
            "the pause", () => kubectl.PathAsync("pod/waiting", Waiting),
            waiting => waiting.Contains("ImagePullBackOff") && waiting.Contains(image));
        await kubectl.DescribesAsync(
            ["pod", "waiting"], $"Pulling image \"{image}\"", "Failed to pull image", "Error: ErrImagePull",
            $"Back-off pulling image \"{image}\"", "Error: ImagePullBackOff");

        (await space.Cluster.CtrAsync("images", "tag", $"{Library}/report-tool:latest", $"{Library}/{image}")).Ok();
        await kubectl.WaitAsync("pod/waiting", "condition=Ready");
        (await ExecAsync(kubectl, "waiting", "cat", "/data/app/report.sh")).Ok().Says("#!");
        (await space.Cluster.CtrAsync("images", "rm", $"{Library}/{image}")).Ok();
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("app/report.sh")]
    public async Task What_is_no_directory_of_the_image_is_told(string subPath)
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(
            Reader("wrong", "report-tool", $"- {{name: data, mountPath: /part, subPath: {subPath}}}"));
        await Eventually.BecomesAsync(
            "the failure", () => space.Kubectl.PathAsync("pod/wrong", Waiting),
            waiting => waiting.Contains("CreateContainerError") && waiting.Contains("failed to prepare subPath"));
    }

    /// <summary>On a disk that counts as full; the server is killed while the pod runs, and while it ends.</summary>
    [Fact]
    public async Task A_used_image_is_kept_and_nothing_is_left_of_the_volume_whatever_is_killed()
    {
        await using var settings = new SettingsFile();
        await using var cluster = await Cluster.StartAsync(new() { Settings = settings });
        var kubectl = cluster.Kubectl();
        await kubectl.CreateAsync(Reader("reader", "data-tool:v3.2", "- {name: data, mountPath: /part, subPath: app}"));
        await kubectl.WaitAsync("pod/reader", "condition=Ready");
        var container = await kubectl.PathAsync("pod/reader", ".status.containerStatuses[0].containerID");
        Assert.Single(await ViewsAsync(cluster));
        foreach (var name in (string[])["data-tool:v3.2", "report-tool:latest"])
        {
            (await cluster.CtrAsync("images", "label", $"{Library}/{name}", "io.cri-containerd.pinned=")).Ok();
        }

        settings.Write("node.images { high-threshold = 1, low-threshold = 0, minimum-age = 0s }");
        await cluster.KillServerAsync();
        await cluster.StartServerAsync();
        var left = await Eventually.BecomesAsync(
            "the unused image to be gone", async () => (await cluster.CtrAsync("images", "ls", "-q")).Text.Split('\n'),
            images => !images.Contains($"{Library}/report-tool:latest"));
        Assert.Contains($"{Library}/data-tool:v3.2", left);
        Assert.Equal(container, await kubectl.PathAsync("pod/reader", ".status.containerStatuses[0].containerID"));
        (await ExecAsync(kubectl, "reader", "cat", "/data/app/process.py", "/part/process.py")).Ok().Says("import");
        Assert.Single(await ViewsAsync(cluster));

        await kubectl.OkAsync("delete", "pod", "reader", "--wait=false");
        await cluster.KillServerAsync();
        await cluster.StartServerAsync();
        await Eventually.HoldsAsync("the pod to be gone", async () =>
            (await kubectl.OkAsync("get", "pods", "-o", "name")).Text.Trim().Length == 0);
        await Eventually.HoldsAsync("the views to be gone", async () => (await ViewsAsync(cluster)).Count == 0);
        await Eventually.HoldsAsync("the mounts to be gone", () => Mounts(cluster).Count == 0);
    }

    /// <summary>In a containerd that was there already, and stays.</summary>
    [Fact]
    public async Task What_a_node_made_in_the_runtime_of_others_goes_with_it()
    {
        await using var owner = await Cluster.StartAsync();
        await owner.StopServerAsync();
        string directory;
        await using (var guest = await Cluster.StartAsync(new()
        {
            Containers = false, CriEndpoint = $"unix://{owner.ContainerdSocket}",
        }))
        {
            directory = guest.DataDirectory;
            var kubectl = guest.Kubectl();
            await kubectl.CreateAsync(Reader("guest", "report-tool"));
            await kubectl.WaitAsync("pod/guest", "condition=Ready");
            var uid = await kubectl.PathAsync("pod/guest", ".metadata.uid");
            Assert.Single(await ViewsAsync(owner), line => line.Contains(uid, StringComparison.Ordinal));
            Assert.NotEmpty(Mounts(guest));
            await guest.KillServerAsync();
            (await Tool.RunAsync(Places.Script("down"), ["--purge", "--data-dir", directory])).Ok();
            Assert.DoesNotContain(await ViewsAsync(owner), line => line.Contains(uid, StringComparison.Ordinal));
            Assert.Empty(Mounts(guest));
        }

        Assert.False(Directory.Exists(directory));
    }

    private static Task<Output> ExecAsync(Kubectl kubectl, string pod, params string[] command) =>
        kubectl.RunAsync(["exec", pod, "--", .. command]);

    private static async Task<List<string>> ViewsAsync(Cluster cluster) =>
        [.. (await cluster.CtrAsync("snapshots", "ls")).Ok().Lines
            .Where(line => line.StartsWith("actor-orchestrator/", StringComparison.Ordinal))];

    private static List<string> Mounts(Cluster cluster) =>
        [.. File.ReadLines("/proc/self/mounts").Where(line =>
            line.Split(' ')[1].StartsWith($"{cluster.DataDirectory}/", StringComparison.Ordinal)
            && (line.Contains("kubernetes.io~image", StringComparison.Ordinal)
                || line.Contains("volume-subpaths", StringComparison.Ordinal)))];

    private static string Reader(string name, string reference, string mounts = "", string security = "{}") =>
        $"""
        apiVersion: v1
        kind: Pod
        metadata:
          name: {name}
        spec:
          terminationGracePeriodSeconds: {Manifests.Grace}
          containers:
          - name: main
            image: busybox:1.35
            command: [sh, -c, exec sleep 100000]
            securityContext: {security}
            volumeMounts:
            - name: data
              mountPath: /data
            {mounts}
          volumes:
          - name: data
            image:
              reference: {reference}
              pullPolicy: IfNotPresent
        """;
}
