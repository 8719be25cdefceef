using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Projections;
using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using Akka.Actor;

namespace ActorOrchestrator.Actors.Tests.Projections;

/// <summary>When the journal is trimmed, to where, and of what.</summary>
public sealed class RetentionTests : ProjectionTestKit
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task It_trims_to_one_window_behind_the_end_when_two_have_gathered()
    {
        await FillAsync(2 * WatchWindow - 1);
        var retention = Start();
        Pass(retention, Minute);
        Assert.Empty(Store.Trims);
        await FillAsync(1);
        Pass(retention, Minute - TimeSpan.FromSeconds(1));
        Assert.Empty(Store.Trims);
        Pass(retention, TimeSpan.FromSeconds(1));
        Assert.Equal(WatchWindow, Assert.Single(Store.Trims).Floor);
        Pass(retention, Minute);
        Assert.Single(Store.Trims);
        await FillAsync(WatchWindow);
        Pass(retention, Minute);
        Assert.Equal([WatchWindow, 2 * WatchWindow], Store.Trims.Select(trim => trim.Floor));
    }

    [Fact]
    public async Task It_trims_large_rows_before_two_windows_of_rows_have_gathered()
    {
        // A row has a third of a window, or a little more.
        for (var row = 0; row < 5; row++)
        {
            await PutAsync(Large());
        }

        var retention = Start();
        Pass(retention, Minute);
        Assert.Empty(Store.Trims);
        await PutAsync(Large());
        await PutAsync(Large());
        Pass(retention, Minute);

        // Two whole rows fit into the window.
        Assert.Equal(5, Assert.Single(Store.Trims).Floor);
        Pass(retention, Minute);
        Assert.Single(Store.Trims);
    }

    [Fact]
    public async Task Gone_are_those_without_an_object_that_wrote_nothing_since_the_floor_and_they_are_forgotten()
    {
        await PutAsync(Map("early"));
        await RemoveAsync(Map("early"));
        await PutAsync(Map("stays"));
        await PutAsync(Map("late"));
        await FillAsync((2 * WatchWindow) - 5);
        await RemoveAsync(Map("late"));
        var retention = Start();
        Pass(retention, Minute);
        var (floor, gone) = Assert.Single(Store.Trims);
        Assert.Equal(WatchWindow, floor);
        Assert.Equal(["configmaps/default/early"], gone);
        Assert.Equal(
            [0L, 3L, 2 * WatchWindow],
            new[] { "early", "stays", "late" }.Select(
                name => Parts.Tail.Find($"configmaps/default/{name}").Ordering));
        Assert.Equal("The journal begins after 10 now; 2 rows were removed", Assert.Single(Parts.Log.Of(1020)));
    }

    [Fact]
    public async Task A_watch_from_before_the_floor_is_refused_after_a_restart_and_one_from_it_misses_nothing()
    {
        await FillAsync(2 * WatchWindow);
        Pass(Start(), Minute);
        var view = new ClusterView();
        await new JournalTail(Store, view).StartAsync(Cancellation);
        var kind = KindRegistry.Of<ConfigMap>();
        Assert.Equal(WatchWindow, view.OldestWatchable);
        Assert.Null(view.Watch(kind, "default", WatchWindow - 1));
        using var watch = view.Watch(kind, "default", WatchWindow)!;
        var seen = new List<long>();
        while (watch.Changes.TryRead(out var change))
        {
            seen.Add(change.Sequence);
        }

        Assert.Equal(Enumerable.Range(11, 10).Select(sequence => (long)sequence), seen);
    }

    [Fact]
    public async Task A_trim_that_fails_is_logged_and_tried_again_a_minute_later()
    {
        await FillAsync(2 * WatchWindow);
        var retention = Start();
        Store.ReadProblem = "the database is away";
        Pass(retention, Minute);
        Assert.Equal("The journal was not trimmed: the database is away", Assert.Single(Parts.Log.Of(1021)));
        Store.ReadProblem = null;
        Pass(retention, Minute);
        Assert.Single(Store.Trims);
    }

    private static ConfigMap Map(string name) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
    };

    private static ConfigMap Large() => Map("large") with
    {
        Data = ValueMap<string>.Empty.With("value", new string('x', (int)WindowBytes / 3)),
    };

    private async Task FillAsync(long rows)
    {
        for (var i = 0; i < rows; i++)
        {
            await PutAsync(Map("filler"));
        }
    }

    private IActorRef Start()
    {
        var services = Services;
        var started = Sys.ActorOf(Props.Create(() => new Retention(services)));
        TakeIn(started);
        return started;
    }
}
