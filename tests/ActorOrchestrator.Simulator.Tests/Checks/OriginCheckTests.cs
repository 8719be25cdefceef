using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Simulator.Checks;

namespace ActorOrchestrator.Simulator.Tests.Checks;

public sealed class OriginCheckTests : IDisposable
{
    private const string Path = "/api/v1/namespaces/default/configmaps";

    private static readonly ConfigMap One = CheckWorld.Map("config-a", "1");
    private static readonly ConfigMap Two = CheckWorld.Map("config-a", "2");

    private readonly CheckWorld _world = new(new OriginCheck());

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Changes_that_were_asked_for_are_fine()
    {
        var create = _world.Send("POST", Path, One);
        _world.Answer(create, 201, CheckWorld.At(One, _world.Create(One)));
        var lost = _world.Send("PATCH", $"{Path}/config-a", """{"data":{"value":"2"}}""");
        _world.Answer(lost, 0, "");
        _world.Pass(600);
        _world.Replace(Two);
        var delete = _world.Send("DELETE", $"{Path}/config-a");
        _world.Delete(Two);
        _world.Answer(delete, 200, Gone());
    }

    [Fact]
    public void Nothing_changes_by_itself() => _world.Refuses(
        world => world.Create(One), "configmaps/default/config-a", "\"1\"", "nobody had asked");

    [Fact]
    public void Nothing_is_deleted_by_itself()
    {
        Create();
        _world.Refuses(world => world.Delete(One), "was deleted", "nobody had asked");
    }

    [Fact]
    public void A_write_is_carried_out_once()
    {
        Create();
        _world.Send("PUT", $"{Path}/config-a", Two);
        _world.Replace(Two);
        _world.Refuses(world => world.Replace(Two), "twice");
    }

    [Fact]
    public void A_refused_write_is_not_carried_out()
    {
        Create();
        var put = _world.Send("PUT", $"{Path}/config-a", Two);
        _world.Replace(Two);
        _world.Refuses(
            world => world.Answer(put, 409, Statuses.Conflict("configmaps", "config-a", "")), "was refused, but");
    }

    [Fact]
    public void A_write_is_answered_with_its_own_version()
    {
        Create();
        var put = _world.Send("PUT", $"{Path}/config-a", Two);
        var replaced = _world.Replace(Two);
        _world.Refuses(
            world => world.Answer(put, 200, CheckWorld.At(Two, replaced - 1)), $"carried out at {replaced}");
    }

    [Fact]
    public void A_creation_comes_of_a_create()
    {
        _world.Send("PUT", $"{Path}/config-a", One);
        _world.Refuses(world => world.Create(One), "ObjectCreated", "PUT");
    }

    [Fact]
    public void One_request_deletes_an_object()
    {
        Create();
        var (one, other) = (_world.Send("DELETE", $"{Path}/config-a"), _world.Send("DELETE", $"{Path}/config-a"));
        _world.Delete(One);
        _world.Answer(one, 200, Gone());
        _world.Refuses(world => world.Answer(other, 200, Gone()), "both");
    }

    private void Create()
    {
        var create = _world.Send("POST", Path, One);
        _world.Answer(create, 201, CheckWorld.At(One, _world.Create(One)));
    }

    private static Status Gone() => new()
    {
        Result = "Success", Details = new StatusDetails { Uid = "uid-config-a" },
    };
}
