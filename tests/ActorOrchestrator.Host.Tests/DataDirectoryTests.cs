using ActorOrchestrator.Host.Serving;

namespace ActorOrchestrator.Host.Tests;

public sealed class DataDirectoryTests : IDisposable
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private const UnixFileMode OpenToAll =
        Others | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _root = Directory.CreateTempSubdirectory("data-directory-tests-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_directory_with_the_log_of_an_older_release_is_refused_with_what_to_do_and_left_alone()
    {
        var log = Path.Combine(_root, "log.db");
        File.WriteAllText(log, "rows");
        var refused = Assert.Throws<ServerStartException>(() => DataDirectory.Open(_root));
        Assert.Contains(_root, refused.Message, StringComparison.Ordinal);
        Assert.Contains("log.db) of an older release, which this one cannot read", refused.Message,
            StringComparison.Ordinal);
        Assert.Contains("move the directory away", refused.Message, StringComparison.Ordinal);
        Assert.Equal([log], Directory.GetFileSystemEntries(_root));
        Assert.Equal("rows", File.ReadAllText(log));
    }

    [Fact]
    public void One_server_at_a_time_uses_it_and_says_who_it_is()
    {
        using (DataDirectory.Open(_root))
        {
            Assert.Equal(
                $"{Environment.ProcessId}\n", File.ReadAllText(Path.Combine(_root, "orchestrator.pid")));
            var refused = Assert.Throws<ServerStartException>(() => DataDirectory.Open(_root));
            Assert.Contains("another server runs on", refused.Message, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(Path.Combine(_root, "orchestrator.pid")));
        DataDirectory.Open(_root).Dispose();
    }

    [Fact]
    public void What_an_older_release_left_open_is_closed_but_for_what_containers_read()
    {
        string[] closed =
        [
            "journal.db", "server.log", "admin.kubeconfig", "pki/ca.key", "processes/containers/1/stdout",
            "containerd/config.toml", "containerd/cni/10-pods.conflist", "containerd/registries/r/hosts.toml",
        ];
        string[] open =
        [
            "pods/1/volumes/kubernetes.io~configmap/v/..data/key", "pods/1/etc-hosts", "pods/1/containers/c/0",
            "containerd/root/snapshot/etc/passwd", "containerd/containerd.sock",
        ];
        foreach (var path in closed.Concat(open).Select(path => Path.Combine(_root, path)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, OpenToAll);
            File.WriteAllText(path, "");
            File.SetUnixFileMode(path, OpenToAll);
        }

        Directory.CreateDirectory(Path.Combine(_root, "logs/pods/ns_p_1/c"));
        string[] directories =
        [
            "", "pki", "processes", "processes/containers/1", "containerd", "pods", "pods/1", "logs", "logs/pods",
            "logs/pods/ns_p_1/c",
        ];
        foreach (var path in directories)
        {
            File.SetUnixFileMode(Path.Combine(_root, path), OpenToAll);
        }

        DataDirectory.Open(_root).Dispose();
        foreach (var path in closed.Concat(directories))
        {
            Assert.Equal((path, (UnixFileMode)0), (path, Mode(path) & Others));
        }

        foreach (var path in open)
        {
            Assert.Equal((path, Others), (path, Mode(path) & Others));
        }
    }

    [Fact]
    public void A_directory_that_all_users_share_is_refused_and_left_as_it_is()
    {
        var shared = Path.Combine(_root, "shared");
        Directory.CreateDirectory(shared);
        File.SetUnixFileMode(shared, OpenToAll | UnixFileMode.StickyBit);
        var refused = Assert.Throws<ServerStartException>(() => DataDirectory.Open(shared));
        Assert.Contains(
            $"{shared} is one that all users share: give --data-dir a folder in it", refused.Message,
            StringComparison.Ordinal);
        Assert.Equal(OpenToAll | UnixFileMode.StickyBit, File.GetUnixFileMode(shared));
        Assert.Empty(Directory.GetFileSystemEntries(shared));
    }

    [Theory]
    [InlineData("tool,pub/f")]
    [InlineData("pki/ca-trust,passwd")]
    [InlineData("server.log,other")]
    public void A_directory_with_files_of_others_is_refused_and_left_as_it_is(string files)
    {
        Make(files.Split(','));
        var before = Directory.GetFileSystemEntries(_root);
        var modes = before.Select(Mode).ToList();
        var refused = Assert.Throws<ServerStartException>(() => DataDirectory.Open(_root));
        Assert.Contains("holds files that are no cluster's", refused.Message, StringComparison.Ordinal);
        refused = Assert.Throws<ServerStartException>(() => DataDirectory.OpenToRemove(_root));
        Assert.Equal($"{_root} holds no cluster: nothing was removed", refused.Message);
        Assert.Equal(before, Directory.GetFileSystemEntries(_root));
        Assert.Equal(modes, before.Select(Mode));
    }

    [Theory]
    [InlineData("pki/ca.crt,pki/ca.key")]
    [InlineData("server.log")]
    [InlineData("pki/ca.crt,journal.db,notes")]
    public void Keys_of_another_member_the_log_of_scripts_up_and_an_older_cluster_are_taken_over(string files)
    {
        Make(files.Split(','));
        DataDirectory.Open(_root).Dispose();
        DataDirectory.OpenToRemove(_root).Dispose();
    }

    [Fact]
    public void What_no_server_wrote_is_neither_closed_nor_removed()
    {
        DataDirectory.Open(_root).Dispose();
        Make("pki/ca.key", "journal.db", "pods/1/f", "mine/f", "notes");
        DataDirectory.Open(_root).Dispose();
        Assert.Equal(OpenToAll, Mode("notes"));
        Assert.Equal("mine, notes", ClusterFiles.Remove(_root));
        Assert.Equal(
            ["mine", "notes"], Directory.GetFileSystemEntries(_root).Select(Path.GetFileName).Order());
        Assert.True(File.Exists(Path.Combine(_root, "mine/f")));
    }

    [Fact]
    public void A_cluster_is_removed_with_its_directory()
    {
        var path = Path.Combine(_root, "data");
        DataDirectory.Open(path).Dispose();
        Assert.Null(ClusterFiles.Remove(path));
        Assert.False(Directory.Exists(path));
    }

    [Fact]
    public void A_path_that_is_no_directory_is_refused_with_its_name()
    {
        var file = Path.Combine(_root, "file");
        File.WriteAllText(file, "");
        var refused = Assert.Throws<ServerStartException>(() => DataDirectory.Open(file));
        Assert.Contains($"the data directory {file} cannot be used", refused.Message, StringComparison.Ordinal);
    }

    private void Make(params string[] files)
    {
        foreach (var path in files.Select(file => Path.Combine(_root, file)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "");
            File.SetUnixFileMode(path, OpenToAll);
        }
    }

    private UnixFileMode Mode(string path) => File.GetUnixFileMode(Path.Combine(_root, path));
}
