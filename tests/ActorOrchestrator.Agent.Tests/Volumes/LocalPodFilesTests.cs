using System.Diagnostics;
using System.Net.Sockets;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Tests.Pods;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Tests.Volumes;

/// <summary>Files and mounts of pods; the real mounts need root, as the agent does.</summary>
public sealed class LocalPodFilesTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("aoc-pods-").FullName;
    private readonly LinuxMounts _mounts = new();
    private readonly LocalPodFiles _files;

    public LocalPodFilesTests() =>
        _files = new LocalPodFiles(_home + "/pods", _home + "/logs", "cluster.local", _mounts, TimeProvider.System);

    public void Dispose()
    {
        foreach (var place in _files.Known())
        {
            _files.RemoveTraces(place);
        }

        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public void The_files_of_one_run_go_and_those_of_the_others_stay()
    {
        string[] logs = ["1.log", "1.log.20260102-030405", "1.log.20260101-030405.gz", "11.log", "2.log"];
        var directory = Directory.CreateDirectory(Path.Combine(_files.LogDirectory(Place), "app")).FullName;
        var messages = Directory.CreateDirectory($"{_home}/pods/u1/containers/app").FullName;
        foreach (var file in logs.Select(name => Path.Combine(directory, name)).Append($"{messages}/1")
            .Append($"{messages}/2"))
        {
            File.WriteAllText(file, "text");
        }

        _files.RemoveAttempt(Place, "app", 1);
        _files.RemoveAttempt(Place, "app", 1);
        _files.RemoveAttempt(Place, "absent", 1);

        Assert.Equal(["11.log", "2.log"], Names(directory));
        Assert.Equal(["2"], Names(messages));

        static IEnumerable<string?> Names(string directory) =>
            Directory.GetFiles(directory).Select(Path.GetFileName).Order(StringComparer.Ordinal);
    }

    [Fact]
    public void A_memory_volume_is_a_tmpfs_of_its_size_and_goes_with_the_pod()
    {
        _files.Prepare(Place, new VolumeWork.Scratch("m", InMemory: true, 1 << 20), null);
        _files.Prepare(Place, new VolumeWork.Scratch("m", InMemory: true, 1 << 20), null);
        var path = $"{_home}/pods/u1/volumes/kubernetes.io~empty-dir/m";
        Assert.True(_mounts.IsMountPoint(path));
        Assert.Equal(1 << 20, new DriveInfo(path).TotalSize);
        Assert.Equal("1777", Convert.ToString((int)File.GetUnixFileMode(path), 8));
        var isSwapKnown = Environment.OSVersion.Version >= new Version(6, 4);
        Assert.Equal(isSwapKnown, File.ReadLines("/proc/self/mounts").Single(line => line.Split(' ')[1] == path)
            .Contains("noswap", StringComparison.Ordinal));

        _files.TearDownVolumes("u1");

        Assert.False(_mounts.IsMountPoint(path));
        Assert.False(Directory.Exists(_home + "/pods/u1/volumes"));
    }

    [Fact]
    public void A_subPath_is_bound_from_inside_its_volume()
    {
        _files.Prepare(Place, new VolumeWork.Scratch("v", InMemory: false, null), null);
        Directory.CreateDirectory(Volume + "/here");
        File.WriteAllText(Volume + "/here/f", "x");

        var mount = Mounts("here/f")[0];

        Assert.Equal("x", File.ReadAllText(mount.HostPath));
        Assert.Equal("/mnt", mount.ContainerPath);
    }

    [Theory]
    [InlineData("out")]
    [InlineData("out/passwd")]
    [InlineData("deep/out/passwd")]
    public void A_symlink_leads_nowhere_outside_of_its_volume(string subPath)
    {
        _files.Prepare(Place, new VolumeWork.Scratch("v", InMemory: false, null), null);
        Directory.CreateDirectory(Volume + "/deep");
        File.CreateSymbolicLink(Volume + "/out", "/etc");
        File.CreateSymbolicLink(Volume + "/deep/out", "../../../../../../../../../etc");

        var refused = Assert.Throws<VolumeException>(() => Mounts(subPath));

        Assert.Equal("failed to prepare subPath for volumeMount \"v\" of container \"app\"", refused.Message);
    }

    [Theory]
    [InlineData("../x", "must not contain '..'")]
    [InlineData("/etc", "must not be an absolute path")]
    public void A_subPath_cannot_climb(string subPath, string problem)
    {
        _files.Prepare(Place, new VolumeWork.Scratch("v", InMemory: false, null), null);

        Assert.Contains(problem, Assert.Throws<VolumeException>(() => Mounts(subPath)).Message);
    }

    [Theory]
    [InlineData("Directory", "file", "is not a directory")]
    [InlineData("File", "dir", "is not a file")]
    [InlineData("Socket", "file", "is not a socket file")]
    [InlineData("CharDevice", "file", "is not a character device")]
    [InlineData("BlockDevice", "none", "is not a block device")]
    [InlineData("Directory", "dir", null)]
    [InlineData("File", "file", null)]
    [InlineData("Socket", "socket", null)]
    [InlineData("DirectoryOrCreate", "new", null)]
    [InlineData("FileOrCreate", "new", null)]
    [InlineData("", "none", null)]
    public void The_type_of_a_host_path_is_checked(string type, string name, string? problem)
    {
        Directory.CreateDirectory(_home + "/dir");
        File.WriteAllText(_home + "/file", "");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_home + "/socket"));
        var failure = Record.Exception(
            () => _files.Prepare(Place, new VolumeWork.Host("h", $"{_home}/{name}", type), null));

        Assert.Equal(
            problem is null
                ? null
                : $"MountVolume.SetUp failed for volume \"h\" : hostPath type check failed: {_home}/{name} {problem}",
            failure?.Message);
        Assert.Equal(type.EndsWith("OrCreate", StringComparison.Ordinal), Path.Exists(_home + "/new"));
    }

    [Fact]
    public void The_hosts_file_names_the_pod_and_its_aliases()
    {
        var pod = PodSpecs.Of().With(s => s with
        {
            Hostname = "front",
            Subdomain = "web",
            HostAliases = [new HostAlias { Ip = "1.2.3.4", Hostnames = ["a", "b"] }],
        });
        var mounts = _files.Mounts(new ContainerMounts(pod, pod.Spec.Containers[0], 0, ["10.0.0.7"], _ => null));

        var text = File.ReadAllText(mounts.Single(m => m.ContainerPath == "/etc/hosts").HostPath);

        Assert.Contains("10.0.0.7\tfront.web.shop.svc.cluster.local\tfront\n", text);
        Assert.EndsWith("\n# Entries added by HostAliases.\n1.2.3.4\ta\tb\n", text);
    }

    [Fact]
    public void The_last_words_are_the_message_or_else_the_end_of_the_log()
    {
        var app = PodSpecs.App("app") with { TerminationMessagePolicy = "FallbackToLogsOnError" };
        var pod = PodSpecs.Of(app);
        var mounts = _files.Mounts(new ContainerMounts(pod, app, 0, [], _ => null));
        var log = _home + "/0.log";
        File.WriteAllText(log, LogLine("stdout F one") + LogLine("stderr P tw") + LogLine("stderr F o"));
        var ended = new ContainerRuntimeStatus { Id = "c", SandboxId = "s", Name = "app", ExitCode = 1, LogPath = log };
        Assert.Equal("one\ntwo\n", _files.TerminationMessage(Place, app, ended));
        Assert.Equal("", _files.TerminationMessage(Place, app, ended with { ExitCode = 0 }));

        File.WriteAllText(mounts.Single(m => m.ContainerPath == "/dev/termination-log").HostPath, "said so");
        Assert.Equal("said so", _files.TerminationMessage(Place, app, ended));
    }

    /// <summary>As kubelet, the last 80 lines of which there are at most 2,048 bytes, the newest ones.</summary>
    [Theory]
    [InlineData("2047 bytes", 2047, 1, 2048)]
    [InlineData("2048 bytes", 2048, 1, 2048)]
    [InlineData("2049 bytes", 2049, 1, 2048)]
    [InlineData("as long as the first window", 7168 - 40, 1, 2048)]
    [InlineData("longer than the first window", 10_000, 1, 2048)]
    [InlineData("a line in parts", 40_000, 1, 2048)]
    [InlineData("longer than the last window", 1_200_000, 1, 2048)]
    [InlineData("79 lines", 3, 79, 79 * 4)]
    [InlineData("80 lines", 3, 80, 80 * 4)]
    [InlineData("81 lines", 3, 81, 80 * 4)]
    [InlineData("nothing", 0, 0, 0)]
    public void The_end_of_a_log_is_found_whatever_its_lines(string what, int length, int lines, int expected)
    {
        var log = _home + "/0.log";
        var line = new string('x', length);
        var parts = length < 1_000_000 ? line.Chunk(16 * 1024).Select(part => new string(part)).ToList() : [line];
        var records = parts.Select((part, i) => LogLine($"stdout {(i < parts.Count - 1 ? 'P' : 'F')} {part}"));
        File.WriteAllText(log, string.Concat(Enumerable.Repeat(string.Concat(records), lines)));
        var app = PodSpecs.App("app") with { TerminationMessagePolicy = "FallbackToLogsOnError" };
        var ended = new ContainerRuntimeStatus { Id = "c", SandboxId = "s", Name = "app", ExitCode = 1, LogPath = log };
        var told = _files.TerminationMessage(Place, app, ended);
        Assert.True(expected == told.Length, $"{what}: {told.Length}");
        Assert.EndsWith(lines > 0 ? "x\n" : "", told);
    }

    /// <summary>As kubelet, the end of the file; what was cut in a character begins with the next.</summary>
    [Theory]
    [InlineData("x", 4095, 4095)]
    [InlineData("x", 4096, 4096)]
    [InlineData("x", 4097, 4096)]
    [InlineData("ä", 2049, 4096)]
    [InlineData("€", 1366, 4095)]
    public void A_message_is_cut_at_its_beginning(string character, int count, int bytes)
    {
        var app = PodSpecs.App("app");
        var mounts = _files.Mounts(new ContainerMounts(PodSpecs.Of(app), app, 0, [], _ => null));
        File.WriteAllText(
            mounts.Single(m => m.ContainerPath == "/dev/termination-log").HostPath,
            string.Concat(Enumerable.Repeat(character, count)));
        var ended = new ContainerRuntimeStatus { Id = "c", SandboxId = "s", Name = "app", ExitCode = 1 };
        var told = _files.TerminationMessage(Place, app, ended);
        Assert.Equal(bytes, System.Text.Encoding.UTF8.GetByteCount(told));
        Assert.Equal("", told.Replace(character, ""));
    }

    [Fact]
    public void What_a_pod_has_on_disk_is_what_is_allocated_once()
    {
        var pod = PodSpecs.Of().With(s => s with
        {
            Volumes = [new Volume { Name = "v", EmptyDir = new EmptyDirVolumeSource() }],
        });
        _files.Prepare(Place, new VolumeWork.Scratch("v", InMemory: false, null), null);
        var empty = _files.StorageOf(pod);
        File.WriteAllBytes(Volume + "/full", new byte[1 << 20]);
        using (var sparse = File.Create(Volume + "/sparse"))
        {
            sparse.SetLength(1L << 30);
        }

        File.CreateSymbolicLink(Volume + "/link", "/usr");
        Directory.CreateDirectory(_files.LogDirectory(Place) + "/app");
        File.WriteAllBytes(_files.LogDirectory(Place) + "/app/0.log", new byte[1 << 18]);
        var use = _files.StorageOf(pod);
        Assert.InRange(use.Volumes["v"] - empty.Volumes["v"], 1 << 20, (1 << 20) + (1 << 16));
        Assert.InRange(use.Containers["app"], 1 << 18, (1 << 18) + (1 << 16));
        Assert.Equal(empty.OtherBytes, use.OtherBytes);
        Assert.Equal(use.TotalBytes, use.Volumes["v"] + use.Containers["app"] + use.OtherBytes);
    }

    private static string LogLine(string text) => $"2026-01-02T03:04:05.123456789Z {text}\n";

    [Fact]
    public void What_cannot_be_written_is_told_with_what_it_was_for()
    {
        File.WriteAllText(_home + "/pods", "in the way");
        var volume = Assert.Throws<VolumeException>(() =>
            _files.Prepare(Place, new VolumeWork.Scratch("v", InMemory: false, null), null));
        Assert.StartsWith("MountVolume.SetUp failed for volume \"v\" : ", volume.Message);
        var app = PodSpecs.App("app");
        var container = Assert.Throws<VolumeException>(() =>
            _files.Mounts(new ContainerMounts(PodSpecs.Of(app), app, 0, [], _ => null)));
        Assert.StartsWith("failed to write the files of container \"app\": ", container.Message);
        File.Delete(_home + "/pods");
    }

    [Fact]
    public void A_group_shares_what_the_volume_holds()
    {
        var file = new VolumeFile("key", "k"u8.ToArray(), Convert.ToInt32("400", 8));
        _files.Prepare(Place, new VolumeWork.Files("f", "kubernetes.io~secret", [file], InMemory: true), 4242);

        var path = _home + "/pods/u1/volumes/kubernetes.io~secret/f/..data/key";
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupRead, File.GetUnixFileMode(path));
        Assert.Equal("3777", Convert.ToString((int)File.GetUnixFileMode(Path.GetFullPath(path + "/../..")), 8));
    }

    [Theory]
    [InlineData(null, "0 0 400")]
    [InlineData(77L, "77 0 400")]
    public void A_file_may_be_a_users_own(long? owner, string expected)
    {
        var file = new VolumeFile("key", "k"u8.ToArray(), Convert.ToInt32("400", 8)) { Owner = owner };
        _files.Prepare(Place, new VolumeWork.Files("f", "kubernetes.io~projected", [file], InMemory: true), null);
        var path = _home + "/pods/u1/volumes/kubernetes.io~projected/f/..data/key";
        using var stat = Process.Start(
            new ProcessStartInfo("stat", ["-c", "%u %g %a", path]) { RedirectStandardOutput = true });
        Assert.Equal(expected, stat!.StandardOutput.ReadToEnd().Trim());
    }

    private static PodPlace Place => new("shop", "web", "u1");

    private string Volume => _home + "/pods/u1/volumes/kubernetes.io~empty-dir/v";

    private IReadOnlyList<MountConfig> Mounts(string subPath)
    {
        var app = PodSpecs.App("app") with
        {
            VolumeMounts = [new VolumeMount { Name = "v", MountPath = "/mnt", SubPath = subPath }],
        };
        var volume = new Volume { Name = "v", EmptyDir = new EmptyDirVolumeSource() };
        var pod = PodSpecs.Of(app).With(s => s with { Volumes = [volume] });
        return _files.Mounts(new ContainerMounts(pod, app, 0, [], _ => null));
    }
}
