namespace ActorOrchestrator.EndToEnd.Tests.Harness;

/// <summary>Where the built product, the scripts, the real clients and the tests' scratch directories are.</summary>
internal static class Places
{
    public static string Repository { get; } = FindRepository();

    /// <summary>The same configuration (Debug, Release) as these tests were built in.</summary>
    public static string Orchestrator => Required(
        Path.Combine(Repository, "artifacts/bin/ActorOrchestrator.Host", ConfigurationName, "orchestrator"),
        "build the solution");

    public static string Script(string name) => Path.Combine(Repository, "scripts", name);

    public static string Example(string name) => Path.Combine(Repository, "examples", name);

    public static string Client(string name) =>
        Required(Path.Combine(Cache, "clients", name), "run scripts/fetch-clients --tests");

    /// <summary>Of a client that is more than a file.</summary>
    public static string ClientDirectory(string name) =>
        Path.GetDirectoryName(Client(Path.Combine(name, "package-lock.json")))!;

    /// <summary>A new directory; short, because a Unix socket's path in it has at most 107 bytes.</summary>
    public static string NewScratch(string purpose, string? root = null)
    {
        root ??= Environment.GetEnvironmentVariable("ACTOR_ORCHESTRATOR_TEST_ROOT") ?? Path.GetTempPath();
        return Directory.CreateDirectory(Path.Combine(root, $"ao-{purpose}-{Path.GetRandomFileName()[..6]}")).FullName;
    }

    private static string Cache =>
        Environment.GetEnvironmentVariable("ACTOR_ORCHESTRATOR_CACHE") ?? Path.Combine(Repository, ".cache");

    private static string ConfigurationName =>
        Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    private static string Required(string path, string remedy) =>
        File.Exists(path) ? path : throw new InvalidOperationException($"{path} does not exist: {remedy}");

    private static string FindRepository()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "ActorOrchestrator.sln")))
            {
                return at.FullName;
            }
        }
        throw new InvalidOperationException($"No ActorOrchestrator.sln above {AppContext.BaseDirectory}");
    }
}
