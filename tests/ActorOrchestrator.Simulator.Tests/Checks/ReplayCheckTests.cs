using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Simulator.Checks;

namespace ActorOrchestrator.Simulator.Tests.Checks;

public sealed class ReplayCheckTests : IDisposable
{
    private static readonly ReplicaSet Set = new()
    {
        Metadata = new() { Name = "set", Namespace = "default", Uid = "set" },
    };

    private readonly ReplayCheck _check = new();
    private readonly CheckWorld _world;

    public ReplayCheckTests() => _world = new CheckWorld(_check);

    public void Dispose() => _world.Dispose();

    [Fact]
    public void What_was_decided_reads_the_same()
    {
        _world.Create(Set);
        _world.Commit(EntityKey.Of(Set), new PodsClaimed([new ClaimedPod("p", "set-p")], IsAdoption: false));
        _world.Create(CheckWorld.Map("a", "1"));
        _world.Delete(CheckWorld.Map("a", "1"));
        _check.OnRestart();
        _check.AtEnd();
    }

    [Fact]
    public void An_object_that_was_stored_otherwise_is_found()
    {
        var map = CheckWorld.Map("a", "1");
        _world.Commit(EntityKey.Of(map), new ObjectCreated(map), new ObjectCreated(CheckWorld.Map("a", "2")));
        _world.Refuses(_ => _check.OnRestart(), "configmaps/default/a", "\"1\"", "\"2\"");
    }

    [Fact]
    public void Bookkeeping_that_was_stored_otherwise_is_found()
    {
        _world.Create(Set);
        _world.Commit(
            EntityKey.Of(Set), new PodsClaimed([new ClaimedPod("p", "set-p")], IsAdoption: false),
            new PodsClaimed([new ClaimedPod("q", "set-q")], IsAdoption: false));
        _world.Refuses(_ => _check.OnRestart(), "replicasets.apps/default/set", "set-p", "set-q");
    }

    [Fact]
    public void An_entity_that_retention_lost_is_found()
    {
        var created = _world.Create(Set);
        _world.World.Tables.Trim(created, ["replicasets.apps/default/set"]);
        _world.Refuses(_ => _check.OnRestart(), "replicasets.apps/default/set", "not in the journal any more");
    }

    [Fact]
    public void A_deletion_that_was_not_stored_is_found()
    {
        _world.Create(Set);
        _world.Commit(EntityKey.Of(Set), new ObjectDeleted(), new ObjectReplaced(Set));
        _world.Refuses(_ => _check.OnRestart(), "replicasets.apps/default/set", "should be gone");
    }
}
