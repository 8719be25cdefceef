using System.Xml.Linq;

namespace ActorOrchestrator.Repository.Tests;

/// <summary>The arrows between the projects, as the architecture draws them.</summary>
public sealed class ReferenceTests
{
    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Api"] = [],
        ["Domain"] = ["Api"],
        ["Actors"] = ["Api", "Domain"],
        ["Agent"] = ["Api", "Domain"],
        ["Gateway"] = ["Api", "Domain", "Actors"],
        ["Simulator"] = ["Api", "Domain", "Actors", "Agent", "Gateway"],
        ["TestKit"] = ["Simulator"],
        ["Host"] = ["Api", "Domain", "Actors", "Agent", "Gateway", "Simulator"],
    };

    /// <summary>Packages that a project may use at all; the core stands on the base library.</summary>
    private static readonly Dictionary<string, string[]> MayUsePackages = new()
    {
        ["Api"] = ["YamlDotNet"],
        ["Domain"] = [],
    };

    private static IEnumerable<string> Projects =>
        RepositoryFiles.In("src").Where(path => path.EndsWith(".csproj", StringComparison.Ordinal));

    [Fact]
    public void Every_project_is_drawn_in_the_architecture() =>
        Rule.Holds("a project of src/ has its arrows in ReferenceTests and docs/ARCHITECTURE.md",
            Projects.Select(NameOf).Where(name => !MayUse.ContainsKey(name)));

    [Fact]
    public void Projects_reference_only_what_the_architecture_allows() =>
        Rule.Holds("references follow the arrows of docs/ARCHITECTURE.md",
            from project in Projects
            let name = NameOf(project)
            from used in References(project, "ProjectReference").Select(path => NameOf(path.Replace('\\', '/')))
            where !MayUse.GetValueOrDefault(name, []).Contains(used)
            select $"{name} -> {used}");

    [Fact]
    public void The_core_projects_use_only_the_packages_granted_to_them() =>
        Rule.Holds("the core stands on the base library",
            from project in Projects
            let name = NameOf(project)
            where MayUsePackages.ContainsKey(name)
            from package in References(project, "PackageReference")
            where !MayUsePackages[name].Contains(package)
            select $"{name} -> {package}");

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = RepositoryFiles.Read("ActorOrchestrator.sln").Replace('\\', '/');
        Rule.Holds("the solution lists every project",
            RepositoryFiles.All.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal))
                .Where(path => !solution.Contains($"\"{path}\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_domain_is_pure()
    {
        string[] impure =
        [
            "Task", "ValueTask", "async", "await", "ILogger", "HttpClient", "TimeProvider", "Thread", "File",
            "Directory", "Stopwatch", "Environment", "Console",
        ];
        Rule.Holds("Domain has no I/O, clock, randomness, logger or Task",
            from path in RepositoryFiles.CSharp("src/ActorOrchestrator.Domain")
            from word in CSharpText.WordsOf(RepositoryFiles.Read(path)).Distinct()
            where impure.Contains(word)
            select $"{path}: {word}");
    }

    private static string NameOf(string path) =>
        Path.GetFileNameWithoutExtension(path).Replace("ActorOrchestrator.", "", StringComparison.Ordinal);

    private static IEnumerable<string> References(string project, string element) =>
        XDocument.Parse(RepositoryFiles.Read(project)).Descendants(element)
            .Select(reference => reference.Attribute("Include")?.Value ?? "");
}
