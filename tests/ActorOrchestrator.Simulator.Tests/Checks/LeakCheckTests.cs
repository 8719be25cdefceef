using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
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
    public void An_entity_without_an_object_is_left_in_memory()
    {
        var world = _world.World;
        world.Control.Start();
        _world.Pass(60);
        _check.AtEnd();
        _world.Delete(CheckWorld.Map("kube-root-ca.crt", ""));
        _world.Pass(60);
        _check.AtEnd();
        var member = world.Control.Only.Member!;
        member.Process.Enter(
            () => member.Plane!.Tell(new("pods", "default", "p"), new PodStopped("u", new PodStatus())));
        _world.Pass(0.5);
        _world.Refuses(_ => _check.AtEnd(), "pods/default/p is in memory");
    }

    [Fact]
    public void Timers_are_left_behind()
    {
        var world = _world.World;
        world.Control.Start();
        _world.Pass(60);
        for (var i = 0; i < 200; i++)
        {
            world.Control.Only.Member!.Process.Clock.CreateTimer(
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
        using var left = world.Control.Only.Member!.Plane!.View.Watch(KindRegistry.Of<Pod>(), null, world.Tables.Last);
        _world.Refuses(_ => _check.AtEnd(), "1 subscriptions to pods", "0 have a client");
    }
}
