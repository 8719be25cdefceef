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
        ["Streams"] = ["Api"],
        ["Agent"] = ["Api", "Domain", "Streams"],
        ["Gateway"] = ["Api", "Domain", "Actors", "Streams"],
        ["Simulator"] = ["Api", "Domain", "Actors", "Streams", "Agent", "Gateway"],
        ["TestKit"] = ["Api", "Domain", "Actors", "Streams", "Agent", "Gateway", "Simulator"],
        ["Host"] = ["Api", "Domain", "Actors", "Streams", "Agent", "Gateway", "Simulator"],
    };

    /// <summary>Packages that a project may use at all; the core stands on the base library.</summary>
    private static readonly Dictionary<string, string[]> MayUsePackages = new()
    {
        ["Api"] = ["YamlDotNet"],
        ["Domain"] = ["Cronos"],
        ["Streams"] = [],
        // Of Akka the agent has actors only: it is no member of a cluster.
        ["Agent"] =
        [
            "Akka", "Google.Protobuf", "Grpc.HealthCheck", "Grpc.Net.Client", "Grpc.Tools",
            "Microsoft.Extensions.Logging.Abstractions",
        ],
    };

    private static IEnumerable<string> Projects =>
        RepositoryFiles.In("src").Where(path => path.EndsWith(".csproj", StringComparison.Ordinal));

    [Fact]
    public void Every_project_is_drawn_in_the_architecture() =>
        Rule.Holds("a project of src/ has its arrows in ReferenceTests and docs/architecture.md",
            Projects.Select(NameOf).Where(name => !MayUse.ContainsKey(name)));

    [Fact]
    public void Projects_reach_only_what_the_architecture_allows() =>
        Rule.Holds("references, also those through another project, follow the arrows of docs/architecture.md",
            from project in Projects
            let name = NameOf(project)
            from used in Reached(project)
            where !MayUse.GetValueOrDefault(name, []).Contains(NameOf(used))
            select $"{name} -> {NameOf(used)}");

    [Fact]
    public void What_the_code_names_is_referenced_and_not_only_reached() =>
        Rule.Holds("a project that names another one's types has a reference of its own to it",
            from project in Projects
            let own = NameOf(project)
            let direct = ProjectsOf(project).Select(NameOf).Append(own).ToHashSet()
            from path in RepositoryFiles.CSharp(Path.GetDirectoryName(project)!)
            from name in CSharpCode.Of(path).NamesOf("ActorOrchestrator").Select(name => name.Split('.')[1]).Distinct()
            where MayUse.ContainsKey(name) && !direct.Contains(name)
            select $"{path} names {name}");

    [Fact]
    public void The_gateway_knows_commands_and_no_behaviours() =>
        Rule.Holds("the gateway decides nothing: of the domain it uses what stands in its root, no folder of a kind",
            from path in RepositoryFiles.CSharp("src/ActorOrchestrator.Gateway")
            from name in CSharpCode.Of(path).NamesOf("ActorOrchestrator.Domain")
            select $"{path}: {name}");

    [Fact]
    public void The_core_projects_see_only_the_packages_granted_to_them() =>
        Rule.Holds("the core stands on the base library; what another project keeps private is not seen",
            from project in Projects
            let name = NameOf(project)
            where MayUsePackages.ContainsKey(name)
            from package in PackagesOf(project, own: true)
                .Concat(Reached(project).SelectMany(used => PackagesOf(used, own: false)))
            where !MayUsePackages[name].Contains(package)
            select $"{name} -> {package}");

    [Fact]
    public void A_project_is_reached_through_another_one() =>
        Assert.Equal(
            ["Actors", "Api", "Domain"],
            Reached("src/ActorOrchestrator.Gateway/ActorOrchestrator.Gateway.csproj")
                .Select(NameOf).Intersect(["Actors", "Api", "Domain"]).Order());

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
            from word in CSharpCode.Of(path).Words.Distinct()
            where impure.Contains(word)
            select $"{path}: {word}");
    }

    private static string NameOf(string path) =>
        Path.GetFileNameWithoutExtension(path).Replace("ActorOrchestrator.", "", StringComparison.Ordinal);

    /// <summary>The projects that a project references, and those that they reference, and so on.</summary>
    private static HashSet<string> Reached(string project)
    {
        var reached = new HashSet<string>();
        var open = new Stack<string>(ProjectsOf(project));
        while (open.TryPop(out var next))
        {
            if (!reached.Add(next))
            {
                continue;
            }

            foreach (var further in ProjectsOf(next))
            {
                open.Push(further);
            }
        }
        return reached;
    }

    /// <summary>Paths from the repository's root.</summary>
    private static IEnumerable<string> ProjectsOf(string project) =>
        from reference in References(project, "ProjectReference")
        let path = Path.Combine(Path.GetDirectoryName(project)!, Included(reference).Replace('\\', '/'))
        select Path.GetRelativePath(RepositoryFiles.Root, RepositoryFiles.FullPath(path)).Replace('\\', '/');

    /// <param name="own">Also those that whoever references the project does not get to see.</param>
    private static IEnumerable<string> PackagesOf(string project, bool own) =>
        from reference in References(project, "PackageReference")
        where own || reference.Attribute("PrivateAssets") is null
        select Included(reference);

    private static string Included(XElement reference) => reference.Attribute("Include")?.Value ?? "";

    private static IEnumerable<XElement> References(string project, string element) =>
        XDocument.Parse(RepositoryFiles.Read(project)).Descendants(element);
}
