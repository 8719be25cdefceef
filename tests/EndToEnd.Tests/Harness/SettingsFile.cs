namespace ActorOrchestrator.EndToEnd.Tests.Harness;

/// <summary>A file of settings for a server that is to be started again with other ones.</summary>
internal sealed class SettingsFile : IAsyncDisposable
{
    private readonly string _directory = Places.NewScratch("settings");

    public SettingsFile() => Write("");

    public IReadOnlyList<string> Arguments => ["--config", Place];

    private string Place => Path.Combine(_directory, "server.conf");

    /// <summary>What the next start is to read.</summary>
    public void Write(string settings) => File.WriteAllText(Place, settings + "\n");

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }
}
