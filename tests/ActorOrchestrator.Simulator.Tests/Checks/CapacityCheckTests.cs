using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Simulator.Checks;

namespace ActorOrchestrator.Simulator.Tests.Checks;

public sealed class CapacityCheckTests : IDisposable
{
    private static readonly Node Roomy = new()
    {
        Metadata = new ObjectMeta { Name = "node-1", Uid = "n" },
        Status = new NodeStatus { Allocatable = Amounts(("cpu", "2"), ("memory", "1Gi"), ("pods", "3")) },
    };

    private readonly CheckWorld _world = new(new CapacityCheck());

    public void Dispose() => _world.Dispose();

    [Fact]
    public void What_fits_may_be_bound()
    {
        _world.Create(Roomy);
        Bind(Pod("a", "1500m"));
        Bind(Pod("b", "500m"));
        _world.Replace(Bound(Pod("b", "500m")) with { Status = new PodStatus { Phase = "Succeeded" } });
        Bind(Pod("c", "500m"));
        _world.Delete(Pod("a", "1500m"));
        Bind(Pod("d", "1"));
    }

    [Fact]
    public void A_resource_is_not_overcommitted()
    {
        _world.Create(Roomy);
        Bind(Pod("a", "1500m"));
        _world.Refuses(_ => Bind(Pod("b", "501m")), "pods/default/b", "cpu: 2001m of 2");
    }

    [Fact]
    public void An_init_container_counts_with_the_sidecars_before_it()
    {
        _world.Create(Roomy);
        var pod = Pod("a", "100m");
        _world.Refuses(
            _ => Bind(pod with
            {
                Spec = pod.Spec with
                {
                    InitContainers = [Container("500m") with { RestartPolicy = "Always" }, Container("1600m")],
                },
            }),
            "cpu: 2100m of 2");
    }

    [Fact]
    public void Pods_are_counted()
    {
        _world.Create(Roomy);
        Array.ForEach(["a", "b", "c"], name => Bind(Pod(name, "1m")));
        _world.Refuses(_ => Bind(Pod("d", "1m")), "pods: 4 of 3");
    }

    [Fact]
    public void A_selector_holds()
    {
        _world.Create(Roomy);
        _world.Pass(60);
        var pod = Pod("a", "1m");
        var selector = ValueMap<string>.From([KeyValuePair.Create("disk", "ssd")]);
        _world.Refuses(_ => Bind(pod with { Spec = pod.Spec with { NodeSelector = selector } }), "disk=ssd");
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(60, false)]
    public void A_pod_may_be_told_of_a_cordoned_node_for_a_moment_only(double seconds, bool isFine)
    {
        _world.Create(Roomy);
        _world.Pass(60);
        _world.Replace(Roomy with { Spec = new NodeSpec { Unschedulable = true } });
        _world.Pass(seconds);
        Judge(isFine, "cordoned");
    }

    [Fact]
    public void A_taint_is_kept_unless_it_is_tolerated()
    {
        var taint = new Taint { Key = "k", Value = "v", Effect = "NoSchedule" };
        _world.Create(Roomy with { Spec = new NodeSpec { Taints = [taint] } });
        _world.Pass(60);
        var pod = Pod("t", "1m");
        var toleration = new Toleration { Key = "k", Operator = "Equal", Value = "v" };
        Bind(pod with { Spec = pod.Spec with { Tolerations = [toleration] } });
        Judge(isFine: false, "k:NoSchedule");
    }

    [Fact]
    public void What_becomes_of_the_node_while_the_message_is_on_its_way_nobody_looks_at()
    {
        _world.Create(Roomy);
        _world.Pass(60);
        _world.Create(Pod("a", "1m"));
        Tell("a");
        _world.Replace(Roomy with { Spec = new NodeSpec { Unschedulable = true } });
        _world.Pass(60);
        Commit("a");
    }

    [Fact]
    public void No_pod_is_told_again_of_a_node_that_has_become_unfit()
    {
        _world.Create(Roomy);
        _world.Pass(60);
        _world.Create(Pod("a", "1m"));
        Tell("a");
        _world.Replace(Roomy with { Spec = new NodeSpec { Unschedulable = true } });
        _world.Pass(5);
        _world.Refuses(_ => Tell("a"), "pods/default/a", "node-1", "cordoned");
    }

    [Fact]
    public void No_pod_binds_itself()
    {
        _world.Create(Roomy);
        _world.Create(Pod("a", "1m"));
        _world.Refuses(_ => Commit("a"), "pods/default/a", "nobody told it to");
    }

    [Fact]
    public void While_the_log_fails_a_member_may_see_a_cordon_late()
    {
        _world.Create(Roomy);
        _world.Replace(Roomy with { Spec = new NodeSpec { Unschedulable = true } });
        _world.Pass(600);
        _world.World.Calm.ControlTroubledAt = _world.World.Loop.Now;
        Judge(isFine: true, "");
    }

    private void Judge(bool isFine, string problem)
    {
        if (isFine)
        {
            Bind(Pod("a", "1m"));
        }
        else
        {
            _world.Refuses(_ => Bind(Pod("a", "1m")), "pods/default/a", problem);
        }
    }

    private void Bind(Pod pod)
    {
        _world.Create(pod);
        Tell(pod.Metadata.Name!);
        Commit(pod.Metadata.Name!);
    }

    private void Tell(string name) => _world.Tell(KeyOf(name), new BindPod(name, "node-1"));

    private void Commit(string name) => _world.Commit(KeyOf(name), new PodBound("node-1", _world.World.Loop.Now));

    private static EntityKey KeyOf(string name) => new("pods", "default", name);

    private static Pod Bound(Pod pod) => pod with { Spec = pod.Spec with { NodeName = "node-1" } };

    private static Pod Pod(string name, string cpu) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default", Uid = name },
        Spec = new PodSpec { Containers = [Container(cpu)] },
        Status = new PodStatus { Phase = "Pending" },
    };

    private static Container Container(string cpu) => new()
    {
        Name = "main", Resources = new ResourceRequirements { Requests = Amounts(("cpu", cpu)) },
    };

    private static ValueMap<Quantity> Amounts(params (string Resource, string Amount)[] amounts) =>
        ValueMap<Quantity>.From(
            amounts.Select(entry => KeyValuePair.Create(entry.Resource, Quantity.Parse(entry.Amount))));
}
