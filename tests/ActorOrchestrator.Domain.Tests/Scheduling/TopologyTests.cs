using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using static ActorOrchestrator.Domain.Tests.Scheduling.Samples;

namespace ActorOrchestrator.Domain.Tests.Scheduling;

public sealed class TopologyTests
{
    private const string Host = "kubernetes.io/hostname";
    private const string Zone = "zone";

    private static readonly KubeObject[] Zones =
        [Node("a1").Labelled(Zone, "a"), Node("a2").Labelled(Zone, "a"), Node("b1").Labelled(Zone, "b")];

    [Fact]
    public void Anti_affinity_keeps_equal_pods_on_different_nodes()
    {
        var run = SchedulerRun.With([.. Zones, .. Many(4, name => Web(name).AwayFrom("app", "web", Host))]);

        Assert.Equal(["a1", "a2", "b1"], Placed(run).Order());
        Assert.Equal("0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules.", run.WhyNot("p3"));
    }

    [Fact]
    public void Anti_affinity_of_placed_pods_keeps_others_away()
    {
        var run = SchedulerRun.With([.. Zones, Web("first").AwayFrom("app", "db", Zone)]);
        run.Put(Pod("db").Labelled("app", "db"));
        var (first, db) = (run.NodeOf("first")!, run.NodeOf("db")!);

        Assert.NotEqual(first[0], db[0]);
    }

    [Fact]
    public void When_the_pod_that_forbids_goes_the_other_may_come()
    {
        var hermit = Web("hermit").AwayFrom("app", "db", "cluster");
        var node = Node("n").Labelled("cluster", "only");
        var run = SchedulerRun.With(node, hermit);
        run.Put(Pod("db").Labelled("app", "db"));
        Assert.Equal("0/1 nodes are available: 1 node(s) didn't satisfy existing pods anti-affinity rules.",
            run.WhyNot("db"));

        run.Remove(hermit);
        Assert.Equal("n", run.NodeOf("db"));
    }

    [Fact]
    public void Affinity_brings_pods_into_the_domain_of_others()
    {
        var run = SchedulerRun.With([.. Zones, Pod("db").Labelled("app", "db").On("b1")]);
        run.Put(Many(3, name => Web(name).Near("app", "db", Zone)));

        Assert.Equal(["b1", "b1", "b1"], Placed(run).Skip(1));
    }

    [Fact]
    public void Affinity_waits_until_somebody_is_there()
    {
        var run = SchedulerRun.With([.. Zones, Web("p").Near("app", "db", Zone)]);
        Assert.Equal("0/3 nodes are available: 3 node(s) didn't match pod affinity rules.", run.WhyNot("p"));

        run.Put(Pod("db").Labelled("app", "db"));
        Assert.Equal(run.NodeOf("db")![0], run.NodeOf("p")![0]);
    }

    [Fact]
    public void The_first_of_a_group_that_wants_to_be_together_is_let_through()
    {
        var run = SchedulerRun.With([.. Zones, .. Many(4, name => Web(name).Near("app", "web", Zone))]);

        Assert.Single(Placed(run).Select(node => node[0]).Distinct());
        Assert.Equal(4, Placed(run).Count());
    }

    [Fact]
    public void Affinity_means_the_pods_own_namespace_unless_it_names_others()
    {
        var elsewhere = Pod("db").Labelled("app", "db").In("data").On("b1");
        var space = new Namespace { Metadata = new ObjectMeta { Name = "data", Labels = Map(("kind", "data")) } };
        var term = Term("app", "db", Zone);
        var run = SchedulerRun.With([.. Zones, space, elsewhere, Web("own").Near("app", "db", Zone)]);
        Assert.Null(run.NodeOf("own"));

        run.Put(Web("named").WithAffinity(_ => Requiring(term with { Namespaces = ["data"] })));
        Assert.Equal("b1", run.NodeOf("named"));

        run.Put(Web("selected").WithAffinity(_ =>
            Requiring(term with { NamespaceSelector = Selecting("kind", "data") })));
        Assert.Equal("b1", run.NodeOf("selected"));
    }

    [Fact]
    public void Relabelling_a_namespace_brings_its_pods_into_view()
    {
        var space = new Namespace { Metadata = new ObjectMeta { Name = "data" } };
        var term = Term("app", "db", Zone) with { NamespaceSelector = Selecting("kind", "data") };
        var run = SchedulerRun.With([
            .. Zones, space, Pod("db").Labelled("app", "db").In("data").On("b1"),
            Web("p").WithAffinity(_ => Requiring(term))]);
        Assert.Null(run.NodeOf("p"));

        run.Put(space with { Metadata = space.Metadata with { Labels = Map(("kind", "data")) } });
        Assert.Equal("b1", run.NodeOf("p"));
    }

    [Fact]
    public void Spread_keeps_domains_within_the_skew()
    {
        var run = SchedulerRun.With([.. Zones, .. Many(7, name => Web(name).Spread(Zone, 1, "app", "web"))]);

        var perZone = Placed(run).CountBy(node => node[0]).Select(zone => zone.Value).Order();
        Assert.Equal([3, 4], perZone);
    }

    [Fact]
    public void Spread_refuses_when_the_emptier_domain_has_no_room()
    {
        KubeObject[] nodes = [Node("a").Labelled(Zone, "a"), Node("b", pods: "1").Labelled(Zone, "b")];
        var run = SchedulerRun.With([.. nodes, .. Many(4, name => Web(name).Spread(Zone, 1, "app", "web"))]);

        Assert.Equal(["a", "a", "b"], Placed(run).Order());
        Assert.Equal(
            "0/2 nodes are available: 1 Too many pods, 1 node(s) didn't match pod topology spread constraints.",
            run.WhyNot("p3"));
    }

    [Fact]
    public void Spread_needs_the_label()
    {
        var run = SchedulerRun.With(Node("n"), Web("p").Spread(Zone, 1, "app", "web"));

        Assert.Equal(
            "0/1 nodes are available: 1 node(s) didn't match pod topology spread constraints (missing required label).",
            run.WhyNot("p"));
    }

    [Fact]
    public void With_fewer_domains_than_wanted_the_fewest_counts_as_none()
    {
        var run = SchedulerRun.With(
            [.. Zones, .. Many(4, name => Web(name).Spread(Zone, 1, "app", "web", minDomains: 3))]);

        Assert.Equal(2, Placed(run).Count());
    }

    [Fact]
    public void Spread_does_not_count_pods_being_deleted()
    {
        var pods = Many(2, name => Web(name).Spread(Zone, 1, "app", "web"));
        KubeObject[] nodes = [Node("a").Labelled(Zone, "a"), Node("b").Labelled(Zone, "b")];
        var run = SchedulerRun.With([.. nodes, .. pods]);
        var going = run.Pods.First(pod => pod.Spec.NodeName == "a");
        run.Put(going.Terminating());

        run.Put(Web("new").Spread(Zone, 1, "app", "web"));
        Assert.Equal("a", run.NodeOf("new"));

        run.Remove(going).Put(Web("next").Spread(Zone, 1, "app", "web"), Web("last").Spread(Zone, 1, "app", "web"));
        Assert.Equal(["a", "a", "b", "b"], Placed(run).Order());
    }

    [Fact]
    public void Spread_counts_only_nodes_that_the_pod_may_use()
    {
        var selecting = (Func<string, Pod>)(name => Web(name).Spread(Zone, 1, "app", "web")
            .With(spec => spec with { NodeSelector = Map((Zone, "a")) }));
        var run = SchedulerRun.With([.. Zones, .. Many(4, selecting)]);

        Assert.Equal(4, Placed(run).Count());
    }

    [Fact]
    public void A_lenient_spread_prefers_the_emptier_domain_but_does_not_insist()
    {
        KubeObject[] nodes = [Node("a").Labelled(Zone, "a"), Node("b", pods: "1").Labelled(Zone, "b")];
        var pods = Many(4, name => Web(name).Spread(Zone, 1, "app", "web", "ScheduleAnyway"));
        var run = SchedulerRun.With([.. nodes, .. pods]);

        Assert.Equal(["a", "a", "a", "b"], Placed(run).Order());
    }

    [Fact]
    public void Preferred_affinity_draws_and_preferred_anti_affinity_repels()
    {
        var term = new WeightedPodAffinityTerm { Weight = 100, PodAffinityTerm = Term("app", "db", Zone) };
        var near = Web("near").WithAffinity(affinity => affinity with
        {
            PodAffinity = new PodAffinity { PreferredDuringSchedulingIgnoredDuringExecution = [term] },
        });
        var far = Web("far").WithAffinity(affinity => affinity with
        {
            PodAntiAffinity = new PodAntiAffinity { PreferredDuringSchedulingIgnoredDuringExecution = [term] },
        });
        var run = SchedulerRun.With([.. Zones, Pod("db").Labelled("app", "db").On("b1"), near, far]);

        Assert.Equal("b1", run.NodeOf("near"));
        Assert.StartsWith("a", run.NodeOf("far"), StringComparison.Ordinal);
    }

    [Fact]
    public void Preferred_nodes_are_preferred()
    {
        var preferring = Pod("p").WithAffinity(affinity => affinity with
        {
            NodeAffinity = new NodeAffinity
            {
                PreferredDuringSchedulingIgnoredDuringExecution =
                [
                    new PreferredSchedulingTerm { Weight = 1, Preference = Expression(Zone, "In", "b") },
                ],
            },
        });

        Assert.Equal("b1", SchedulerRun.With([.. Zones, preferring]).NodeOf("p"));
    }

    private static Affinity Requiring(PodAffinityTerm term) => new()
    {
        PodAffinity = new PodAffinity { RequiredDuringSchedulingIgnoredDuringExecution = [term] },
    };

    private static Pod Web(string name) => Pod(name).Labelled("app", "web");

    private static KubeObject[] Many(int count, Func<string, Pod> make) =>
        [.. Enumerable.Range(0, count).Select(i => make($"p{i}"))];

    private static IEnumerable<string> Placed(SchedulerRun run) =>
        run.Pods.Where(pod => pod.Spec.NodeName is not null).Select(pod => pod.Spec.NodeName!);
}
