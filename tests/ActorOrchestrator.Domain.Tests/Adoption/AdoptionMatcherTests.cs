using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Adoption;
using ActorOrchestrator.Domain.Tests.Projections;
using static ActorOrchestrator.Domain.Tests.Scheduling.Samples;

namespace ActorOrchestrator.Domain.Tests.Adoption;

public sealed class AdoptionMatcherTests
{
    private readonly AdoptionMatcher _matcher = new();

    [Fact]
    public void An_orphan_that_appears_is_announced_to_the_owners_that_match()
    {
        var run = Run(Set("web", "app", "web"), Set("db", "app", "db"));
        run.Put(Pod("p").Labelled("app", "web"), Pod("q").Labelled("app", "web")).EndBatch();

        var (to, message) = Assert.Single(run.TakeTold());
        Assert.Equal(new EntityKey("replicasets.apps", "default", "web"), to);
        Assert.Equal(["p", "q"], NamesOf(message));
    }

    [Fact]
    public void Objects_with_a_controller_or_being_deleted_are_no_orphans()
    {
        var run = Run(Set("web", "app", "web"));
        run.Put(
            Pod("owned").Labelled("app", "web").OwnedBy("web"),
            Pod("going").Labelled("app", "web").Terminating()).EndBatch();

        Assert.Empty(run.TakeTold());
    }

    [Fact]
    public void Losing_its_controller_or_getting_other_labels_makes_news()
    {
        var run = Run(Set("web", "app", "web"), Pod("p").Labelled("app", "web").OwnedBy("web"), Pod("q"));
        run.Put(Pod("p").Labelled("app", "web"), Pod("q").Labelled("app", "web")).EndBatch();
        Assert.Equal(["p", "q"], NamesOf(Assert.Single(run.TakeTold()).Message));

        run.Put(Pod("p").Labelled("app", "web").InPhase("Running")).EndBatch();
        Assert.Empty(run.TakeTold());
    }

    [Fact]
    public void Owners_that_changed_their_selector_or_are_going_are_no_longer_told()
    {
        var web = Set("web", "app", "web");
        var run = Run(web, Set("old", "app", "web"));
        run.Put(Set("web", "app", "shop"));
        run.Put(Set("old", "app", "web") with
        {
            Metadata = Set("old", "app", "web").Metadata with { DeletionTimestamp = DateTimeOffset.UnixEpoch },
        });
        run.Put(Pod("p").Labelled("app", "web")).EndBatch();
        Assert.Empty(run.TakeTold());

        run.Put(Pod("q").Labelled("app", "shop")).EndBatch();
        Assert.Equal("web", Assert.Single(run.TakeTold()).To.Name);
    }

    [Fact]
    public void A_new_owner_is_told_of_the_orphans_that_are_already_there()
    {
        var run = Run(Pod("p").Labelled("app", "web"), Pod("q").Labelled("app", "db"));
        run.Put(Set("web", "app", "web")).EndBatch();

        Assert.Equal(["p"], NamesOf(Assert.Single(run.TakeTold()).Message));
    }

    [Fact]
    public void What_is_there_at_the_start_is_announced_then()
    {
        var run = Run(Pod("p").Labelled("app", "web"), Set("web", "app", "web"));

        Assert.Equal(["p"], NamesOf(Assert.Single(run.TakeTold()).Message));
    }

    [Fact]
    public void Other_namespaces_are_another_world()
    {
        var run = Run(Set("web", "app", "web"));
        run.Put(Pod("p").Labelled("app", "web").In("elsewhere")).EndBatch();

        Assert.Empty(run.TakeTold());
    }

    [Fact]
    public void Deployments_hear_of_replica_sets_and_selectors_may_be_expressions()
    {
        var deployment = new Deployment
        {
            Metadata = new ObjectMeta { Name = "web", Namespace = "default", Uid = "uid-d" },
            Spec = new DeploymentSpec
            {
                Selector = new LabelSelector
                {
                    MatchExpressions =
                    [
                        new LabelSelectorRequirement { Key = "app", Operator = "In", Values = ["web", "shop"] },
                    ],
                },
            },
        };
        var run = Run(deployment);
        var set = Set("web-1", "x", "y");
        run.Put(set with { Metadata = set.Metadata with { Labels = Map(("app", "shop")) } }).EndBatch();

        Assert.Equal(new EntityKey("deployments.apps", "default", "web"), Assert.Single(run.TakeTold()).To);
    }

    [Fact]
    public void Replication_controllers_hear_of_pods()
    {
        var run = Run(new ReplicationController
        {
            Metadata = new ObjectMeta { Name = "web", Namespace = "default", Uid = "uid-rc" },
            Spec = new ReplicationControllerSpec { Selector = Map(("app", "web")) },
        });
        run.Put(Pod("p").Labelled("app", "web")).EndBatch();

        Assert.Equal(new EntityKey("replicationcontrollers", "default", "web"), Assert.Single(run.TakeTold()).To);
    }

    [Fact]
    public void An_owner_that_asks_gets_every_match_in_order()
    {
        Run(Pod("b").Labelled("app", "web"), Pod("a").Labelled("app", "web"), Pod("c").Labelled("app", "db"),
            Pod("d").Labelled("app", "web").OwnedBy("x"));

        var found = _matcher.Find(new EntityKey("replicasets.apps", "default", "web"), Selecting("app", "web"));
        Assert.Equal(["a", "b"], found.Select(pod => pod.Metadata.Name));
        Assert.Empty(_matcher.Find(
            new EntityKey("replicasets.apps", "elsewhere", "web"), Selecting("app", "web")));
    }

    [Fact]
    public void Among_thousands_of_selectors_only_the_shortest_list_is_tried()
    {
        var index = new SelectorIndex();
        for (var i = 0; i < 3000; i++)
        {
            index.Set(
                new EntityKey("replicasets.apps", "default", $"web-{i}"),
                new LabelSelector { MatchLabels = Map(("app", "web"), ("pod-template-hash", $"{i}")) });
        }

        var owners = index.Matching(Map(("app", "web"), ("pod-template-hash", "77"))).ToList();
        Assert.Equal("web-77", Assert.Single(owners).Name);
    }

    private static ReplicaSet Set(string name, string key, string value) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default", Uid = "uid-" + name },
        Spec = new ReplicaSetSpec { Selector = Selecting(key, value) },
    };

    private static IEnumerable<string?> NamesOf(Message message) =>
        Assert.IsType<AdoptableFound>(message).Objects.Select(orphan => orphan.Metadata.Name);

    private ProjectionRun Run(params KubeObject[] objects) => new ProjectionRun(_matcher).Put(objects).Start();
}
