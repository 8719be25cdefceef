using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Simulator.Checks;

namespace ActorOrchestrator.Simulator.Tests.Checks;

public sealed class LinearizabilityCheckTests : IDisposable
{
    private const string Path = "/api/v1/namespaces/default/configmaps";

    private static readonly ConfigMap One = CheckWorld.Map("a", "1");
    private static readonly ConfigMap Two = CheckWorld.Map("a", "2");

    private readonly CheckWorld _world = new(new LinearizabilityCheck());

    public LinearizabilityCheckTests() => _world.Create(CheckWorld.Map("first", "0"));

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_read_beside_a_write_may_see_either()
    {
        var created = _world.Create(One);
        var read = _world.Send("GET", $"{Path}/a");
        var write = _world.Send("PUT", $"{Path}/a", CheckWorld.At(Two, created));
        _world.Pass(1);
        var replaced = _world.Replace(Two);
        _world.Answer(write, 200, CheckWorld.At(Two, replaced));
        _world.Pass(1);
        _world.Answer(read, 200, CheckWorld.At(One, created));
        _world.Ask("GET", $"{Path}/a", 200, CheckWorld.At(Two, replaced));
    }

    [Fact]
    public void A_read_sees_what_was_answered_before()
    {
        var created = _world.Create(One);
        var replaced = _world.Replace(Two);
        _world.Ask("PUT", $"{Path}/a", 200, CheckWorld.At(Two, replaced), One);
        _world.Pass(1);
        _world.Refuses(
            world => world.Ask("GET", $"{Path}/a", 200, CheckWorld.At(One, created)),
            $"version {created}", $"ended with {replaced}");
    }

    [Fact]
    public void Reads_do_not_go_back()
    {
        var created = _world.Create(One);
        _world.Delete(One);
        _world.Ask("GET", Path, 200, DurabilityCheckTests.List(3, CheckWorld.At(CheckWorld.Map("first", "0"), 1)));
        _world.Pass(1);
        _world.Refuses(world => world.Ask("GET", $"{Path}/a", 200, CheckWorld.At(One, created)), "had been shown");
    }

    [Fact]
    public void A_list_is_the_state_at_its_version()
    {
        var created = _world.Create(One);
        _world.Refuses(
            world => world.Ask(
                "GET", Path, 200, DurabilityCheckTests.List(created, CheckWorld.At(CheckWorld.Map("first", "0"), 1))),
            "lacks [configmaps/default/a 2]");
    }

    [Fact]
    public void Pages_make_one_list()
    {
        var created = _world.Create(One);
        var first = DurabilityCheckTests.List(created, CheckWorld.At(One, created)).Replace(
            "\"metadata\":{\"resourceVersion\":\"2\"}",
            "\"metadata\":{\"resourceVersion\":\"2\",\"continue\":\"next\"}", StringComparison.Ordinal);
        _world.Ask("GET", $"{Path}?limit=1", 200, first);
        _world.Delete(One);
        var last = DurabilityCheckTests.List(created, CheckWorld.At(CheckWorld.Map("first", "0"), 1));
        _world.Ask("GET", $"{Path}?limit=1&continue=next", 200, last);

        _world.Ask("GET", $"{Path}?limit=1", 200, first);
        _world.Refuses(
            world => world.Ask("GET", $"{Path}?limit=1&continue=next", 200, DurabilityCheckTests.List(created)),
            "lacks [configmaps/default/first 1]");
    }

    [Fact]
    public void Not_found_was_true_at_some_instant()
    {
        var read = _world.Send("GET", $"{Path}/a");
        _world.Create(One);
        _world.Answer(read, 404, Statuses.NotFound("configmaps", "a"));
        _world.Ask("GET", $"{Path}/a", 200, CheckWorld.At(One, 2));
        _world.Pass(1);
        _world.Refuses(
            world => world.Ask("GET", $"{Path}/a", 404, Statuses.NotFound("configmaps", "a")), "all the time");
    }

    [Fact]
    public void Exists_already_was_true_at_some_instant()
    {
        var write = _world.Send("POST", Path, One);
        _world.Create(One);
        _world.Delete(One);
        _world.Answer(write, 409, Statuses.AlreadyExists("configmaps", "a"));
        _world.Refuses(
            world => world.Ask("POST", Path, 409, Statuses.AlreadyExists("configmaps", "a"), One), "absent");
    }

    [Fact]
    public void A_conflict_was_true_at_some_instant()
    {
        var created = _world.Create(One);
        var status = Statuses.Conflict("configmaps", "a", "changed");
        _world.Ask("PUT", $"{Path}/a", 409, status, CheckWorld.At(One, created - 1));
        _world.Ask("GET", $"{Path}/a", 200, CheckWorld.At(One, created));
        _world.Pass(1);
        _world.Refuses(
            world => world.Ask("PUT", $"{Path}/a", 409, status, CheckWorld.At(One, created)), "newest all the time");
    }

    [Fact]
    public void An_update_replaces_the_version_that_it_names()
    {
        var created = _world.Create(One);
        var other = _world.Replace(Two);
        var replaced = _world.Replace(One);
        _world.Ask("PUT", $"{Path}/a", 200, CheckWorld.At(One, replaced), CheckWorld.At(One, other));
        _world.Refuses(
            world => world.Ask("PUT", $"{Path}/a", 200, CheckWorld.At(One, replaced), CheckWorld.At(One, created)),
            $"replaced version {created}", $"came of {other}");
    }

    [Fact]
    public void What_exists_is_not_created()
    {
        _world.Create(One);
        _world.Refuses(world => world.Create(One), "configmaps/default/a", "exists");
    }

    [Fact]
    public void A_creation_comes_after_its_request()
    {
        var created = _world.Create(One);
        _world.Refuses(world => world.Ask("POST", Path, 201, CheckWorld.At(One, created), One), "before it was asked");
    }
}
