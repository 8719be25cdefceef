using System.Text;
using ActorOrchestrator.Agent.Volumes;

namespace ActorOrchestrator.Agent.Tests.Volumes;

public sealed class AtomicFilesTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("aoc-vol-").FullName;
    private readonly PlainDirectories _mounts = new();

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public void Shows_the_files_through_one_link()
    {
        Write(("a", "1"), ("d/b", "2"));

        Assert.Equal("1", File.ReadAllText($"{_home}/a"));
        Assert.Equal("2", File.ReadAllText($"{_home}/d/b"));
        Assert.Equal("..data/a", new FileInfo($"{_home}/a").LinkTarget);
        Assert.Equal("..data/d", new FileInfo($"{_home}/d").LinkTarget);
        Assert.StartsWith("..2026_", new FileInfo($"{_home}/..data").LinkTarget);
    }

    [Fact]
    public void Changes_all_files_at_once_and_leaves_nothing_old()
    {
        Write(("a", "1"), ("gone", "x"));
        var before = new FileInfo($"{_home}/..data").LinkTarget;

        Assert.True(Write(("a", "2"), ("new", "y")));

        Assert.NotEqual(before, new FileInfo($"{_home}/..data").LinkTarget);
        Assert.Equal(["..data", "a", "new"], Names().Where(n => !n.StartsWith("..2", StringComparison.Ordinal)));
        Assert.Single(Names(), n => n.StartsWith("..2", StringComparison.Ordinal));
        Assert.Equal("2", File.ReadAllText($"{_home}/a"));
    }

    [Fact]
    public void Writes_nothing_when_nothing_changed()
    {
        Write(("a", "1"));
        var before = new FileInfo($"{_home}/..data").LinkTarget;

        Assert.False(Write(("a", "1")));

        Assert.Equal(before, new FileInfo($"{_home}/..data").LinkTarget);
    }

    [Fact]
    public void An_open_directory_of_old_files_is_replaced_by_files_of_other_names()
    {
        Write(("d/a", "1"));
        Write(("d", "2"));

        Assert.Equal("2", File.ReadAllText($"{_home}/d"));
    }

    [Fact]
    public void Gives_each_file_its_mode()
    {
        var file = new VolumeFile("key", "k"u8.ToArray(), Convert.ToInt32("400", 8));
        AtomicFiles.Write(_home, [file], _mounts, null, Now);

        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode($"{_home}/..data/key"));
    }

    [Theory]
    [InlineData("../etc/passwd")]
    [InlineData("a/../../b")]
    [InlineData("/etc/passwd")]
    [InlineData("..data")]
    [InlineData("")]
    public void No_path_leaves_the_volume(string path)
    {
        var file = new VolumeFile(path, "x"u8.ToArray(), 0);

        Assert.Throws<Agent.Config.ContainerConfigException>(
            () => AtomicFiles.Write(_home, [file], _mounts, null, Now));
    }

    private static DateTimeOffset Now => new(2026, 11, 24, 3, 28, 18, TimeSpan.Zero);

    private bool Write(params (string Path, string Text)[] files) => AtomicFiles.Write(
        _home,
        [.. files.Select(f => new VolumeFile(f.Path, Encoding.UTF8.GetBytes(f.Text), Convert.ToInt32("644", 8)))],
        _mounts, null, Now);

    private IEnumerable<string> Names() =>
        Directory.EnumerateFileSystemEntries(_home).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal);
}
