namespace ActorOrchestrator.EndToEnd.Tests.Harness;

/// <summary>A file of settings for a server that is to be started again with other ones.</summary>
internal sealed class SettingsFile : IAsyncDisposable
{
    /// <summary>Tests are not about their machine, which may have a full disk or little memory.</summary>
    public const string Unhurried =
        """
        node.images.high-threshold = 100
        node.eviction {
          memory-available.hard = 0B, nodefs-available.hard = 0B, nodefs-inodes-free.hard = 0
          imagefs-available.hard = 0B, imagefs-inodes-free.hard = 0
        }

        """;

    private readonly string _directory = Places.NewScratch("settings");

    public SettingsFile() => Write("");

    public string Place => Path.Combine(_directory, "server.conf");

    /// <summary>What the next start is to read.</summary>
    public void Write(string settings) => File.WriteAllText(Place, $"{Unhurried}{settings}\n");

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }
}
