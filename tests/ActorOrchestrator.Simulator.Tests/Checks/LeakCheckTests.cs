using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Simulator.Checks;
using ActorOrchestrator.Simulator.Machines;

namespace ActorOrchestrator.Simulator.Tests.Checks;

public sealed class LeakCheckTests : IDisposable
{
    private readonly LeakCheck _check = new();
    private readonly CheckWorld _world;

    public LeakCheckTests() => _world = new CheckWorld(_check);

    public void Dispose() => _world.Dispose();

    [Fact]
    public void An_empty_world_is_fine()
    {
        _world.World.AddMachine(new MachineShape(1_000, 1L << 30));
        _world.Create(CheckWorld.Map("a", "1"));
        _check.AtEnd();
    }

    [Fact]
    public void A_pod_is_left_behind()
    {
        _world.Create(new Pod { Metadata = new() { Name = "p", Namespace = "default", Uid = "u" } });
        _world.Refuses(_ => _check.AtEnd(), "pods/default/p");
    }

    [Fact]
    public void Files_are_left_behind()
    {
        var machine = _world.World.AddMachine(new MachineShape(1_000, 1L << 30));
        machine.Files.Prepare(new("default", "p", "u"), new VolumeWork.Scratch("v", InMemory: false, null), null);
        _world.Refuses(_ => _check.AtEnd(), "node-1: volumes of pod u", "node-1: files of pod");
    }

    [Fact]
    public void Entities_are_counted()
    {
        var world = _world.World;
        world.Control.Start();
        _world.Pass(60);
        _check.AtEnd();
        _world.Create(CheckWorld.Map("unknown-to-the-control-plane", "1"));
        _world.Pass(10);
        _world.Refuses(_ => _check.AtEnd(), "entities for");
    }

    [Fact]
    public void Timers_are_left_behind()
    {
        var world = _world.World;
        world.Control.Start();
        _world.Pass(60);
        for (var i = 0; i < 200; i++)
        {
            world.Control.Member!.Process.Clock.CreateTimer(
                _ => { }, null, TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan);
        }

        _world.Refuses(_ => _check.AtEnd(), "timers");
    }

    [Fact]
    public void Subscriptions_are_left_behind()
    {
        var world = _world.World;
        world.Control.Start();
        _world.Pass(60);
        using var left = world.Control.Member!.Plane!.View.Watch(KindRegistry.Of<Pod>(), null, world.Store.Last);
        _world.Refuses(_ => _check.AtEnd(), "1 subscriptions to pods", "0 have a client");
    }
}
