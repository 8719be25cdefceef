namespace ActorOrchestrator.Repository.Tests;

/// <summary>The files that people write: what tools make (artifacts, caches, .git) is left out.</summary>
internal static class RepositoryFiles
{
    private static readonly string[] MadeByTools = ["artifacts", "bin", "obj", ".git", ".cache", ".vs", ".idea"];

    public static string Root { get; } = FindRoot();

    /// <summary>Paths relative to the root, with forward slashes, sorted.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enumerate(Root).Order(StringComparer.Ordinal)];

    public static IEnumerable<string> CSharp(string folder) =>
        All.Where(path => path.StartsWith(folder + "/", StringComparison.Ordinal)
            && path.EndsWith(".cs", StringComparison.Ordinal));

    public static IEnumerable<string> In(string folder) =>
        All.Where(path => path.StartsWith(folder + "/", StringComparison.Ordinal));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static string[] Lines(string path) => File.ReadAllLines(Path.Combine(Root, path));

    public static string FullPath(string path) => Path.Combine(Root, path);

    private static IEnumerable<string> Enumerate(string directory)
    {
        foreach (var file in Directory.EnumerateFiles(directory))
        {
            yield return Path.GetRelativePath(Root, file).Replace('\\', '/');
        }

        foreach (var child in Directory.EnumerateDirectories(directory))
        {
            if (MadeByTools.Contains(Path.GetFileName(child)))
            {
                continue;
            }

            foreach (var file in Enumerate(child))
            {
                yield return file;
            }
        }
    }

    private static string FindRoot()
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
