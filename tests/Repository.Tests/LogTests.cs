using System.Text.RegularExpressions;

namespace ActorOrchestrator.Repository.Tests;

public sealed partial class LogTests
{
    [Fact]
    public void Each_log_event_has_an_id_of_its_own() => Rule.Holds(
        "one id, one event",
        from place in
            from path in RepositoryFiles.CSharp("src")
            from line in RepositoryFiles.Lines(path).Index()
            from Match id in Id().Matches(line.Item)
            select (Id: id.Groups[1].Value, Where: $"{path}:{line.Index + 1}")
        group place.Where by place.Id
        into same
        where same.Count() > 1
        select $"{same.Key} is that of {string.Join(" and ", same)}");

    [GeneratedRegex(@"LoggerMessage\((\d+)")]
    private static partial Regex Id();
}
