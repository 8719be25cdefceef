using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Simulator.Checks;
using ActorOrchestrator.Simulator.Machines;

namespace ActorOrchestrator.Simulator.Tests.Checks;

public sealed class FencedPodCheckTests : IDisposable
{
    private readonly CheckWorld _world = new(new FencedPodCheck());
    private readonly Machine _first;
    private readonly Machine _second;

    public FencedPodCheckTests()
    {
        _first = _world.World.AddMachine(new MachineShape(4_000, 1L << 30));
        _second = _world.World.AddMachine(new MachineShape(4_000, 1L << 30));
        _world.Create(new ReplicaSet
        {
            Metadata = new() { Name = "web", Namespace = "default", Uid = "set" },
            Spec = new ReplicaSetSpec { Replicas = 1 },
        });
        _world.Create(Pod("a"));
        _world.Pass(5);
        Start("a", _first);
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_pod_ends_before_it_is_gone_and_another_one_begins()
    {
        Exit("a", _first);
        _world.Delete(Pod("a"));
        _world.Create(Pod("b"));
        Start("b", _second);
        _world.Pass(60);
    }

    [Fact]
    public void A_pod_that_runs_is_not_gone() =>
        _world.Refuses(world => world.Delete(Pod("a")), "default/web-a is gone");

    [Fact]
    public void No_other_one_begins_while_it_runs()
    {
        _world.Create(Pod("b"));
        _world.Refuses(_ => Start("b", _second), "2 pods run", "c-a", "c-b");
    }

    [Fact]
    public void Nothing_of_it_begins_again()
    {
        Exit("a", _first);
        _world.Delete(Pod("a"));
        Start("a", _first);
        _world.Refuses(world => world.Pass(3), "c-a", "its pod is gone");
    }

    [Fact]
    public void What_is_frozen_may_be_replaced_and_is_ended_when_it_thaws()
    {
        Replace();
        _first.Thaw();
        _world.Pass(0.5);
        Exit("a", _first);
        _world.Pass(60);
    }

    [Fact]
    public void What_was_replaced_while_it_was_frozen_does_not_run_on()
    {
        Replace();
        _first.Thaw();
        _world.Refuses(world => world.Pass(2), "c-a", "its pod is gone");
    }

    [Fact]
    public void What_was_not_gone_before_another_one_began_does_not_run_on_beside_it()
    {
        _first.Freeze();
        _world.Pass(5);
        _world.Create(Pod("b"));
        Start("b", _second);
        _world.Pass(60);
        _first.Thaw();
        _world.Refuses(world => world.Pass(2), "2 pods run", "c-a", "c-b");
    }

    [Fact]
    public void Who_deletes_it_by_force_says_that_it_has_ended()
    {
        _world.Send("DELETE", "/api/v1/namespaces/default/pods/web-a", "{\"gracePeriodSeconds\":0}");
        _world.Delete(Pod("a"));
        _world.Create(Pod("b"));
        Start("b", _second);
        _world.Pass(60);
    }

    private void Replace()
    {
        _first.Freeze();
        _world.Pass(60);
        _world.Delete(Pod("a"));
        _world.Create(Pod("b"));
        Start("b", _second);
        _world.Pass(60);
    }

    private void Start(string uid, Machine machine) =>
        _world.Container(ContainerChangeKind.Started, uid, machine.Name, $"c-{uid}");

    private void Exit(string uid, Machine machine) =>
        _world.Container(ContainerChangeKind.Exited, uid, machine.Name, $"c-{uid}");

    private static Pod Pod(string uid) => new()
    {
        Metadata = new()
        {
            Name = $"web-{uid}",
            Namespace = "default",
            Uid = uid,
            Annotations = ValueMap<string>.From([KeyValuePair.Create(PodFencing.Annotation, "true")]),
            OwnerReferences =
            [
                new OwnerReference
                {
                    ApiVersion = "apps/v1", Kind = "ReplicaSet", Name = "web", Uid = "set", Controller = true,
                },
            ],
        },
        Spec = new PodSpec { Containers = [new Container { Name = "main" }] },
    };
}
