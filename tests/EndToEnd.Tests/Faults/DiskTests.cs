using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Faults;

/// <summary>Disks that are full, read-only or damaged: clear errors, no loss, and recovery.</summary>
public sealed class DiskTests
{
    private const int SmallDiskMegabytes = 48;

    [Fact]
    public async Task A_full_disk_refuses_writes_serves_reads_and_recovers_without_a_restart()
    {
        await using var disk = await SmallDisk.MountAsync(SmallDiskMegabytes);
        await using var cluster = await Cluster.StartAsync(
            new() { Containers = false, DataDirectory = Path.Combine(disk.Path, "data") });
        var kubectl = cluster.Kubectl();
        await kubectl.CreateAsync(Manifests.ConfigMap("before", ("a", "1")));
        var filler = Path.Combine(disk.Path, "filler");
        await Tool.RunAsync("dd", ["if=/dev/zero", $"of={filler}", "bs=64k"]);

        var acknowledged = new List<string>();
        var refused = await Eventually.BecomesAsync("a write to be refused", async () =>
        {
            var name = $"big-{acknowledged.Count}";
            var output = await kubectl.RunAsync(
                ["create", "-f", "-"], Manifests.ConfigMap(name, ("blob", new string('x', 500_000))));
            if (output.ExitCode == 0)
            {
                acknowledged.Add(name);
            }

            return output;
        }, output => output.ExitCode != 0);
        Assert.Matches("(?i)full|space|storage|disk", refused.Errors);
        Assert.Equal("1", await kubectl.PathAsync("configmap/before", ".data.a"));

        File.Delete(filler);
        await Eventually.BecomesAsync("writes to be taken again", () => kubectl.RunAsync(
            ["apply", "-f", "-"], Manifests.ConfigMap("after", ("a", "1"))), output => output.ExitCode == 0);
        await cluster.KillServerAsync();
        await cluster.StartServerAsync();
        foreach (var name in acknowledged.Concat(["before", "after"]))
        {
            await kubectl.OkAsync("get", "configmap", name);
        }

        (await kubectl.RunAsync("get", "configmap", $"big-{acknowledged.Count}")).Fails("NotFound");
    }

    [Fact]
    public async Task A_read_only_data_directory_is_refused_with_a_clear_error()
    {
        await using var disk = await SmallDisk.MountAsync(SmallDiskMegabytes);
        var data = Path.Combine(disk.Path, "data");
        await using var cluster = await Cluster.StartAsync(new() { Containers = false, DataDirectory = data });
        await cluster.Kubectl().CreateAsync(Manifests.ConfigMap("kept", ("a", "1")));
        Assert.Equal(0, await cluster.StopServerAsync());
        await disk.RemountAsync("ro");
        var server = cluster.Launch();
        await Eventually.HoldsAsync("the server to give up", () => server.HasExited);
        Assert.NotEqual(0, server.ExitCode);
        var said = cluster.LogTail();
        Assert.Contains(data, said, StringComparison.Ordinal);
        Assert.Matches("(?i)read-only|readonly", said);
        Assert.DoesNotContain("   at ActorOrchestrator", said, StringComparison.Ordinal);

        await disk.RemountAsync("rw");
        await cluster.StartServerAsync();
        Assert.Equal("1", await cluster.Kubectl().PathAsync("configmap/kept", ".data.a"));
    }

    /// <summary>
    /// A torn write at the end of the write-ahead log, as a power cut leaves it: SQLite's checksums cut it off, and
    /// everything before it is there (https://sqlite.org/walformat.html).
    /// </summary>
    [Theory]
    [InlineData("garbage")]
    [InlineData("half a frame")]
    public async Task A_damaged_tail_of_the_log_costs_nothing_that_came_before(string damage)
    {
        await using var cluster = await Cluster.StartAsync(new() { Containers = false });
        var kubectl = cluster.Kubectl();
        foreach (var number in Enumerable.Range(0, 20))
        {
            await kubectl.CreateAsync(Manifests.ConfigMap($"m{number}", ("number", $"{number}")));
        }

        await cluster.KillServerAsync();
        var wal = Path.Combine(cluster.DataDirectory, "journal.db-wal");
        if (File.Exists(wal))
        {
            Append(wal, damage);
        }

        await cluster.StartServerAsync();
        foreach (var number in Enumerable.Range(0, 20))
        {
            Assert.Equal($"{number}", await kubectl.PathAsync($"configmap/m{number}", ".data.number"));
        }

        await kubectl.CreateAsync(Manifests.ConfigMap("next", ("a", "1")));
    }

    [Fact]
    public async Task A_log_that_is_no_database_stops_the_start_with_a_clear_error()
    {
        await using var cluster = await Cluster.StartAsync(new() { Containers = false });
        Assert.Equal(0, await cluster.StopServerAsync());
        var log = Path.Combine(cluster.DataDirectory, "journal.db");
        File.Move(log, log + ".good");
        File.Delete(log + "-wal");
        File.WriteAllText(log, new string('z', 100_000));
        var server = cluster.Launch();
        await Eventually.HoldsAsync("the server to give up", () => server.HasExited);
        Assert.NotEqual(0, server.ExitCode);
        Assert.Contains("journal.db", cluster.LogTail(), StringComparison.Ordinal);
        Assert.Equal(new string('z', 100_000), File.ReadAllText(log));

        File.Move(log + ".good", log, overwrite: true);
        await cluster.StartServerAsync();
    }

    private static void Append(string wal, string damage)
    {
        var bytes = new byte[damage == "garbage" ? 10_000 : 2_000];
        new Random(1).NextBytes(bytes);
        using var file = new FileStream(wal, FileMode.Append);
        file.Write(bytes);
    }

    /// <summary>A file system of a few megabytes, in memory, that is unmounted whatever happens.</summary>
    private sealed class SmallDisk : IAsyncDisposable
    {
        private SmallDisk(string path) => Path = path;

        public string Path { get; }

        public static async Task<SmallDisk> MountAsync(int megabytes)
        {
            var disk = new SmallDisk(Places.NewScratch("disk"));
            (await Tool.RunAsync("mount", ["-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", disk.Path])).Ok();
            return disk;
        }

        public async Task RemountAsync(string mode) =>
            (await Tool.RunAsync("mount", ["-o", $"remount,{mode}", Path])).Ok();

        public async ValueTask DisposeAsync()
        {
            (await Tool.RunAsync("umount", ["--lazy", Path])).Ok();
            Directory.Delete(Path);
        }
    }
}
