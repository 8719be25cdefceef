namespace ActorOrchestrator.TestKit.Tests;

/// <summary>Where files of these tests lie in the tree.</summary>
internal static class SourceFolder
{
    public static string Find(string name)
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var folder = Path.Combine(at.FullName, "tests", "ActorOrchestrator.TestKit.Tests", name);
            if (Directory.Exists(folder))
            {
                return folder;
            }
        }

        throw new InvalidOperationException($"no tests/ above {AppContext.BaseDirectory}");
    }
}
