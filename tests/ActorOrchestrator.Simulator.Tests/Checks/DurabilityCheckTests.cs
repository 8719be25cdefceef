using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Simulator.Checks;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Tests.Checks;

public sealed class DurabilityCheckTests : IDisposable
{
    private const string Path = "/api/v1/namespaces/default/configmaps";

    private static readonly ConfigMap Map = CheckWorld.Map("a", "1");

    private readonly DurabilityCheck _check = new();
    private readonly CheckWorld _world;

    public DurabilityCheckTests() => _world = new CheckWorld(_check);

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Writes_and_reads_that_the_log_has_are_fine()
    {
        var created = _world.Create(Map);
        _world.Ask("POST", Path, 201, CheckWorld.At(Map, created), Map);
        var changed = CheckWorld.Map("a", "2");
        var replaced = _world.Replace(changed);
        _world.Ask("PUT", $"{Path}/a", 200, CheckWorld.At(changed, replaced), changed);
        _world.Ask("GET", $"{Path}/a", 200, CheckWorld.At(Map, created));
        _world.Ask("GET", Path, 200, List(replaced, CheckWorld.At(changed, replaced)));
        var delete = _world.Send("DELETE", $"{Path}/a");
        _world.Delete(Map);
        _world.Answer(delete, 200, Gone("uid-a"));
    }

    [Fact]
    public void A_write_is_not_answered_before_it_is_durable() => _world.Refuses(
        world => world.Ask("POST", Path, 201, CheckWorld.At(Map, 1), Map), "version 1", "ends at 0");

    [Fact]
    public void A_version_belongs_to_one_object()
    {
        var other = _world.Create(CheckWorld.Map("b", "1"));
        _world.Refuses(
            world => world.Ask("GET", $"{Path}/a", 200, CheckWorld.At(Map, other)),
            "configmaps/default/a", $"version {other}", "never gave");
    }

    [Fact]
    public void A_version_has_one_content()
    {
        var created = _world.Create(Map);
        _world.Refuses(
            world => world.Ask("GET", Path, 200, List(created, CheckWorld.At(CheckWorld.Map("a", "9"), created))),
            "configmaps/default/a", "\"9\"", "\"1\"");
    }

    [Fact]
    public void What_is_said_to_be_deleted_is_deleted()
    {
        _world.Create(Map);
        _world.Refuses(world => world.Ask("DELETE", $"{Path}/a", 200, Gone("uid-a")), "no such deletion");
    }

    [Fact]
    public void An_evicted_pod_is_on_its_way_out()
    {
        _world.Create(new Pod { Metadata = new ObjectMeta { Name = "p", Namespace = "default", Uid = "u" } });
        _world.Refuses(
            world => world.Ask(
                "POST", "/api/v1/namespaces/default/pods/p/eviction", 201, new Status { Result = "Success" }),
            "untouched");
    }

    [Fact]
    public void A_watch_shows_what_the_log_has()
    {
        var created = _world.Create(Map);
        _check.OnWatch(Told(WatchStep.Added, created, CheckWorld.At(Map, created)));
        var deleted = _world.Delete(Map);
        _check.OnWatch(Told(WatchStep.Deleted, deleted, CheckWorld.At(Map, deleted)));
        _world.Refuses(
            _ => _check.OnWatch(Told(WatchStep.Deleted, deleted, CheckWorld.At(CheckWorld.Map("a", "9"), deleted))),
            "lost configmaps/default/a");
    }

    [Fact]
    public void A_watch_tells_nothing_that_is_not_durable() => _world.Refuses(
        _ => _check.OnWatch(Told(WatchStep.Added, 7, CheckWorld.At(Map, 7))), "version 7", "ends at 0");

    private static WatchTold Told(WatchStep step, long version, ConfigMap shown) =>
        new(new WatchScope(1, KindRegistry.Of<ConfigMap>(), null, null), step, EntityKey.Of(shown), version)
        {
            Object = KubeJson.Encode(shown),
        };

    private static Status Gone(string uid) => new()
    {
        Result = "Success", Details = new StatusDetails { Uid = uid },
    };

    internal static string List(long version, params ConfigMap[] items) => $$"""
        {"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"{{version}}"},
        "items":[{{string.Join(',', items.Select(item => Encoding.UTF8.GetString(KubeJson.Encode(item))))}}]}
        """;
}
