using ActorOrchestrator.Actors.Journal;

namespace ActorOrchestrator.Actors.Tests.Journal;

/// <summary>A member's fold of a journal that others write too.</summary>
public sealed class JournalTailTests
{
    private readonly ScriptedStore _store = new() { IsExclusive = false };
    private readonly RecordingListener _listener = new();
    private readonly JournalTail _tail;

    public JournalTailTests() => _tail = new JournalTail(_store, _listener);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_starts_with_snapshots_from_before_the_floor_then_the_rows_behind_them()
    {
        Stored("a", "a", "b", "a", "b");
        _store.Save(Entries.Snapshot("a", 2, ordering: 2));
        _store.Save(Entries.Snapshot("b", 2, ordering: 5));
        _store.TrimByAnother(floor: 3, removed: 1);
        await _tail.StartAsync(Cancellation);

        // The snapshot from after the floor would hide the change from before it.
        Assert.Equal(["snapshot a 2", "row b 3", "floor 3", "row a 4", "row b 5"], _listener.Told);
        Assert.Equal(new EntityRows(3, 2, 4), _tail.Find(Entries.Id("a")));
        Assert.Equal(new EntityRows(2, 2, 5), _tail.Find(Entries.Id("b")));
        Assert.Equal(default, _tail.Find(Entries.Id("c")));
        Assert.Equal(5, _tail.Ordering);
    }

    [Fact]
    public async Task A_journal_whose_rows_are_all_from_before_the_floor_has_its_floor_told_too()
    {
        Stored("a");
        _store.TrimByAnother(floor: 7);
        await _tail.StartAsync(Cancellation);
        Assert.Equal(["row a 1", "floor 7"], _listener.Told);
        Assert.Equal(7, _tail.Ordering);
    }

    [Fact]
    public async Task Retention_that_is_faster_than_a_start_is_noticed()
    {
        Stored("a", "a");
        _store.OnRead = _ => _store.TrimByAnother(floor: 2, removed: 1);
        await Assert.ThrowsAsync<JournalBehindException>(() => _tail.StartAsync(Cancellation));
    }

    [Fact]
    public async Task It_folds_what_others_wrote_once_and_in_order()
    {
        Stored("a");
        await _tail.StartAsync(Cancellation);
        Stored("b", "a");
        await _tail.CatchUpAsync();
        await _tail.CatchUpAsync();
        Assert.Equal(["row a 1", "row b 2", "row a 3"], Rows);
        Assert.Equal(new EntityRows(2, 0, 3), _tail.Find(Entries.Id("a")));
    }

    [Fact]
    public async Task A_hole_of_a_refused_row_is_passed_over()
    {
        await _tail.StartAsync(Cancellation);
        Stored("a");
        _store.SkipOrdering();
        Stored("b");
        await _tail.CatchUpAsync();
        Assert.Equal(["row a 1", "row b 3"], Rows);
    }

    [Fact]
    public async Task A_hole_that_retention_made_ends_the_member_before_it_folds_anything()
    {
        await _tail.StartAsync(Cancellation);
        Stored("a", "a", "a");
        _store.TrimByAnother(floor: 2, 1);
        var behind = await Assert.ThrowsAsync<JournalBehindException>(() => _tail.CatchUpAsync());
        Assert.Contains("folded the journal up to 0, and it begins after 2", behind.Message, StringComparison.Ordinal);
        Assert.Empty(Rows);
    }

    [Fact]
    public async Task A_floor_that_rose_behind_it_is_no_reason_to_end()
    {
        await _tail.StartAsync(Cancellation);
        Stored("a", "a");
        await _tail.CatchUpAsync();
        _store.TrimByAnother(floor: 2, 1);
        _store.SkipOrdering();
        Stored("b");
        await _tail.CatchUpAsync();
        Assert.Equal(["row a 1", "row a 2", "row b 4"], Rows);
    }

    [Fact]
    public async Task A_catch_up_never_holds_more_than_a_page_however_far_it_is_behind()
    {
        await _tail.StartAsync(Cancellation);
        Stored([.. Enumerable.Repeat("a", (3 * JournalTail.PageRowsMax) + 7)]);
        var heldMost = 0L;
        _store.OnRead = row => heldMost = Math.Max(heldMost, row.Ordering - _tail.Ordering);
        await _tail.CatchUpAsync();
        Assert.Equal(JournalTail.PageRowsMax, heldMost);
        Assert.Equal(
            Enumerable.Range(1, (3 * JournalTail.PageRowsMax) + 7).Select(ordering => $"row a {ordering}"), Rows);
    }

    [Fact]
    public async Task Retention_that_overtakes_a_catch_up_between_two_pages_is_noticed()
    {
        await _tail.StartAsync(Cancellation);
        Stored([.. Enumerable.Repeat("a", JournalTail.PageRowsMax)]);
        _store.SkipOrdering();
        Stored("a");
        _store.OnRead = row => _store.TrimByAnother(
            floor: row.Ordering > JournalTail.PageRowsMax ? row.Ordering : 0);
        await Assert.ThrowsAsync<JournalBehindException>(() => _tail.CatchUpAsync());
        Assert.Equal(JournalTail.PageRowsMax, _tail.Ordering);
    }

    [Fact]
    public async Task A_commit_of_its_own_that_a_catch_up_has_read_is_not_folded_twice()
    {
        await _tail.StartAsync(Cancellation);
        var mine = Entries.Write("a", 1);
        await _store.CommitAsync([mine]);
        await _tail.CatchUpAsync();
        _tail.Fold([mine]);
        Assert.Equal(["row a 1"], Rows);
    }

    [Fact]
    public async Task Whoever_waits_goes_on_when_the_ordering_is_folded_and_not_before()
    {
        await _tail.StartAsync(Cancellation);
        var waits = new[] { 0L, 1, 2, 3 }.Select(at => _tail.WaitForAsync(at, Cancellation)).ToList();
        Assert.Equal([true, false, false, false], waits.Select(wait => wait.IsCompleted));
        Stored("a", "b");
        await _tail.CatchUpAsync();
        Assert.Equal([true, true, true, false], waits.Select(wait => wait.IsCompleted));
        var mine = Entries.Write("c", 1);
        await _store.CommitAsync([mine]);
        _tail.Fold([mine]);
        Assert.True(waits[3].IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Whoever_gives_up_waiting_leaves_nothing_behind()
    {
        await _tail.StartAsync(Cancellation);
        using var leaving = new CancellationTokenSource();
        var (left, stays) = (_tail.WaitForAsync(9, leaving.Token), _tail.WaitForAsync(1, Cancellation));
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        Assert.Equal(1, _tail.Waiting);
        Stored("a");
        await _tail.CatchUpAsync();
        Assert.True(stays.IsCompletedSuccessfully);
        Assert.Equal(0, _tail.Waiting);
        Assert.True(_tail.WaitForAsync(9, leaving.Token).IsCanceled);
        Assert.Equal(0, _tail.Waiting);
    }

    [Fact]
    public async Task Rows_that_cannot_be_read_are_told_and_read_the_next_time()
    {
        await _tail.StartAsync(Cancellation);
        Stored("a");
        _store.ReadProblem = "away";
        await Assert.ThrowsAsync<JournalException>(() => _tail.CatchUpAsync());
        _store.ReadProblem = null;
        await _tail.CatchUpAsync();
        Assert.Equal(["row a 1"], Rows);
    }

    [Fact]
    public async Task A_member_forgets_what_another_members_retention_removed_and_only_that()
    {
        Stored("a", "b", "c", "d");
        await _tail.StartAsync(Cancellation);
        _listener.Gone.UnionWith([Entries.Id("a"), Entries.Id("c"), Entries.Id("d")]);
        await _tail.ForgetGoneAsync();
        Assert.Equal(4, Known("a", "b", "c", "d"));

        // b lives, and d went after the floor.
        _store.TrimByAnother(floor: 3, 1, 3);
        await _tail.ForgetGoneAsync();
        Assert.Equal((0, 2), (Known("a", "c"), Known("b", "d")));

        // A name that is used again is known again.
        Stored("a");
        await _tail.CatchUpAsync();
        Assert.Equal(5, _tail.Find(Entries.Id("a")).Ordering);
    }

    private IEnumerable<string> Rows => _listener.Told.Where(told => told.StartsWith("row", StringComparison.Ordinal));

    private int Known(params string[] names) => names.Count(name => _tail.Find(Entries.Id(name)).Ordering > 0);

    private void Stored(params string[] names)
    {
        foreach (var name in names)
        {
            var sequenceNr = _store.Rows.Count(row => row.PersistenceId == Entries.Id(name)) + 1;
            _store.StoreByAnother(Entries.Id(name), sequenceNr, Entries.Created(name));
        }
    }
}
