using ActorOrchestrator.Actors.Serialization;
using ActorOrchestrator.Api;

namespace ActorOrchestrator.Repository.Tests;

/// <summary>
/// What each release reads of others' rows and messages, a file each. While a cluster is upgraded its members are of
/// two releases: what the older one does not know must say since when it is there, so that it is not stored too early
/// (<see cref="ReleaseGate"/>). A file is written by ACTOR_ORCHESTRATOR_REWRITE=1 as long as its release is the one
/// that is made, and never changed again.
/// </summary>
public sealed class ReleaseTests
{
    private const string Folder = "tests/Repository.Tests/Releases";

    private static readonly Version Made = Short(typeof(EventFormats).Assembly.GetName().Version!);

    private static IReadOnlyList<Known> Items { get; } =
    [
        .. EventFormats.All.Select(format => new Known($"event {format.Manifest}", format.Since)),
        .. KindRegistry.All.Where(kind => kind.IsStored).DistinctBy(kind => kind.Resource)
            .Select(kind => new Known($"kind {kind.Resource}", kind.Since)),
        .. MessageFormats.All.Select(format => new Known($"message {format.Manifest}", Since: null)),
    ];

    [Fact]
    public void The_release_that_is_made_has_a_list_of_what_it_reads()
    {
        var (path, lines) = ($"{Folder}/{Made}.txt", Items.Select(item => item.Name).Order(StringComparer.Ordinal));
        if (Environment.GetEnvironmentVariable("ACTOR_ORCHESTRATOR_REWRITE") is { Length: > 0 })
        {
            File.WriteAllLines(RepositoryFiles.FullPath(path), lines);
        }

        Rule.Holds($"{path} says what this release reads (ACTOR_ORCHESTRATOR_REWRITE=1 writes it)",
            Difference(lines, Lists().GetValueOrDefault(Made) ?? []));
    }

    [Fact]
    public void What_a_release_reads_says_since_when_and_stays() =>
        Rule.Holds("what came after the first release names its first one as Since, and nothing is dropped",
            Problems(Lists(), Items));

    /// <summary>The rule itself, by releases that there are not.</summary>
    [Fact]
    public void The_rule_sees_what_is_new_dated_wrongly_and_dropped()
    {
        var lists = new SortedDictionary<Version, string[]>
        {
            [new(0, 1, 0)] = ["event a", "message m"], [new(0, 2, 0)] = ["event a", "event b", "message m"],
        };
        Known a = new("event a", null), b = new("event b", "0.2.0"), m = new("message m", null);
        Assert.Empty(Problems(lists, [a, b, m]));
        Assert.Equal(["event b: Since is to be 0.2.0, and not "], Problems(lists, [a, b with { Since = null }, m]));
        Assert.Equal(["event a: Since is to be , and not 0.2.0"], Problems(lists, [a with { Since = "0.2.0" }, b, m]));
        Assert.Equal(["message m: release 0.1.0 reads it"], Problems(lists, [a, b]));
    }

    private static IEnumerable<string> Problems(
        SortedDictionary<Version, string[]> lists, IReadOnlyList<Known> items)
    {
        var first = lists.Keys.FirstOrDefault();
        var dropped = from list in lists
                      from name in list.Value
                      where items.All(item => item.Name != name)
                      group list.Key by name into releases
                      select $"{releases.Key}: release {releases.Min()} reads it";
        var misdated = from item in items
                       where !item.Name.StartsWith("message ", StringComparison.Ordinal)
                       let since = lists.Where(list => list.Value.Contains(item.Name)).Select(list => list.Key).Min()
                       let expected = since is null || since == first ? null : $"{since}"
                       where since is not null && item.Since != expected
                       select $"{item.Name}: Since is to be {expected}, and not {item.Since}";
        return dropped.Concat(misdated);
    }

    private static SortedDictionary<Version, string[]> Lists() => new(RepositoryFiles.In(Folder).ToDictionary(
        path => Version.Parse(Path.GetFileNameWithoutExtension(path)), RepositoryFiles.Lines));

    private static IEnumerable<string> Difference(IEnumerable<string> wanted, string[] there) =>
        wanted.Except(there).Select(name => $"lacks {name}").Concat(there.Except(wanted).Select(name => $"has {name}"));

    private static Version Short(Version version) => new(version.Major, version.Minor, version.Build);

    private sealed record Known(string Name, string? Since);
}
