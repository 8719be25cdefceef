using System.Text.RegularExpressions;

namespace ActorOrchestrator.Repository.Tests;

public sealed class WordTests
{
    /// <summary>Assembled from halves, so that this file keeps its own rule.</summary>
    private static readonly string[] Unfinished =
        ["NotImplemented" + "Exception", "TO" + "DO", "FIX" + "ME", "HA" + "CK:", "Skip" + " =", "Skip" + "="];

    private static readonly Regex MachinePath = new(
        "(^|[^\\w.}$-])/(wo" + "rk|fa" + "rm|ho" + "me|Us" + "ers|ro" + "ot/\\.)(/|\\b)",
        RegexOptions.CultureInvariant);

    private static readonly Regex RegistryHost = new(
        "https?://[a-z0-9.-]*(nu" + "get|npm" + "js|deb" + "ian|pyp" + "i|gh" + "cr|qu" + "ay)\\.",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

    private static readonly Regex WorkplaceWord = new(
        "\\b(anth" + "ropic|cla" + "ude|chat" + "gpt|copi" + "lot|sub" + "agent|sand" + "boxed session)\\b",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

    private static readonly string[] TextEndings =
    [
        "", ".cs", ".csproj", ".props", ".md", ".json", ".yaml", ".yml", ".conf", ".sln", ".txt", ".py", ".proto",
    ];

    private static IEnumerable<string> Texts =>
        RepositoryFiles.All.Where(path => TextEndings.Contains(Path.GetExtension(path)));

    [Fact]
    public void Nothing_is_left_unfinished_or_skipped() =>
        Rule.Holds("what is on main is finished",
            Find(Texts.Where(path => path.EndsWith(".cs", StringComparison.Ordinal) || path.StartsWith("scripts/")),
                line => Unfinished.FirstOrDefault(word => line.Contains(word, StringComparison.Ordinal))));

    [Fact]
    public void No_path_of_a_developers_machine_stands_anywhere() =>
        Rule.Holds("paths are relative to the repository, or the product's own",
            Find(Texts, line => MachinePath.Match(line) is { Success: true } match ? match.Value : null));

    [Fact]
    public void No_package_registry_is_named_by_its_host() =>
        Rule.Holds("registries are the machine's own configuration",
            Find(Texts, line => RegistryHost.Match(line) is { Success: true } match ? match.Value : null));

    [Fact]
    public void The_text_speaks_of_the_product_only() =>
        Rule.Holds("how the product was made is not part of it",
            Find(Texts, line => WorkplaceWord.Match(line) is { Success: true } match ? match.Value : null));

    [Fact]
    public void Every_class_and_file_is_named_as_the_thing_it_is()
    {
        string[] empty = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities"];
        Rule.Holds("no name ends in " + string.Join(", ", empty),
            from path in RepositoryFiles.All.Where(path => path.EndsWith(".cs", StringComparison.Ordinal))
            from name in CSharpCode.Of(path).DeclaredTypes.Append(Path.GetFileNameWithoutExtension(path))
            where empty.Any(word => name.EndsWith(word, StringComparison.Ordinal))
            select $"{path}: {name}");
    }

    [Theory]
    [InlineData("cd /" + "work/main", true)]
    [InlineData("\"/" + "work\"", true)]
    [InlineData("~/." + "config", false)]
    [InlineData("src/" + "work/x", false)]
    [InlineData("/var/lib/actor-orchestrator", false)]
    public void Machine_paths_are_told_from_other_paths(string line, bool expected) =>
        Assert.Equal(expected, MachinePath.IsMatch(line));

    private static IEnumerable<string> Find(IEnumerable<string> paths, Func<string, string?> wrong) =>
        from path in paths
        from line in RepositoryFiles.Lines(path).Index()
        let found = wrong(line.Item)
        where found is not null
        select $"{path}:{line.Index + 1} {found.Trim()}";
}
