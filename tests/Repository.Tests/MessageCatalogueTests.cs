using System.Text.RegularExpressions;
using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Repository.Tests;

/// <summary>docs/messages.md names every message, and none that is not there.</summary>
public sealed partial class MessageCatalogueTests
{
    private const string Catalogue = "docs/messages.md";

    [Fact]
    public void Every_message_is_in_the_catalogue() =>
        Rule.Holds($"a message has a row in {Catalogue}", Messages.Except(Rows.Select(row => row.Name)));

    [Fact]
    public void The_catalogue_holds_no_message_that_is_gone_and_none_twice() =>
        Rule.Holds($"a row of {Catalogue} is a message that there is, once",
            Rows.Select(row => row.Name).Except(Messages)
                .Concat(Rows.GroupBy(row => row.Name).Where(rows => rows.Count() > 1).Select(rows => rows.Key)));

    [Fact]
    public void Every_row_says_something_in_each_column() =>
        Rule.Holds("a row tells from whom to whom, what it means, and what loss and doubling do",
            from row in Rows
            where row.Cells.Any(cell => cell.Length == 0) || row.Cells.Length is not (2 or 5)
            select row.Name);

    /// <summary>What entities are told, and what the settings bind to the serializer of messages.</summary>
    private static IEnumerable<string> Messages =>
        new[] { typeof(Message).Assembly, typeof(Wake).Assembly }.SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.IsAssignableTo(typeof(Message)) && !type.IsAbstract).Select(type => type.Name)
            .Concat(Binding().Matches(RepositoryFiles.Read("hocon/reference.conf"))
                .Select(match => match.Groups["name"].Value));

    private static IEnumerable<(string Name, string[] Cells)> Rows =>
        from line in RepositoryFiles.Lines(Catalogue)
        where line.StartsWith("| `", StringComparison.Ordinal)
        let cells = line.Trim('|').Split('|', StringSplitOptions.TrimEntries)
        select (cells[0].Trim('`'), cells);

    [GeneratedRegex(@"""ActorOrchestrator\.Actors\.[\w.]*?(?<name>\w+), ActorOrchestrator\.Actors"" = messages",
        RegexOptions.CultureInvariant)]
    private static partial Regex Binding();
}
