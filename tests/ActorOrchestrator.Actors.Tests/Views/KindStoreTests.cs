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

    /// <summary>As many changes as told, and no more of them than cover the bytes told; the last one however large it
    /// is.</summary>
    [Theory]
    [InlineData(3, 5, 10, 2)]
    [InlineData(100, 5, 400, 2)]
    [InlineData(100, 2, 5_000, 1)]
    public void It_keeps_the_last_changes_for_watches_that_resume(int ringSize, int rows, int bytes, long oldest)
    {
        var store = new KindStore(ringSize, ringBytes: 1_000);
        for (var row = 1; row <= rows; row++)
        {
            store.Offer(row, null, Value, bytes);
        }

        Assert.Equal(oldest, store.Oldest);
        Assert.Equal(
            Enumerable.Range((int)oldest + 1, rows - (int)oldest).Select(row => (long)row), Resumed(store, oldest));
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
