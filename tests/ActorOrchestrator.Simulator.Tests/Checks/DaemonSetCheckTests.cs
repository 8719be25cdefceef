using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.DaemonSets;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Simulator.Checks;

namespace ActorOrchestrator.Simulator.Tests.Checks;

/// <summary>A DaemonSet on two nodes; one may be without.</summary>
public sealed class DaemonSetCheckTests : IDisposable
{
    private readonly CheckWorld _world = new(new DaemonSetCheck());

    public void Dispose() => _world.Dispose();

    [Fact]
    public void An_update_node_by_node_is_fine()
    {
        Begin();
        Dismiss("a1");
        End("a1");
        Run("a2", "a");
        _world.Replace(Pod("a2", "a", isReady: true));
        _world.Pass(120);
        Dismiss("b1");
    }

    [Fact]
    public void A_pod_is_claimed_before_it_is_made()
    {
        Begin();
        _world.Refuses(_ => _world.Create(Pod("c1", "c")), "pods/default/c1", "had not claimed it");
    }

    [Fact]
    public void A_node_has_one_pod()
    {
        Begin();
        _world.Refuses(_ => Run("a2", "a"), "pods/default/a2", "for a, where 1 others", "are not over");
    }

    [Fact]
    public void One_that_shuts_down_is_waited_for()
    {
        Begin();
        _world.Commit(EntityKey.Of(Pod("a1", "a")), new DeletionRequested(_world.World.Loop.Now, 30, []));
        _world.Refuses(_ => Run("a2", "a"), "pods/default/a2", "are not over");
    }

    [Fact]
    public void A_surge_allows_one_more()
    {
        Begin(surge: 1, unavailable: 0);
        Run("a2", "a");
        _world.Refuses(_ => Run("a3", "a"), "pods/default/a3", "2 others", "stay");
    }

    [Fact]
    public void A_pod_goes_to_its_own_node()
    {
        Begin();
        var claimed = Pod("c1", "c");
        Claim("c1", "c");
        _world.Create(claimed);
        _world.Refuses(
            _ => _world.Replace(claimed with { Spec = claimed.Spec with { NodeName = "a" } }),
            "bound to a", "is to be on c");
    }

    [Fact]
    public void No_more_nodes_are_without_one_than_may_be()
    {
        Begin();
        Dismiss("a1");
        _world.Refuses(_ => Dismiss("b1"), "takes an available pod from b", "2 of 2 nodes", "1 are allowed");
    }

    [Fact]
    public void What_is_not_ready_may_always_go()
    {
        Begin();
        _world.Replace(Pod("b1", "b", isReady: false));
        _world.Pass(120);
        Dismiss("b1");
    }

    [Fact]
    public void A_node_that_no_longer_fits_is_left()
    {
        Begin();
        Dismiss("a1");
        _world.Delete(Node("b"));
        _world.Pass(120);
        Dismiss("b1");
    }

    private void Begin(int surge = 0, int unavailable = 1)
    {
        _world.Create(Node("a"));
        _world.Create(Node("b"));
        _world.Create(Set(surge, unavailable));
        foreach (var node in (string[])["a", "b"])
        {
            Run($"{node}1", node);
            _world.Replace(Pod($"{node}1", node, isReady: true));
        }

        _world.Pass(3600);
    }

    private void Claim(string name, string node) => _world.Commit(
        EntityKey.Of(Set()), new DaemonPodsClaimed([new ClaimedDaemonPod(name, name, node, "hash")]));

    private void Run(string name, string node)
    {
        Claim(name, node);
        _world.Create(Pod(name, node));
    }

    private void Dismiss(string name) => _world.Commit(EntityKey.Of(Set()), new PodsDeletionRequested([name]));

    private void End(string name) => _world.Delete(Pod(name, name[..1]));

    private static Node Node(string name) => new() { Metadata = new ObjectMeta { Name = name, Uid = name } };

    private static DaemonSet Set(int surge = 0, int unavailable = 1) => new()
    {
        Metadata = new ObjectMeta { Name = "daemon", Namespace = "default", Uid = "daemon" },
        Spec = new DaemonSetSpec
        {
            Selector = new LabelSelector(),
            UpdateStrategy = new DaemonSetUpdateStrategy
            {
                Type = "RollingUpdate",
                RollingUpdate = new RollingUpdateDaemonSet { MaxSurge = surge, MaxUnavailable = unavailable },
            },
        },
    };

    private static Pod Pod(string name, string node, bool isReady = false) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name, Namespace = "default", Uid = name,
            OwnerReferences =
                [new OwnerReference { Kind = "DaemonSet", Uid = "daemon", Name = "daemon", Controller = true }],
        },
        Spec = new PodSpec
        {
            Affinity = new Affinity
            {
                NodeAffinity = new NodeAffinity
                {
                    RequiredDuringSchedulingIgnoredDuringExecution = new NodeSelector
                    {
                        NodeSelectorTerms =
                        [
                            new NodeSelectorTerm
                            {
                                MatchFields =
                                [
                                    new NodeSelectorRequirement
                                    {
                                        Key = "metadata.name", Operator = "In", Values = [node],
                                    },
                                ],
                            },
                        ],
                    },
                },
            },
        },
        Status = new PodStatus
        {
            Phase = "Running",
            Conditions = isReady ? [new PodCondition { Type = "Ready", Status = "True" }] : [],
        },
    };
}
