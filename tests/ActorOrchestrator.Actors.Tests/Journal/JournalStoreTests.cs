using System.Collections.Concurrent;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Serialization;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors.Tests.Journal;

/// <summary>What <see cref="IJournalStore"/> promises, on real tables of the plugin's.</summary>
public abstract class JournalStoreTests : IAsyncLifetime
{
    private readonly ConcurrentDictionary<(string Name, long Number), JournalWrite[]> _written = [];
    private IJournalStore? _store;

    private protected IJournalStore Store => _store!;

    /// <summary>Another member's way to the same tables, where there can be one.</summary>
    private protected abstract Task<IJournalStore> OpenAsync();

    public async ValueTask InitializeAsync() => _store = await OpenAsync();

    public virtual ValueTask DisposeAsync()
    {
        (_store as IDisposable)?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Orderings_grow_in_the_order_of_the_list_and_of_commits()
    {
        var first = new[] { Write("a", 1), Write("b", 1), Write("c", 1) };
        var outcome = await Store.CommitAsync(first);
        Assert.Empty(outcome.Refused);
        var second = new[] { Write("b", 2), Write("a", 2) };
        var next = await Store.CommitAsync(second);
        var orderings = first.Concat(second).Select(write => write.Entry.Ordering).ToList();
        Assert.Equal(orderings.Order().Distinct(), orderings);
        Assert.Equal(first[^1].Entry.Ordering, next.Previous);
        var read = await ListAsync(Store.ReadAfterAsync(0, TestContext.Current.CancellationToken));
        Assert.Equal(orderings, read.Select(row => row.Ordering));
        Assert.Equal(["a 1", "b 1", "c 1", "b 2", "a 2"], read.Select(Short));
    }

    [Fact]
    public async Task A_row_whose_number_is_taken_is_refused_alone()
    {
        await Store.CommitAsync([Write("a", 1)]);
        var (late, other) = (Write("a", 1), Write("b", 1));
        var outcome = await Store.CommitAsync([late, other]);
        Assert.Equal([late], outcome.Refused);
        Assert.Equal(0, late.Entry.Ordering);
        Assert.True(other.Entry.Ordering > outcome.Previous);
        Assert.Equal(1, await Store.HighestSequenceNrAsync("configmaps/default/a"));
    }

    [Fact]
    public async Task Orderings_that_were_given_out_and_lost_are_not_given_out_again()
    {
        await Store.CommitAsync([Write("a", 1)]);
        await Store.BeginAfterAsync(1_000);
        var next = Write("a", 2);
        Assert.Equal(1_000, (await Store.CommitAsync([next])).Previous);
        Assert.True(next.Entry.Ordering > 1_000, $"{next.Entry.Ordering}");
        Assert.Equal(1_000, (await Store.BoundsAsync()).Floor);

        await Store.BeginAfterAsync(10);
        Assert.Equal(1_000, (await Store.BoundsAsync()).Floor);
        var last = Write("a", 3);
        await Store.CommitAsync([last]);
        Assert.True(last.Entry.Ordering > next.Entry.Ordering, $"{last.Entry.Ordering} after {next.Entry.Ordering}");
    }

    [Fact]
    public async Task Of_two_activations_that_write_at_once_one_is_stored()
    {
        using var other = (IDisposable)await OpenAsync();
        for (var number = 1; number <= 50; number++)
        {
            var (mine, its) = (Write("a", number), Write("a", number));
            var outcomes = await Task.WhenAll(
                Task.Run(() => Store.CommitAsync([mine])), Task.Run(() => ((IJournalStore)other).CommitAsync([its])));
            Assert.Single(outcomes.SelectMany(outcome => outcome.Refused));
        }

        var rows = await Store.ReadEntityAsync("configmaps/default/a", 1, long.MaxValue);
        Assert.Equal(Enumerable.Range(1, 50), rows.Select(row => (int)row.SequenceNr));
    }

    [Fact]
    public async Task An_entitys_rows_are_read_from_one_number_to_another_as_they_were_written()
    {
        var writes = new List<JournalWrite>();
        for (var number = 1; number <= 5; number++)
        {
            writes.Add(Write("a", number));
            await Store.CommitAsync([writes[^1], Write($"other-{number}", 1)]);
        }

        var rows = await Store.ReadEntityAsync("configmaps/default/a", 2, 4);
        Assert.Equal([2, 3, 4], rows.Select(row => row.SequenceNr));
        Assert.Equal(writes[1].Entry.Encoded.Payload.ToArray(), rows[0].Payload.ToArray());
        Assert.Equal(writes[1].Entry.Encoded.Manifest, rows[0].Manifest);
    }

    [Fact]
    public async Task A_name_longer_than_the_plugin_thought_is_stored()
    {
        var name = new string('n', 253);
        await Store.CommitAsync([Write(name, 1)]);
        Assert.Equal(1, await Store.HighestSequenceNrAsync($"configmaps/default/{name}"));
    }

    [Fact]
    public async Task Trimming_keeps_every_change_after_the_floor_and_the_state_at_it()
    {
        for (var number = 1; number <= 6; number++)
        {
            await Store.CommitAsync([Write("a", number)]);
        }

        await Store.CommitAsync([Write("gone", 1)]);
        await Store.CommitAsync([Write("b", 1)]);
        await SaveSnapshotAsync("a", 3);
        var all = await ListAsync(Store.ReadAfterAsync(0, TestContext.Current.CancellationToken));
        var floor = all.Single(row => row.PersistenceId.EndsWith("gone", StringComparison.Ordinal)).Ordering;
        await Store.TrimAsync(floor, ["configmaps/default/gone"]);
        var left = await ListAsync(Store.ReadAfterAsync(0, TestContext.Current.CancellationToken));
        Assert.Equal(["a 4", "a 5", "a 6", "b 1"], left.Select(Short));
        Assert.Equal(floor, (await Store.BoundsAsync()).Floor);

        // A snapshot from after the floor removes nothing that the state at the floor needs.
        await SaveSnapshotAsync("b", 1);
        await Store.TrimAsync(floor, []);
        Assert.Equal(4, (await ListAsync(Store.ReadAfterAsync(0, TestContext.Current.CancellationToken))).Count);
    }

    [Fact]
    public async Task A_recovery_that_a_trim_overtakes_behind_its_snapshot_fails_and_the_next_one_reads_all()
    {
        for (var number = 1; number <= 6; number++)
        {
            await Store.CommitAsync([Write("a", number, number > 1 ? new ObjectReplaced(Map("a", number)) : null)]);
        }

        await SaveSnapshotAsync("a", 2);
        var (id, setup) = (Entries.Id("a"), Setup());
        var old = (await Store.LoadSnapshotAsync(id, long.MaxValue))!.SequenceNr;
        await SaveSnapshotAsync("a", 4);
        await Store.TrimAsync((await Store.BoundsAsync()).Last, []);
        await Assert.ThrowsAsync<JournalException>(() => setup.ReadEntityAsync(id, old + 1, 6));
        await Assert.ThrowsAsync<JournalException>(() => setup.ReadEntityAsync(id, 1, 6));
        var @base = (await Store.LoadSnapshotAsync(id, long.MaxValue))!.SequenceNr;
        Assert.Equal([5, 6], (await setup.ReadEntityAsync(id, @base + 1, 6)).Select(row => row.SequenceNr));
    }

    [Fact]
    public async Task A_recovery_behind_whose_snapshot_its_entity_went_fails_and_the_next_one_finds_nothing()
    {
        await Store.CommitAsync([Write("a", 1)]);
        await SaveSnapshotAsync("a", 1);
        await Store.CommitAsync([Write("a", 2, new ObjectDeleted())]);
        var (id, setup) = (Entries.Id("a"), Setup());
        var old = (await Store.LoadSnapshotAsync(id, long.MaxValue))!.SequenceNr;
        await Store.TrimAsync((await Store.BoundsAsync()).Last, [id]);
        await Assert.ThrowsAsync<JournalException>(() => setup.ReadEntityAsync(id, old + 1, 2));
        await Assert.ThrowsAsync<JournalException>(() => setup.HighestSequenceNrAsync(id, known: old));
        Assert.Null(await Store.LoadSnapshotAsync(id, long.MaxValue));
        Assert.Equal(0, await setup.HighestSequenceNrAsync(id, known: 0));
        Assert.Empty(await setup.ReadEntityAsync(id, 1, 2));
    }

    [Fact]
    public async Task A_snapshot_of_a_row_that_was_removed_is_not_stored()
    {
        await Store.CommitAsync([Write("a", 1)]);
        var first = (await Store.BoundsAsync()).Last;
        await Store.CommitAsync([Write("a", 2, new ObjectDeleted())]);
        await Store.TrimAsync((await Store.BoundsAsync()).Last, [Entries.Id("a")]);
        Assert.False(await Store.SaveSnapshotAsync(Entries.Snapshot("a", 1, first), first));

        // Nor is one of a former life of its entity.
        await Store.CommitAsync([Write("a", 1)]);
        Assert.False(await Store.SaveSnapshotAsync(Entries.Snapshot("a", 1, first), first));
        Assert.Empty(await ListAsync(Store.ReadSnapshotsAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task A_snapshot_is_read_as_it_was_saved_last()
    {
        await Store.CommitAsync([Write("a", 1)]);
        var ordering = (await Store.BoundsAsync()).Last;
        var saved = Entries.Snapshot("a", 1, ordering) with
        {
            Created = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
        };
        Assert.True(await Store.SaveSnapshotAsync(Entries.Snapshot("a", 1, ordering), ordering));
        Assert.True(await Store.SaveSnapshotAsync(saved, ordering));
        var read = Assert.Single(await ListAsync(Store.ReadSnapshotsAsync(TestContext.Current.CancellationToken)));
        Assert.Equal(saved with { Payload = read.Payload }, read);
        Assert.Equal(saved.Payload.ToArray(), read.Payload.ToArray());
    }

    /// <summary>The ways of recoveries to the tables.</summary>
    private JournalSetup Setup()
    {
        var tail = new JournalTail(Store, new RecordingListener());
        return new JournalSetup(
            Store, tail, new JournalWriter(Store, tail, work => work(), TimeProvider.System, new RecordingLogger()),
            TimeProvider.System);
    }

    [Fact]
    public async Task A_trim_of_many_steps_removes_what_one_step_would_and_counts_it()
    {
        const int each = 100;
        string[] families = ["a", "b", "c", "d", "f"];
        await FillAsync(families, each, rows: 6);
        for (var i = 0; i < each; i++)
        {
            await SaveSnapshotAsync($"a{i}", 6);
            await SaveSnapshotAsync($"b{i}", 2);
            await SaveSnapshotAsync($"b{i}", 4);
            await SaveSnapshotAsync($"f{i}", 6);
        }

        var floor = (await Store.BoundsAsync()).Last;
        await Store.CommitAsync([.. Enumerable.Range(0, each).Select(i => Write($"a{i}", 7)), Write("e", 1)]);
        var removed = await Store.TrimAsync(
            floor, [.. Enumerable.Range(0, each).Select(i => $"configmaps/default/c{i}"), "configmaps/default/no"]);

        // Of a even the last row from before the floor goes, for a later one follows, and of f it stays, for it is the
        // newest; of d nothing is covered.
        var left = await ListAsync(Store.ReadAfterAsync(0, TestContext.Current.CancellationToken));
        Assert.Equal("a 100, b 200, d 600, e 1, f 100", Families(left.Select(row => row.PersistenceId)));
        Assert.Equal((6 + 4 + 6 + 5) * each, removed);
        Assert.Equal(floor, (await Store.BoundsAsync()).Floor);
        var snapshots = await ListAsync(Store.ReadSnapshotsAsync(TestContext.Current.CancellationToken));
        Assert.Equal("a 100, b 100, f 100", Families(snapshots.Select(row => row.PersistenceId)));
        Assert.DoesNotContain(snapshots, snapshot => snapshot.SequenceNr == 2);

        static string Families(IEnumerable<string> ids) => string.Join(", ", ids
            .GroupBy(id => id.Split('/')[2][0]).OrderBy(ids => ids.Key).Select(ids => $"{ids.Key} {ids.Count()}"));
    }

    [Fact]
    public async Task Commits_pass_while_a_trim_is_under_way_and_whoever_reads_meanwhile_sees_the_floor_rise()
    {
        await FillAsync(["a"], entities: 1_000, rows: 10);
        var floor = (await Store.BoundsAsync()).Last;
        var trim = Task.Run(() => Store.TrimAsync(floor, []));
        var (passed, floors) = (0, new HashSet<long>());
        for (var number = 1; !trim.IsCompleted; number++)
        {
            var reached = (await Store.BoundsAsync()).Floor;
            await Store.CommitAsync([Write("writer", number)]);
            passed += reached > 0 && !trim.IsCompleted ? 1 : 0;
            floors.Add(reached);
        }

        await trim;
        Assert.True(passed >= 3, $"{passed} commits ended between the first step and the last");
        Assert.True(floors.Count >= 3, $"the floor was seen at {string.Join(", ", floors)}");
    }

    [Fact]
    public async Task What_lacks_in_the_tables_is_added_once_by_however_many_members_at_once()
    {
        using var other = (IDisposable)await OpenAsync();
        await Store.CommitAsync([Write("a", 1)]);
        await Store.TrimAsync(1, []);
        await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => Task.Run(
                () => (i % 2 == 0 ? Store : (IJournalStore)other).PrepareAsync())));
        Assert.Equal(new JournalBounds(1, 1), await Store.BoundsAsync());
        await Store.CommitAsync([Write("a", 2)]);
        Assert.Equal(2, await ((IJournalStore)other).HighestSequenceNrAsync("configmaps/default/a"));
    }

    /// <summary>Each entity's first row, then each one's second, and so on.</summary>
    private async Task FillAsync(string[] families, int entities, int rows)
    {
        for (var number = 1; number <= rows; number++)
        {
            foreach (var family in families)
            {
                await Store.CommitAsync([.. Enumerable.Range(0, entities).Select(i => Write($"{family}{i}", number))]);
            }
        }
    }

    private protected async Task SaveSnapshotAsync(string name, long sequenceNr)
    {
        var ordering = (await Store.ReadEntityAsync(Entries.Id(name), sequenceNr, sequenceNr))[0].Ordering;
        Assert.True(await Store.SaveSnapshotAsync(Entries.Snapshot(name, sequenceNr, ordering), ordering));
    }

    /// <summary>A row that follows on the last one of its entity that was stored.</summary>
    private protected JournalWrite Write(string name, long sequenceNr, DomainEvent? @event = null, string? text = null)
    {
        DomainEvent[] events = [@event ?? new ObjectCreated(Map(name, sequenceNr, text))];
        var last = _written.GetValueOrDefault((name, sequenceNr - 1)) ?? [];
        var entry = new JournalEntry("configmaps", events, EntryFormat.Encode("configmaps", events))
        {
            Follows = last.Select(write => write.Entry.Ordering).DefaultIfEmpty().Max(),
        };
        var write = new JournalWrite(Entries.Id(name), sequenceNr, entry, "writer", 0);
        _written.AddOrUpdate((name, sequenceNr), _ => [write], (_, others) => [.. others, write]);
        return write;
    }

    private protected static async Task<IReadOnlyList<T>> ListAsync<T>(IAsyncEnumerable<T> rows)
    {
        var all = new List<T>();
        await foreach (var row in rows)
        {
            all.Add(row);
        }

        return all;
    }

    private static string Short(JournalRow row) => $"{row.PersistenceId[^1]} {row.SequenceNr}";

    private static ConfigMap Map(string name, long number, string? text = null) => new()
    {
        Metadata = new() { Name = name, Namespace = "default", Uid = $"{number}" },
        Data = text is null ? ValueMap<string>.Empty : ValueMap<string>.From([KeyValuePair.Create("v", text)]),
    };
}
