using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Tests.Scheduling;

/// <summary>Random clusters, with pods and nodes coming, going and changing; each binding is checked at the moment that
/// it is told, against a naive reading of the constraints.</summary>
public sealed class PlacementPropertyTests
{
    private const int Steps = 25;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Constraints_hold_at_every_binding_and_no_pod_that_fits_is_left_waiting(int seed)
    {
        var cluster = new RandomCluster(seed);
        var world = new World(new SchedulerRun(seed));
        world.Run.Log.Put([.. cluster.Nodes(4 + cluster.Next(12))]).Start();
        for (var step = 0; step < Steps; step++)
        {
            Disturb(cluster, world, step);
            world.Settle();
        }

        world.AssertNobodyWaitsInVain();
    }

    [Fact]
    public void The_same_changes_lead_to_the_same_placements()
    {
        var (one, other) = (History(seed: 7), History(seed: 7));

        Assert.NotEmpty(one);
        Assert.Equal(one, other);
    }

    [Fact]
    public void Another_seed_breaks_ties_in_another_way()
    {
        var nodes = Enumerable.Range(0, 20).Select(i => Samples.Node($"n{i}")).ToArray<KubeObject>();
        var chosen = Enumerable.Range(1, 10).Select(seed =>
        {
            var run = new SchedulerRun(seed);
            run.Log.Put(nodes).Put(Samples.Pod("p")).Start();
            return run.Settle().NodeOf("p");
        });

        Assert.True(chosen.Distinct().Count() > 2);
    }

    [Fact]
    public void Large_clusters_are_sampled_but_the_only_node_that_fits_is_found()
    {
        var nodes = Enumerable.Range(0, 1500).Select(i => Samples.Node($"n{i}", cpu: i == 1234 ? "8" : "1"));
        var run = SchedulerRun.With([.. nodes, Samples.Pod("p", "4")]);

        Assert.Equal("n1234", run.NodeOf("p"));
    }

    private static List<string> History(int seed)
    {
        var cluster = new RandomCluster(seed);
        var world = new World(new SchedulerRun(seed));
        world.Run.Log.Put([.. cluster.Nodes(12)]).Start();
        for (var step = 0; step < Steps; step++)
        {
            Disturb(cluster, world, step);
            world.Settle();
        }

        return world.Bindings;
    }

    private static void Disturb(RandomCluster cluster, World world, int step)
    {
        var log = world.Run.Log;
        var pods = world.Pods.ToList();
        switch (cluster.Next(pods.Count == 0 ? 1 : 6))
        {
            case 0 or 1:
                log.Put([.. cluster.Owner($"web-{step % 7}", 1 + cluster.Next(6))]);
                break;
            case 2:
                log.Remove(pods[cluster.Next(pods.Count)]);
                break;
            case 3:
                log.Put(pods[cluster.Next(pods.Count)].InPhase("Succeeded"));
                break;
            case 4:
                log.Put(cluster.Nodes(4).ElementAt(cluster.Next(4)));
                break;
            case 5:
                var node = world.Nodes.Values.ElementAt(cluster.Next(world.Nodes.Count));
                log.Put(node with { Spec = node.Spec with { Unschedulable = !node.Spec.Unschedulable } });
                break;
        }
    }

    /// <summary>Carries out bindings one by one, checking each.</summary>
    private sealed class World(SchedulerRun run)
    {
        public SchedulerRun Run { get; } = run;

        public List<string> Bindings { get; } = [];

        public IEnumerable<Pod> Pods => Run.Pods.OrderBy(pod => pod.Metadata.Name, StringComparer.Ordinal);

        public SortedDictionary<string, Node> Nodes =>
            new(Run.Nodes.ToDictionary(node => node.Metadata.Name!), StringComparer.Ordinal);

        private List<Pod> Placed =>
            [.. Pods.Where(pod => pod.Spec.NodeName is not null && pod.Status.Phase == "Pending")];

        public void Settle()
        {
            IReadOnlyList<(EntityKey To, Message Message)> told;
            do
            {
                Run.Log.EndBatch();
                told = Run.Log.TakeTold();
                foreach (var (to, message) in told)
                {
                    if (message is BindPod bind)
                    {
                        Bind((Pod)Run.Log.Get(to)!, bind.Node);
                    }
                    else if (message is Delete)
                    {
                        Run.Log.Remove(Run.Log.Get(to)!);
                    }
                }
            }
            while (Run.Log.WakesAt <= Run.Log.Now || told.Count > 0);
        }

        public void AssertNobodyWaitsInVain()
        {
            var nodes = Nodes;
            foreach (var pod in Pods.Where(pod => pod.Spec.NodeName is null && pod.Status.Phase == "Pending"))
            {
                Assert.All(nodes.Values, node =>
                    Assert.NotNull(ConstraintCheck.WhyNot(pod, node, Placed, nodes)));
            }
        }

        private void Bind(Pod pod, string node)
        {
            var nodes = Nodes;
            var broken = ConstraintCheck.WhyNot(pod, nodes[node], Placed, nodes);
            Assert.True(broken is null, $"{pod.Metadata.Name} on {node}: {broken}");
            Bindings.Add($"{pod.Metadata.Name}={node}");
            Run.Log.Put(pod.On(node));
        }
    }
}
