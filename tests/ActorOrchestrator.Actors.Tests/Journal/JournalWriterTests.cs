using System.Text;
using ActorOrchestrator.Actors.Journal;

namespace ActorOrchestrator.Actors.Tests.Journal;

/// <summary>The write path on one thread and on virtual time.</summary>
public sealed class JournalWriterTests
{
    private const int RowsPerCommitMax = 500;

    private readonly TestLoop _loop = new();
    private readonly ScriptedStore _store = new() { IsExclusive = false };
    private readonly RecordingListener _listener = new();
    private readonly RecordingLogger _log = new();
    private readonly JournalTail _tail;
    private readonly JournalWriter _writer;

    public JournalWriterTests()
    {
        _tail = new JournalTail(_store, _listener);
        _writer = new JournalWriter(
            _store, _tail, work => _loop.Post(_ => work(), null), _loop.Time, _log);
    }

    [Fact]
    public void What_gathers_during_a_commit_is_the_next_one_together()
    {
        _store.Hold();
        var writes = new List<Task> { Write("a") };
        _loop.Settle();
        writes.AddRange([Write("b"), Write("c"), Write("d")]);
        _loop.Settle();
        Assert.DoesNotContain(writes, write => write.IsCompleted);
        Release();
        Assert.All(writes, write => Assert.True(write.IsCompletedSuccessfully));
        Assert.Equal(["a", "b c d"], Commits());
        Assert.Equal(["row a 1", "row b 2", "row c 3", "row d 4"], _listener.Told);
    }

    [Fact]
    public void A_commit_takes_a_bounded_number_of_rows()
    {
        _store.Hold();
        Write("first");
        _loop.Settle();
        for (var i = 0; i < RowsPerCommitMax + 1; i++)
        {
            Write($"n{i}");
        }

        Release();
        Assert.Equal([1, RowsPerCommitMax, 1], Commits().Select(commit => commit.Split(' ').Length));
    }

    /// <summary>Requests wait for the whole commit: it has as many other rows as theirs, and at least fifty.</summary>
    [Theory]
    [InlineData(1, 51, 250)]
    [InlineData(50, 100, 250)]
    [InlineData(120, 240, 180)]
    [InlineData(300, 500, 100)]
    public void Rows_that_requests_wait_for_go_first_in_a_short_commit(int awaited, int first, int second)
    {
        const int others = 300;
        _store.Hold();
        Write("begun");
        _loop.Settle();
        for (var i = 0; i < others; i++)
        {
            Write($"other{i}");
        }

        for (var i = 0; i < awaited; i++)
        {
            var name = $"awaited{i}";
            _loop.Run(() => _writer.WriteAsync(Entries.Write(name, 1, isAwaited: true)));
        }

        Release();
        var commits = Commits().Select(commit => commit.Split(' ')).ToList();
        Assert.Equal([1, first, second], commits.Select(commit => commit.Length));
        Assert.All(commits[1].Take(awaited), name => Assert.StartsWith("awaited", name, StringComparison.Ordinal));
        Assert.Equal(
            Enumerable.Range(0, others).Select(i => $"other{i}"), commits[1].Skip(awaited).Concat(commits[2]));
    }

    [Fact]
    public void A_row_is_folded_and_told_to_the_others_before_it_is_answered()
    {
        var order = new List<string>();
        _writer.OnCommitted = ordering => order.Add($"told {ordering} after {_listener.Told.Count} folded");
        var write = _loop.Run(() => NoteAsync(Write("a")));
        _loop.Settle();
        Assert.Equal(["told 1 after 1 folded", "answered"], order);
        Assert.True(write.IsCompletedSuccessfully);

        async Task NoteAsync(Task answered)
        {
            await answered;
            order.Add("answered");
        }
    }

    [Fact]
    public void Rows_of_others_before_it_are_folded_first()
    {
        _store.StoreByAnother(Entries.Id("x"), 1, Entries.Created("x"));
        var write = Write("a");
        _loop.Settle();
        Assert.Equal(["row x 1", "row a 2"], _listener.Told);
        Assert.True(write.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_refused_row_fails_alone()
    {
        _store.StoreByAnother(Entries.Id("b"), 1, Entries.Created("b"));
        _store.Hold();
        var first = Write("first");
        _loop.Settle();
        var (a, b, c) = (Write("a"), Write("b"), Write("c"));
        Release();
        Assert.All([first, a, c], write => Assert.True(write.IsCompletedSuccessfully));
        Assert.IsType<FencedException>(b.Exception!.InnerException);
        Assert.Null(_writer.Health.Problem);
        Assert.Single(_log.Of(2002));
    }

    [Fact]
    public void A_commit_of_refused_rows_only_tells_nobody_of_rows()
    {
        _store.StoreByAnother(Entries.Id("a"), 1, Entries.Created("a"));
        var told = new List<long>();
        _writer.OnCommitted = told.Add;
        Assert.IsType<FencedException>(Settled(Write("a")).Exception!.InnerException);
        Assert.Empty(told);
    }

    [Fact]
    public void A_commit_that_fails_is_told_to_all_in_it_and_shown_until_a_later_one_succeeds()
    {
        _store.Hold();
        var first = Write("first");
        _loop.Settle();
        var (a, b) = (Write("a"), Write("b"));
        _store.FailNext("the first is lost");
        _store.FailNext("no space left");
        Release();
        Assert.Equal("the first is lost", first.Exception!.InnerException!.Message);
        Assert.All([a, b], write => Assert.Equal("no space left", write.Exception!.InnerException!.Message));
        Assert.Equal("no space left", _writer.Health.Problem);
        Assert.Empty(_listener.Told);
        Assert.Equal(2, _log.Of(2001).Count());
        Assert.True(Settled(Write("a")).IsCompletedSuccessfully);
        Assert.Null(_writer.Health.Problem);
    }

    /// <summary>It may be stored after all: what the next commit finds before it is folded first.</summary>
    [Fact]
    public void What_became_of_a_commit_that_failed_is_unknown_until_one_has_succeeded_and_all_before_it_is_folded()
    {
        _store.FailNext("no answer");
        Settled(Write("a"));
        Assert.True(_tail.IsUnsure);
        _store.StoreByAnother(Entries.Id("a"), 1, Entries.Created("a"));
        Assert.Empty(_listener.Told);
        _loop.Advance(1);
        Assert.False(_tail.IsUnsure);
        Assert.Single(_listener.Told);
    }

    [Fact]
    public void After_a_failure_an_empty_commit_tries_every_second_until_one_succeeds()
    {
        _store.FailNext("away");
        _store.FailNext("still away");
        Settled(Write("a"));
        Assert.Equal("away", _writer.Health.Problem);
        _loop.Advance(0.999);
        Assert.Equal(["a"], Commits());
        _loop.Advance(0.001);
        Assert.Equal("still away", _writer.Health.Problem);
        _loop.Advance(1);
        Assert.Null(_writer.Health.Problem);
        _loop.Advance(60);
        Assert.Equal(["", ""], Commits());
    }

    [Fact]
    public void What_is_wrong_is_logged_once_and_so_is_its_end()
    {
        for (var times = 0; times < 5; times++)
        {
            _store.FailNext("away");
        }

        Settled(Write("a"));
        _loop.Advance(60);
        _store.ReadProblem = "away";
        for (var times = 0; times < 5; times++)
        {
            _loop.Run(() =>
            {
                _writer.CatchUp();
                return 0;
            });
            _loop.Settle();
        }

        Assert.Equal(
            [
                "The journal is in trouble, and writes may be refused: away", "The journal answers again, after 5.0 s",
                "The journal is in trouble, and writes may be refused: away",
            ],
            _log.Seen);
    }

    [Fact]
    public void A_full_disk_is_known_to_have_room_again_when_rows_are_stored()
    {
        _store.FailNext(new JournalFullException("full"));
        Settled(Write("a"));
        _loop.Advance(60);
        Assert.Equal("full", _writer.Health.Problem);
        Settled(Write("a"));
        Assert.Null(_writer.Health.Problem);
        Assert.Equal(
            ["The journal is in trouble, and writes may be refused: full", "The journal answers again, after 60.0 s"],
            _log.Seen);
    }

    [Fact]
    public void A_probe_that_a_write_was_faster_than_tries_nothing()
    {
        _store.FailNext("away");
        Settled(Write("a"));
        Settled(Write("a"));
        _loop.Advance(60);
        Assert.Equal(["a", "a"], Commits());
    }

    [Fact]
    public void A_stored_row_is_answered_when_the_rows_before_it_can_be_read_however_long_that_takes()
    {
        _store.StoreByAnother(Entries.Id("x"), 1, Entries.Created("x"));
        _store.ReadProblem = "away";
        var write = Settled(Write("a"));
        _loop.Advance(10);
        Assert.False(write.IsCompleted);
        Assert.Empty(_listener.Told);
        Assert.NotEmpty(_log.Of(2001));
        _store.ReadProblem = null;
        _loop.Advance(0.2);
        Assert.True(write.IsCompletedSuccessfully);
        Assert.Equal(["row x 1", "row a 2"], _listener.Told);
    }

    [Fact]
    public void A_member_that_retention_overtook_says_so_once_and_answers_nothing_any_more()
    {
        var behind = 0;
        _writer.OnBehind = () => behind++;
        _store.StoreByAnother(Entries.Id("x"), 1, Entries.Created("x"));
        _store.StoreByAnother(Entries.Id("x"), 2, Entries.Created("x"));
        _store.TrimByAnother(floor: 2, 1);
        var write = Settled(Write("a"));
        var later = Settled(Write("b"));
        _writer.CatchUp();
        _loop.Advance(60);
        Assert.False(write.IsCompleted || later.IsCompleted);
        Assert.NotNull(_writer.Behind);
        Assert.Contains("it begins after 2", _writer.Health.Problem, StringComparison.Ordinal);
        Assert.Equal(1, behind);
        Assert.Single(_log.Of(2004));
    }

    [Theory]
    [InlineData("configmaps:object-moved.v1", "{}", "an event \"object-moved.v1\" of configmaps that this")]
    [InlineData("configmaps:object-created.v1", "{\"apiVersion\":\"v9\",\"kind\":\"Thing\"}", "that cannot be read")]
    [InlineData("configmaps:batch.v1", "{", "is cut short")]
    public void A_member_that_meets_a_row_of_a_newer_release_says_so_and_answers_nothing_any_more(
        string manifest, string payload, string words)
    {
        var behind = 0;
        _writer.OnBehind = () => behind++;
        Settled(Write("a"));
        _store.StoreByAnother(Entries.Id("x"), 1, Entries.Created("x"));
        _store.StoreByAnother(Entries.Id("x"), 2, new EncodedEntry(manifest, Encoding.UTF8.GetBytes(payload)));
        var write = Settled(Write("b"));
        _loop.Advance(60);
        Assert.False(write.IsCompleted);
        Assert.Equal(1, behind);
        Assert.DoesNotContain("row b 2", _listener.Told);
        Assert.Contains(words, _writer.Health.Problem, StringComparison.Ordinal);
        Assert.Contains("newer release", Assert.IsType<JournalUnreadableException>(_writer.Behind).Message,
            StringComparison.Ordinal);
        Assert.Single(_log.Of(2004));
    }

    /// <summary>Another server took over that did not have the last row.</summary>
    [Fact]
    public void A_member_that_has_folded_rows_which_are_lost_acknowledges_nothing_any_more()
    {
        Settled(Write("a"));
        Settled(Write("b"));
        _store.Lose(1);
        var write = Settled(Write("c"));
        Assert.False(write.IsCompleted);
        AssertLeft(upTo: 2);
    }

    /// <summary>Their orderings are others' rows' by now.</summary>
    [Fact]
    public void Nor_does_one_that_only_reads()
    {
        Settled(Write("a"));
        Settled(Write("b"));
        _store.Lose(1);
        _store.StoreByAnother(Entries.Id("x"), 1, Entries.Created("x"));
        _store.StoreByAnother(Entries.Id("x"), 2, Entries.Created("x"));
        _loop.Run(() =>
        {
            _writer.CatchUp();
            return 0;
        });
        _loop.Settle();
        Assert.Equal(["row a 1", "row b 2"], _listener.Told);
        AssertLeft(upTo: 2);
    }

    private void AssertLeft(long upTo)
    {
        Assert.NotNull(_writer.Behind);
        Assert.Contains($"has lost rows that it had stored, up to {upTo} ", _writer.Health.Problem!,
            StringComparison.Ordinal);
        var next = _store.StoreByAnother(Entries.Id("y"), 1, Entries.Created("y"));
        Assert.Equal(upTo + 2, next);
    }

    [Fact]
    public void A_last_row_that_retention_removed_is_not_lost()
    {
        Settled(Write("a"));
        Settled(Write("b"));
        _store.StoreByAnother(Entries.Id("x"), 1, Entries.Created("x"));
        _store.TrimByAnother(floor: 2, 2);
        _loop.Run(() =>
        {
            _writer.CatchUp();
            return 0;
        });
        _loop.Settle();
        Assert.Null(_writer.Behind);
        Assert.Equal(["row a 1", "row b 2", "row x 3"], _listener.Told);
    }

    [Fact]
    public void A_commit_that_takes_long_is_shown_before_anybody_knows_whether_it_fails()
    {
        _store.Hold();
        Write("a");
        _loop.Advance(3);
        Assert.Null(_writer.Health.Problem);
        _loop.Advance(1);
        Assert.Equal("the database has taken 4 s to commit, and is not done", _writer.Health.Problem);
        Release();
        Assert.Null(_writer.Health.Problem);
    }

    [Fact]
    public void One_that_took_long_is_trouble_until_the_next_one_does_not()
    {
        var ends = new List<(string, TimeSpan)>();
        _writer.Health.OnWell = (first, lasted) => ends.Add((first, lasted));
        _store.Hold();
        Write("a");
        _loop.Advance(4);
        Release();
        Assert.Empty(ends);
        _loop.Advance(7);
        Settled(Write("b"));
        Assert.Equal([("the database takes long: 4 s to commit", TimeSpan.FromSeconds(11))], ends);
        Assert.Equal(
            [
                "The journal is in trouble, and writes may be refused: the database takes long: 4 s to commit",
                "The journal answers again, after 11.0 s",
            ],
            _log.Seen);
    }

    [Fact]
    public void So_is_a_reading_of_what_others_wrote()
    {
        _store.HoldReads();
        _store.StoreByAnother(Entries.Id("x"), 1, Entries.Created("x"));
        _loop.Run(() =>
        {
            _writer.CatchUp();
            return 0;
        });
        _loop.Advance(4);
        Assert.StartsWith("the database has taken 4 s to read", _writer.Health.Problem, StringComparison.Ordinal);
        Release();
        Assert.Null(_writer.Health.Problem);
    }

    [Fact]
    public void To_catch_up_is_one_reading_for_many_requests()
    {
        var reads = 0;
        _store.OnRead = _ => reads++;
        _store.StoreByAnother(Entries.Id("x"), 1, Entries.Created("x"));
        _loop.Run(() =>
        {
            for (var i = 0; i < 10; i++)
            {
                _writer.CatchUp();
            }

            return 0;
        });

        _loop.Settle();
        Assert.Equal((1, 1L), (reads, _tail.Ordering));
    }

    [Fact]
    public void Stopping_waits_for_what_is_under_way()
    {
        _store.Hold();
        var write = Write("a");
        _loop.Settle();
        var stopped = _loop.Run(_writer.StopAsync);
        _loop.Settle();
        Assert.False(stopped.IsCompleted);
        Release();
        Assert.True(stopped.IsCompletedSuccessfully && write.IsCompletedSuccessfully);
    }

    [Fact]
    public void One_that_never_wrote_stops_at_once() => _loop.Finish(_writer.StopAsync);

    private Task Write(string name) => _loop.Run(() => _writer.WriteAsync(Entries.Write(name, 1)));

    private Task Settled(Task task)
    {
        _loop.Settle();
        return task;
    }

    private void Release()
    {
        _loop.Run(() =>
        {
            _store.Release();
            return 0;
        });
        _loop.Settle();
    }

    /// <summary>The names in each commit that has begun since this was last asked.</summary>
    private List<string> Commits()
    {
        var commits = new List<string>();
        while (_store.Begun.TryRead(out var writes))
        {
            commits.Add(string.Join(' ', writes.Select(write => write.PersistenceId.Split('/')[^1])));
        }

        return commits;
    }
}
