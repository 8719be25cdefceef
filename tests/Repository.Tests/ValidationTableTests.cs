using System.Text.RegularExpressions;

namespace ActorOrchestrator.Repository.Tests;

/// <summary>The table of validation rules names tests that there are.</summary>
public sealed partial class ValidationTableTests
{
    private const string Table = "docs/validation.md";
    private const string NotKept = "not kept: ";

    private static readonly string[][] Rows =
    [
        .. RepositoryFiles.Lines(Table)
            .Where(line => line.StartsWith('|') && !line.StartsWith("| Rule |") && !line.StartsWith("|---"))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
    ];

    [Fact]
    public void Each_row_says_where_a_rule_is_kept_and_what_shows_it() =>
        Rule.Holds("a row has a rule, where it is kept, and tests; one that is not kept says why",
            from row in Rows
            where row.Length != 3 || (row[1].StartsWith(NotKept) ? row[1].Length < NotKept.Length + 10
                : Sources(row[1]).Any(source => !source) || !Test().IsMatch(row[2]))
            select string.Join(" | ", row));

    [Fact]
    public void The_tests_exist()
    {
        var tests = RepositoryFiles.All
            .Where(path => path.StartsWith("tests/") && path.EndsWith("Tests.cs"))
            .SelectMany(path => Method().Matches(RepositoryFiles.Read(path)).Select(match =>
                $"{Path.GetFileNameWithoutExtension(path)}.{match.Groups[1].Value}"))
            .ToHashSet();
        Rule.Holds($"{Table} names tests that exist",
            from row in Rows
            from Match match in Test().Matches(row[^1])
            where !tests.Contains(match.Groups[1].Value)
            select match.Groups[1].Value);
    }

    private static IEnumerable<bool> Sources(string cell) => Quoted().Matches(cell).Select(match =>
        RepositoryFiles.All.Any(path => path.StartsWith("src/") && path.EndsWith($"/{match.Groups[1].Value}.cs")));

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex("`(\\w+Tests\\.\\w+)`")]
    private static partial Regex Test();

    [GeneratedRegex(@"public (?:async Task|void|Task) (\w+)\(")]
    private static partial Regex Method();
}
