namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>A checker that refuses nothing proves nothing: each bad history differs from a good one in one
/// thing.</summary>
public sealed class HistoryCheckerTests
{
    private const string A = "configmaps/default/a";

    private static readonly History Good = new(
        [
            new(A, WriteKind.Create, "1", null, 10, true),
            new(A, WriteKind.Update, "2", 10, 12, true),
            new(A, WriteKind.Update, "x", 12, null, false),
            new(A, WriteKind.Delete, "", 13, null, true),
            new(A, WriteKind.Create, "3", null, 16, true),
        ],
        [
            new(10, A, 1, "w1", false, "1"), new(12, A, 2, "w1", false, "2"), new(13, A, 3, "w2", false, "x"),
            new(15, A, 4, "w2", true, null), new(16, A, 5, "w3", false, "3"),
        ],
        new Dictionary<string, IReadOnlyList<Seen>> { ["m1"] = [new(A, 16, "3")], ["m2"] = [new(A, 16, "3")] },
        [new("w", "configmaps/", 10, [12, 13, 15, 16])]);

    [Fact]
    public void A_good_history_has_no_problem() => Assert.Empty(HistoryChecker.Problems(Good));

    [Fact]
    public void A_write_whose_outcome_is_unknown_may_be_missing() => Assert.Empty(
        HistoryChecker.Problems(With(new(A, WriteKind.Update, "never", 16, null, false))));

    [Fact]
    public void An_acknowledged_write_that_is_not_in_the_journal_is_lost() =>
        Refused("lost: Update of", With(new(A, WriteKind.Update, "4", 16, 17, true)));

    [Fact]
    public void An_acknowledged_deletion_that_did_not_happen_is_lost() =>
        Refused("lost: Delete of", With(new(A, WriteKind.Delete, "", 16, null, true)));

    [Fact]
    public void An_acknowledged_write_has_its_own_row() =>
        Refused("holds 2 at 12", WithWrite(1, new(A, WriteKind.Update, "other", 10, 12, true)));

    [Fact]
    public void An_update_follows_on_what_it_was_based_on() =>
        Refused("it overwrote 10", WithWrite(1, new(A, WriteKind.Update, "2", 9, 12, true)));

    [Fact]
    public void A_creation_finds_nothing_there() =>
        Refused("was there already", With(new(A, WriteKind.Create, "2", null, 12, true)));

    [Fact]
    public void A_deletion_is_one_in_the_journal_too() =>
        Refused("another change at 15", WithRow(3, new(15, A, 4, "w2", false, null)));

    [Fact]
    public void Two_rows_with_one_number_are_two_writers() =>
        Refused("row 3 is followed by row 3", WithRow(3, new(15, A, 3, "w2", true, null)));

    [Fact]
    public void A_missing_row_is_seen() => Refused("row 2 is followed by row 4", WithoutRow(2));

    [Fact]
    public void A_missing_first_row_is_seen() => Refused("the first row is number 2", WithoutRow(0));

    [Fact]
    public void An_activation_that_was_followed_writes_no_more() =>
        Refused("w1 wrote row 4 after another", WithRow(3, new(15, A, 4, "w1", true, null)));

    [Fact]
    public void Nothing_is_stored_that_nobody_wrote() =>
        Refused("holds stray, which nobody wrote", WithRow(2, new(13, A, 3, "w2", false, "stray")));

    [Fact]
    public void A_write_is_stored_once() =>
        Refused("2 was written 2 times", WithRow(2, new(13, A, 3, "w2", false, "2")));

    [Fact]
    public void A_member_that_shows_something_old_is_seen() =>
        Refused("m2 shows configmaps/default/a as x at 13", WithView([new(A, 13, "x")]));

    [Fact]
    public void A_member_that_misses_an_object_is_seen() =>
        Refused("m2 does not show configmaps/default/a", WithView([]));

    [Fact]
    public void A_member_that_shows_what_never_was_is_seen() =>
        Refused("m2 shows configmaps/default/b, which is not", WithView([new(A, 16, "3"), new("configmaps/default/b",
            3, "9")]));

    [Theory]
    [InlineData("13 was not seen", 12, 15, 16)]
    [InlineData("after 13 came 12", 13, 12, 15, 16)]
    [InlineData("after 13 came 13", 12, 13, 13, 15, 16)]
    [InlineData("14 was seen and is not", 12, 13, 14, 15, 16)]
    public void A_watch_with_a_gap_or_a_double_is_seen(string problem, params int[] versions) => Refused(
        problem, Good with { Watches = [new("w", "configmaps/", 10, [.. versions.Select(version => (long)version)])] });

    private static History With(Write more) => Good with { Writes = [.. Good.Writes, more] };

    private static History WithRow(int at, Row row) =>
        Good with { Rows = [.. Good.Rows.Take(at), row, .. Good.Rows.Skip(at + 1)] };

    private static History WithoutRow(int at) =>
        Good with { Rows = [.. Good.Rows.Take(at), .. Good.Rows.Skip(at + 1)] };

    private static History WithWrite(int at, Write write) =>
        Good with { Writes = [.. Good.Writes.Take(at), write, .. Good.Writes.Skip(at + 1)] };

    private static History WithView(IReadOnlyList<Seen> seen) => Good with
    {
        ByMember = new Dictionary<string, IReadOnlyList<Seen>> { ["m1"] = Good.ByMember["m1"], ["m2"] = seen },
    };

    private static void Refused(string problem, History history) => Assert.Contains(
        HistoryChecker.Problems(history), found => found.Contains(problem, StringComparison.Ordinal));
}
