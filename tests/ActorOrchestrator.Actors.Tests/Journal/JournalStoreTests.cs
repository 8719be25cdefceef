using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Serialization;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors.Tests.Journal;

/// <summary>What <see cref="IJournalStore"/> promises, on real tables of the plugin's.</summary>
public abstract class JournalStoreTests : IAsyncLifetime
{
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
        var writes = Enumerable.Range(1, 5).Select(number => Write("a", number)).ToList();
        foreach (var write in writes)
        {
            await Store.CommitAsync([write, Write($"other-{write.SequenceNr}", 1)]);
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

    private protected abstract Task SaveSnapshotAsync(string name, long sequenceNr);

    private protected static EncodedEntry Snapshot(string name, long ordering) => EntryFormat.Encode(
        new EntitySnapshot("configmaps", [new ObjectCreated(Map(name, 0))], ordering, ordering));

    private protected static JournalWrite Write(string name, long sequenceNr)
    {
        DomainEvent[] events = [new ObjectCreated(Map(name, sequenceNr))];
        var entry = new JournalEntry("configmaps", events, EntryFormat.Encode("configmaps", events));
        return new JournalWrite($"configmaps/default/{name}", sequenceNr, entry, "writer", 0);
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

    private static ConfigMap Map(string name, long number) => new()
    {
        Metadata = new() { Name = name, Namespace = "default", Uid = $"{number}" },
    };
}
