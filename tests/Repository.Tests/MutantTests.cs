namespace ActorOrchestrator.Repository.Tests;

/// <summary>The deliberate bugs of <c>scripts/mutants</c> are kept up with the code that they change.</summary>
public sealed class MutantTests
{
    private const string Place = "--- ";

    private static IEnumerable<string> Mutants =>
        RepositoryFiles.In("tests/ActorOrchestrator.Simulator.Tests/Mutants");

    [Fact]
    public void What_a_mutant_replaces_is_there_once() =>
        Rule.Holds("a mutant says what is in the file now, with enough around it to be found once",
            from path in Mutants
            from change in Changes(path)
            let count = Count($"\n{RepositoryFiles.Read(change.File)}", change.Old)
            where count != 1
            select $"{path}: {change.File} has the text {count} times");

    [Fact]
    public void A_mutant_begins_with_a_sentence_and_changes_a_few_lines() =>
        Rule.Holds("a mutant is one small bug",
            from path in Mutants
            let lines = RepositoryFiles.Lines(path)
            let changed = lines.Count(
                line => line is ['+' or '-', ..] && !line.StartsWith(Place, StringComparison.Ordinal))
            where !lines[0].EndsWith('.') || lines[0].Contains('|') || changed is 0 or > 12
            select $"{path}: {lines[0]} ({changed} lines)");

    private static IEnumerable<(string File, string Old)> Changes(string path)
    {
        var lines = RepositoryFiles.Lines(path);
        for (var at = 1; at < lines.Length; at++)
        {
            if (lines[at].StartsWith(Place, StringComparison.Ordinal))
            {
                var old = lines.Skip(at + 1).TakeWhile(line => !line.StartsWith(Place, StringComparison.Ordinal))
                    .Where(line => line is not ['+', ..]).Select(line => line.Length == 0 ? "" : line[1..]);
                yield return (lines[at][Place.Length..], $"\n{string.Join('\n', old)}\n");
            }
        }
    }

    private static int Count(string text, string part)
    {
        var count = 0;
        for (var at = text.IndexOf(part, StringComparison.Ordinal); at >= 0;
             at = text.IndexOf(part, at + 1, StringComparison.Ordinal))
        {
            count++;
        }

        return count;
    }
}
