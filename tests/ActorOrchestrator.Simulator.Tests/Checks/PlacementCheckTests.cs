using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Simulator.Checks;
using ActorOrchestrator.Simulator.Machines;

namespace ActorOrchestrator.Simulator.Tests.Checks;

public sealed class PlacementCheckTests : IDisposable
{
    private readonly CheckWorld _world = new(new PlacementCheck());

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_bound_pod_runs_on_its_node_one_container_after_the_other()
    {
        Bind("u", "node-1");
        Run("node-1", "c1");
        _world.Container(ContainerChangeKind.Exited, "u", id: "c1");
        Run("node-1", "c2");
        _world.Container(ContainerChangeKind.Exited, "u", id: "c2");
        _world.Delete(Pod("u", "node-1"));
        _world.Pass(30);
        Run("node-1", "c3");
    }

    [Fact]
    public void A_pod_made_again_under_its_name_may_be_elsewhere()
    {
        Bind("u", "node-1");
        _world.Delete(Pod("u", "node-1"));
        Bind("v", "node-2");
    }

    [Fact]
    public void A_pod_is_not_bound_twice()
    {
        Bind("u", "node-1");
        _world.Refuses(world => world.Replace(Pod("u", "node-2")), "pods/default/web", "node-1", "node-2");
    }

    [Fact]
    public void Nothing_is_made_before_the_binding_is_durable() => _world.Refuses(
        world => world.Container(ContainerChangeKind.SandboxStarted, "u"), "never bound");

    [Fact]
    public void Nothing_is_made_on_another_machine()
    {
        Bind("u", "node-2");
        _world.Refuses(world => world.Container(ContainerChangeKind.Created, "u"), "bound to node-2");
    }

    [Fact]
    public void A_container_does_not_run_twice()
    {
        Bind("u", "node-1");
        Run("node-1", "c1");
        _world.Refuses(_ => Run("node-1", "c2"), "c2", "c1");
    }

    [Fact]
    public void A_machine_that_hears_starts_nothing_for_a_pod_that_is_long_gone()
    {
        Bind("u", "node-1");
        _world.Delete(Pod("u", "node-1"));
        _world.Pass(600);
        _world.Refuses(_ => Run("node-1", "c1"), "gone since");
    }

    [Fact]
    public void A_machine_that_was_cut_off_a_moment_ago_may()
    {
        Bind("u", "node-1");
        _world.Delete(Pod("u", "node-1"));
        _world.Pass(600);
        _world.World.Calm.ControlTroubledAt = _world.World.Loop.Now;
        Run("node-1", "c1");
    }

    [Fact]
    public void A_pod_is_gone_when_its_containers_are()
    {
        _world.Create(Ready);
        Bind("u", "node-1");
        Run("node-1", "c1");
        _world.Pass(1_200);
        _world.Refuses(world => world.Delete(Pod("u", "node-1")), "pods/default/web is gone", "c1");
    }

    [Fact]
    public void A_pod_that_is_deleted_by_force_may_be_gone_before()
    {
        _world.Create(Ready);
        Bind("u", "node-1");
        Run("node-1", "c1");
        _world.Pass(1_200);
        _world.Send("DELETE", "/api/v1/namespaces/default/pods/web", "{\"gracePeriodSeconds\":0}");
        _world.Delete(Pod("u", "node-1"));
    }

    private static readonly Node Ready = new()
    {
        Metadata = new() { Name = "node-1", Uid = "n" },
        Status = new NodeStatus { Conditions = [new NodeCondition { Type = "Ready", Status = "True" }] },
    };

    private void Bind(string uid, string node)
    {
        _world.Create(Pod(uid, null));
        _world.Commit(EntityKey.Of(Pod(uid, null)), new PodBound(node, _world.World.Loop.Now));
    }

    private void Run(string machine, string id)
    {
        _world.Container(ContainerChangeKind.Created, "u", machine, id);
        _world.Container(ContainerChangeKind.Started, "u", machine, id);
    }

    private static Pod Pod(string uid, string? node) => new()
    {
        Metadata = new() { Name = "web", Namespace = "default", Uid = uid },
        Spec = new PodSpec { NodeName = node, Containers = [new Container { Name = "main" }] },
        Status = new PodStatus { Phase = "Pending" },
    };
}
