using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Security;

/// <summary>What a running server writes is its user's alone, however it was started.</summary>
public sealed class PrivateFilesTests
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

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
        await kubectl.OkAsync("create", "secret", "generic", "s", "--from-literal=password=hidden");
        await kubectl.OkAsync("create", "configmap", "c", "--from-literal=key=value");
        await kubectl.CreateAsync(Manifests.Pod("p", "umask; exec sleep 1000", Probe, Volumes));
        await kubectl.WaitAsync("pod/p", "condition=Ready");
        await Eventually.HoldsAsync("the process to have the usual umask", async () =>
            (await kubectl.OkAsync("logs", "p")).Text.Trim() == "0022");
        Assert.Equal([], Open(cluster.DataDirectory));
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
        Assert.Equal([], Open(cluster.DataDirectory));
    }

    /// <summary>What others could read, write or enter, were the directory above it open to them.</summary>
    private static List<string> Open(string root)
    {
        return [.. new DirectoryInfo(root).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Prepend(new DirectoryInfo(root))
            .Where(entry => entry.LinkTarget is null && (entry.UnixFileMode & Others) != 0)
            .Where(entry => !IsForContainers(Path.GetRelativePath(root, entry.FullName)))
            .Select(entry => $"{entry.FullName} {entry.UnixFileMode}")];
    }

    /// <summary>Below the pod's directory, which is private itself.</summary>
    private static bool IsForContainers(string path) =>
        path.Split('/') is ["pods", _, "volumes", _, _, ..] or ["pods", _, "etc-hosts"]
            or ["pods", _, "containers", _, _];

    private static string Octal(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);
}
