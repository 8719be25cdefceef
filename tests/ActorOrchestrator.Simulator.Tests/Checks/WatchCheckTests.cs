using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Simulator.Checks;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Tests.Checks;

public sealed class WatchCheckTests : IDisposable
{
    private static readonly WatchScope Everything = new(1, KindRegistry.Of<ConfigMap>(), null, null);
    private static readonly WatchScope Labeled = new(2, KindRegistry.Of<ConfigMap>(), "default", "tier=gold");

    private readonly WatchCheck _check = new();
    private readonly CheckWorld _world;
    private readonly long _first;

    public WatchCheckTests()
    {
        _world = new CheckWorld(_check);
        _first = _world.Create(new Pod { Metadata = new ObjectMeta { Name = "p", Namespace = "default", Uid = "p" } });
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_watch_that_is_told_everything_in_order_is_fine()
    {
        var listed = _world.Create(Map("a"));
        Open(Everything, listed);
        Tell(Everything, WatchStep.Added, "b", _world.Create(Map("b")));
        Tell(Everything, WatchStep.Modified, "a", _world.Replace(Map("a", "gold")));
        Tell(Everything, WatchStep.Closed, "", 0);
        var deleted = _world.Delete(Map("b"));
        Tell(Everything, WatchStep.Opened, "", deleted - 1);
        Tell(Everything, WatchStep.Deleted, "b", deleted);
        Tell(Everything, WatchStep.Bookmark, "", deleted);
    }

    [Fact]
    public void A_selector_makes_changes_come_and_go()
    {
        Open(Labeled, _world.Create(Map("a")));
        _world.Create(Map("b"));
        Tell(Labeled, WatchStep.Added, "a", _world.Replace(Map("a", "gold")));
        Tell(Labeled, WatchStep.Modified, "a", _world.Replace(Map("a", "gold")));
        Tell(Labeled, WatchStep.Deleted, "a", _world.Replace(Map("a")));
    }

    [Fact]
    public void A_change_that_was_left_out_is_missed()
    {
        Open(Everything, _first);
        var missed = _world.Create(Map("a"));
        var told = _world.Create(Map("b"));
        _world.Refuses(_ => Tell(Everything, WatchStep.Added, "b", told), "never of", $"{missed}", "maps/default/a");
    }

    [Fact]
    public void A_change_is_told_once()
    {
        Open(Everything, _first);
        var told = _world.Create(Map("a"));
        Tell(Everything, WatchStep.Added, "a", told);
        _world.Refuses(_ => Tell(Everything, WatchStep.Added, "a", told), "again or too late");
    }

    [Fact]
    public void A_change_is_told_as_what_it_is()
    {
        Open(Everything, _world.Create(Map("a")));
        var told = _world.Replace(Map("a", "gold"));
        _world.Refuses(_ => Tell(Everything, WatchStep.Added, "a", told), "Added", "it is Modified");
    }

    [Fact]
    public void What_is_out_of_scope_is_not_told()
    {
        Open(Labeled, _first);
        var told = _world.Create(Map("a"));
        _world.Refuses(_ => Tell(Labeled, WatchStep.Added, "a", told), "no change in its scope");
    }

    [Fact]
    public void A_bookmark_is_true()
    {
        Open(Everything, _first);
        var missed = _world.Create(Map("a"));
        _world.Refuses(_ => Tell(Everything, WatchStep.Bookmark, "", missed), "bookmark", "never told");
    }

    [Fact]
    public void A_watch_begins_with_a_state_that_there_was()
    {
        var created = _world.Create(Map("a"));
        var other = _world.Create(Map("b"));
        Tell(Everything, WatchStep.Opened, "", 0);
        Tell(Everything, WatchStep.Initial, "a", created);
        _world.Delete(Map("b"));
        Tell(Everything, WatchStep.InitialEnd, "", created);
        Tell(Everything, WatchStep.Added, "b", other);
    }

    [Fact]
    public void A_watch_begins_with_all_of_it()
    {
        var created = _world.Create(Map("a"));
        Tell(Everything, WatchStep.Opened, "", 0);
        _world.Refuses(_ => Tell(Everything, WatchStep.InitialEnd, "", created), "configmaps/default/a", "it was at");
    }

    [Fact]
    public void A_watch_begins_with_no_more_than_that()
    {
        var created = _world.Create(Map("a"));
        var deleted = _world.Delete(Map("a"));
        Tell(Everything, WatchStep.Opened, "", 0);
        Tell(Everything, WatchStep.Initial, "a", created);
        _world.Refuses(_ => Tell(Everything, WatchStep.InitialEnd, "", deleted), "was not there");
    }

    [Fact]
    public void Versions_that_are_kept_are_not_refused()
    {
        var listed = _world.Create(Map("a"));
        Open(Everything, listed);
        _world.Refuses(_ => Tell(Everything, WatchStep.Expired, "", listed), "is gone");
    }

    [Fact]
    public void A_server_must_not_go_on_from_what_it_cannot_know()
    {
        var listed = _world.Create(Map("a"));
        Tell(Everything, WatchStep.Listed, "", listed);
        _check.OnWatch(new WatchTold(Everything, WatchStep.Opened, default, listed) { ServerKnowsFrom = listed + 1 });
        var told = _world.Create(Map("b"));
        _world.Refuses(_ => Tell(Everything, WatchStep.Added, "b", told), "not that", $"{listed} is gone");
    }

    [Fact]
    public void At_rest_everything_was_told()
    {
        Open(Everything, _first);
        _world.Create(Map("a"));
        _check.AtRest();
        _world.Pass(60);
        _world.Refuses(_ => _check.AtRest(), "has not been told of configmaps/default/a");
    }

    private void Open(WatchScope scope, long version)
    {
        Tell(scope, WatchStep.Listed, "", version);
        Tell(scope, WatchStep.Opened, "", version);
    }

    private void Tell(WatchScope scope, WatchStep step, string name, long version) => _check.OnWatch(new WatchTold(
        scope, step, name.Length == 0 ? default : EntityKey.Of(scope.Kind, "default", name), version));

    private static ConfigMap Map(string name, string? tier = null) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name, Namespace = "default", Uid = name,
            Labels = tier is null
                ? ValueMap<string>.Empty
                : ValueMap<string>.From([KeyValuePair.Create("tier", tier)]),
        },
    };
}
