using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Security;

/// <summary>What a running server writes is its user's alone, however it was started.</summary>
[Collection(LayeredCluster.Collection)]
public sealed class PrivateFilesTests(LayeredCluster layered)
{
    /// <summary>What is run beside the process has its umask too.</summary>
    private const string Probe = """
        readinessProbe: {exec: {command: [sh, -c, "test $(umask) = 0022"]}, periodSeconds: 1}
        """;

    private const string Volumes = """
        volumes:
        - {name: s, secret: {secretName: s}}
        - {name: c, configMap: {name: c}}
        - {name: e, emptyDir: {}}
        """;

    [Fact]
    public async Task Nothing_below_the_data_directory_is_for_others_but_what_containers_read()
    {
        await using var cluster = await Cluster.StartAsync(new() { Containers = false, Umask = "000" });
        var kubectl = cluster.Kubectl();
        await MakePodAsync(kubectl);
        await Eventually.HoldsAsync("the process to have the usual umask", async () =>
            (await kubectl.OkAsync("logs", "p")).Text.Trim() == "0022");
        Assert.Empty(await OpenBelowAsync(cluster.DataDirectory));
        Assert.NotEmpty(Directory.EnumerateFiles(cluster.DataDirectory, "0.log", SearchOption.AllDirectories));
        var volumes = Path.Combine(Assert.Single(Directory.GetDirectories(cluster.DataDirectory + "/pods")), "volumes");
        Assert.Equal("644", Octal(Path.Combine(volumes, "../etc-hosts")));
        Assert.Equal("644", Octal(Path.Combine(volumes, "kubernetes.io~configmap/c/..data/key")));
        Assert.Equal("777", Octal(Path.Combine(volumes, "kubernetes.io~configmap/c")));
        Assert.Equal("777", Octal(Path.Combine(volumes, "kubernetes.io~empty-dir/e")));

        await cluster.StopServerAsync();
        foreach (var path in (string[])["journal.db", "pki/ca.key", "admin.kubeconfig", "pki", ""])
        {
            var full = Path.Combine(cluster.DataDirectory, path);
            File.SetUnixFileMode(full, File.GetUnixFileMode(full) | UnixFileMode.OtherRead | UnixFileMode.GroupRead);
        }
        await cluster.StartServerAsync();
        Assert.Empty(await OpenBelowAsync(cluster.DataDirectory));
    }

    [Fact]
    public async Task With_containers_too_and_outside_of_the_data_directory()
    {
        var (cluster, layers) = (layered.Cluster, layered.Layers);
        await MakePodAsync(cluster.Kubectl());
        var inside = await layers.ListAsync(cluster.DataDirectory);
        var outside = await layers.OutsideAsync();
        Assert.Contains(inside, entry => entry.Path.EndsWith("/main/0.log", StringComparison.Ordinal));
        Assert.Contains(outside, entry => entry.Path.EndsWith("/before.json", StringComparison.Ordinal));
        Assert.Empty(OpenFiles.Unexplained(cluster.DataDirectory, inside.Concat(outside)));
        Assert.All(inside.Concat(outside), entry => Assert.True(
            entry.Owner == 0 || IsImagesOwn(cluster, entry), entry.ToString()));
    }

    /// <summary>An image's files have the owners that the image gives them.</summary>
    private static bool IsImagesOwn(Cluster cluster, WrittenEntry entry) => entry.Path.StartsWith(
        $"{cluster.DataDirectory}/containerd/root/io.containerd.snapshotter.v1.overlayfs/snapshots/",
        StringComparison.Ordinal);

    private static async Task MakePodAsync(Kubectl kubectl)
    {
        await kubectl.OkAsync("create", "secret", "generic", "s", "--from-literal=password=hidden");
        await kubectl.OkAsync("create", "configmap", "c", "--from-literal=key=value");
        const string ports = "ports: [{containerPort: 80, hostPort: 18090}]";
        await kubectl.CreateAsync(Manifests.Pod("p", "umask; exec sleep 1000", $"{Probe}\n{ports}", Volumes));
        await kubectl.WaitAsync("pod/p", "condition=Ready");
    }

    private static async Task<IReadOnlyList<string>> OpenBelowAsync(string root) =>
        OpenFiles.Unexplained(root, WrittenEntry.Parse(
            await Tool.RunAsync("find", [root, "-xdev", "-printf", WrittenEntry.Format])));

    private static string Octal(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);
}
