using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Actors.Tests.Views;

/// <summary>What a kind keeps for watches that resume, and how far a reader may be behind.</summary>
public sealed class KindStoreTests
{
    private static readonly ConfigMap Value = new()
    {
        Metadata = new Api.ObjectMeta { Name = "a", Namespace = "default" },
    };

    private readonly ClusterView _view = new();

    [Fact]
    public void It_keeps_as_many_changes_as_told()
    {
        var store = new KindStore(ringSize: 3, ringBytes: 1_000);
        Offer(store, rows: 5, bytes: 10);
        Assert.Equal(2, store.Oldest);
        Assert.Equal([3L, 4, 5], Resumed(store, after: store.Oldest));
    }

    [Fact]
    public void It_keeps_no_more_changes_than_cover_the_bytes_told()
    {
        var store = new KindStore(ringSize: 100, ringBytes: 1_000);
        Offer(store, rows: 5, bytes: 400);
        Assert.Equal(2, store.Oldest);
        Assert.Equal([3L, 4, 5], Resumed(store, after: store.Oldest));
    }

    [Fact]
    public void It_keeps_the_last_change_however_large_it_is()
    {
        var store = new KindStore(ringSize: 100, ringBytes: 1_000);
        Offer(store, rows: 2, bytes: 5_000);
        Assert.Equal(1, store.Oldest);
        Assert.Equal([2L], Resumed(store, after: store.Oldest));
    }

    [Fact]
    public void A_reader_that_is_behind_by_more_bytes_than_it_may_is_cut_off_and_one_that_reads_is_not()
    {
        const int Large = 1 << 20;
        const int Allowed = (int)(WatchSubscription.PendingBytesMax / Large);
        var store = new KindStore(ringSize: 100_000, ringBytes: 1_000);
        var idle = new WatchSubscription(_view, store, "default");
        var keen = new WatchSubscription(_view, store, "default");
        store.Subscribe(idle, 0);
        store.Subscribe(keen, 0);
        for (var row = 1; row <= Allowed + 2; row++)
        {
            Assert.Equal(2, store.SubscriptionCount);
            store.Offer(row, null, Value, Large);
            Assert.True(keen.Changes.TryRead(out _));
        }

        Assert.Equal(1, store.SubscriptionCount);
        while (idle.Changes.TryRead(out _))
        {
            // What it had still comes.
        }

        Assert.True(idle.Changes.Completion.IsFaulted);
        Assert.IsType<WatchOverrunException>(idle.Changes.Completion.Exception!.InnerException);
    }

    private static void Offer(KindStore store, int rows, int bytes)
    {
        for (var row = 1; row <= rows; row++)
        {
            store.Offer(row, null, Value, bytes);
        }
    }

    private long[] Resumed(KindStore store, long after)
    {
        var subscription = new WatchSubscription(_view, store, "default");
        store.Subscribe(subscription, after);
        var read = new List<long>();
        while (subscription.Changes.TryRead(out var change))
        {
            read.Add(change.Sequence);
        }

        return [.. read];
    }
}
