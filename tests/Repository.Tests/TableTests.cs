using System.Text.RegularExpressions;

namespace ActorOrchestrator.Repository.Tests;

/// <summary>The tables of validation rules and of features name tests that there are.</summary>
public sealed partial class TableTests
{
    private const string Rules = "docs/validation.md";
    private const string Features = "docs/coverage.md";

    [Theory]
    [InlineData(Rules, "not kept: ")]
    [InlineData(Features, "not: ")]
    public void Each_row_says_what_is_here_and_what_shows_it(string table, string not) =>
        Rule.Holds("a row has a rule, where it is kept, and tests; one that is not kept says why",
            from row in Rows(table)
            where row.Length != 3 || (row[1].StartsWith(not) ? row[1].Length < not.Length + 10
                : Sources(row[1]).Any(source => !source) || !Test().IsMatch(row[2]))
            select string.Join(" | ", row));

    [Theory]
    [InlineData(Rules)]
    [InlineData(Features)]
    public void The_tests_exist(string table)
    {
        var tests = RepositoryFiles.All
            .Where(path => path.StartsWith("tests/") && path.EndsWith("Tests.cs"))
            .SelectMany(path => Method().Matches(RepositoryFiles.Read(path)).Select(match =>
                $"{Path.GetFileNameWithoutExtension(path)}.{match.Groups[1].Value}"))
            .ToHashSet();
        Rule.Holds($"{table} names tests that exist",
            from row in Rows(table)
            from Match match in Test().Matches(row[^1])
            where !tests.Contains(match.Groups[1].Value)
            select match.Groups[1].Value);
    }

    private static IEnumerable<string[]> Rows(string table) => RepositoryFiles.Lines(table)
        .Where(line => line.StartsWith('|') && !line.StartsWith("|---"))
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        .Where(row => row[^1] != "Test");

    private static IEnumerable<bool> Sources(string cell) => Quoted().Matches(cell).Select(match =>
        RepositoryFiles.All.Any(path => path.StartsWith("src/") && path.EndsWith($"/{match.Groups[1].Value}.cs")));

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex("`(\\w+Tests\\.\\w+)`")]
    private static partial Regex Test();

    [GeneratedRegex(@"public (?:async Task|void|Task) (\w+)\(")]
    private static partial Regex Method();
}
