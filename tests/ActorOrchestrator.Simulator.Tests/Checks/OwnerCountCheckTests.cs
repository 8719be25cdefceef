using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Simulator.Checks;

namespace ActorOrchestrator.Simulator.Tests.Checks;

public sealed class OwnerCountCheckTests : IDisposable
{
    private readonly CheckWorld _world = new(new OwnerCountCheck());

    public OwnerCountCheckTests()
    {
        _world.World.Calm.ControlTroubledAt = DateTimeOffset.MinValue;
        _world.Create(Set(shown: 0));
        _world.Create(Pod);
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_status_may_be_behind_for_a_while()
    {
        _world.Pass(120);
        _world.Replace(Set(shown: 1));
        _world.Pass(600);
    }

    [Fact]
    public void Not_for_long() => _world.Refuses(world => world.Pass(300), "replicasets.apps/default/web", "(0, 0)");

    [Fact]
    public void As_long_as_something_is_wrong_it_may()
    {
        for (var minutes = 0; minutes < 10; minutes++)
        {
            _world.Pass(60);
            _world.World.Calm.ControlTroubledAt = _world.World.Loop.Now;
        }
    }

    private static ReplicaSet Set(int shown) => new()
    {
        Metadata = new() { Name = "web", Namespace = "default", Uid = "set" },
        Spec = new ReplicaSetSpec { Replicas = 1 },
        Status = new ReplicaSetStatus { Replicas = shown, ReadyReplicas = 0 },
    };

    private static readonly Pod Pod = new()
    {
        Metadata = new()
        {
            Name = "web-a",
            Namespace = "default",
            Uid = "a",
            OwnerReferences =
            [
                new() { ApiVersion = "apps/v1", Kind = "ReplicaSet", Name = "web", Uid = "set", Controller = true },
            ],
        },
        Spec = new PodSpec { Containers = [new Container { Name = "main" }] },
    };
}
