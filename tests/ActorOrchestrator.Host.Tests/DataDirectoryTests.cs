using ActorOrchestrator.Host.Serving;

namespace ActorOrchestrator.Host.Tests;

public sealed class DataDirectoryTests : IDisposable
{
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
    public void A_path_that_is_no_directory_is_refused_with_its_name()
    {
        var file = Path.Combine(_root, "file");
        File.WriteAllText(file, "");
        var refused = Assert.Throws<ServerStartException>(() => DataDirectory.Open(file));
        Assert.Contains($"the data directory {file} cannot be used", refused.Message, StringComparison.Ordinal);
    }
}
