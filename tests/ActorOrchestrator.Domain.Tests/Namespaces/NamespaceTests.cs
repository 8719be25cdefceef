using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Namespaces;
using ActorOrchestrator.Domain.Tests.Projections;

namespace ActorOrchestrator.Domain.Tests.Namespaces;

public sealed class NamespaceTests
{
    [Fact]
    public void A_new_namespace_is_active_labelled_with_its_name_and_held_by_its_finalizer()
    {
        var ns = (Namespace)Created("team").Object!;

        Assert.Equal("Active", ns.Status.Phase);
        Assert.Equal("team", ns.Metadata.Labels["kubernetes.io/metadata.name"]);
        Assert.Equal(["kubernetes"], ns.Spec.Finalizers);
    }

    [Fact]
    public void The_name_label_cannot_be_removed()
    {
        var run = Created("team");
        var ns = (Namespace)run.Object!;
        run.Send(new Replace(ns with
        {
            Metadata = ns.Metadata with { Labels = ValueMap<string>.Empty.With("team", "blue") },
        }));

        Assert.Equal(["kubernetes.io/metadata.name", "team"], run.Object!.Metadata.Labels.Keys);
    }

    [Fact]
    public void Deleting_makes_it_terminating_until_it_is_empty()
    {
        var run = Created("team").Send(Delete.Background);

        var ns = (Namespace)run.Object!;
        Assert.NotNull(ns.Metadata.DeletionTimestamp);
        Assert.Equal("Terminating", ns.Status.Phase);
        Assert.Equal(ns, ((Reply.Accepted)run.LastReply!).Object);

        run.Send(new FinalizerDone("stranger", "kubernetes"));
        Assert.NotNull(run.Object);

        run.Send(new FinalizerDone(ns.Metadata.Uid!, "kubernetes"));
        Assert.Null(run.Object);
    }

    [Fact]
    public void Emptiness_alone_does_not_remove_an_active_namespace()
    {
        var run = Created("team");
        run.Send(new FinalizerDone(run.Object!.Metadata.Uid!, "kubernetes"));

        Assert.Equal(["kubernetes"], ((Namespace)run.Object!).Spec.Finalizers);
    }

    [Theory]
    [InlineData("default", true)]
    [InlineData("kube-system", true)]
    [InlineData("kube-public", true)]
    [InlineData("kube-node-lease", false)]
    public void The_clusters_own_namespaces_cannot_be_deleted(string name, bool isForbidden)
    {
        var run = Created(name).Send(Delete.Background);

        Assert.Equal(isForbidden, run.LastReply is Reply.Rejected);
        if (run.LastReply is Reply.Rejected rejected)
        {
            Assert.Equal(403, rejected.Status.Code);
            Assert.Equal(
                $"namespaces \"{name}\" is forbidden: this namespace may not be deleted", rejected.Status.Message);
        }
    }

    [Fact]
    public void Conditions_say_what_a_terminating_namespace_waits_for()
    {
        var run = Created("team").Send(Delete.Background);
        run.Send(new NamespaceContent(
            run.Object!.Metadata.Uid!,
            ValueMap<int>.Empty.With("pods", 2).With("deployments.apps", 1),
            ValueMap<int>.Empty.With("example.com/hold", 1)));

        var conditions = ((Namespace)run.Object!).Status.Conditions;
        Assert.Equal(5, conditions.Count);
        Assert.Equal(
            "Some resources are remaining: deployments.apps has 1 resource instances, pods. has 2 resource instances",
            conditions.Single(condition => condition.Type == "NamespaceContentRemaining").Message);
        Assert.Equal(
            "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances",
            conditions.Single(condition => condition.Type == "NamespaceFinalizersRemaining").Message);
        Assert.Equal("Terminating", ((Namespace)run.Object!).Status.Phase);
    }

    [Fact]
    public void The_finalizer_deletes_all_content_and_then_lets_the_namespace_go()
    {
        var run = new ProjectionRun(new NamespaceFinalizer());
        run.Put(Space("team"), Map("team", "a"), Map("team", "b"), Map("other", "c")).Start();
        Assert.Empty(run.TakeTold());

        run.Put(Going("team")).EndBatch();
        var told = run.TakeTold();
        Assert.Equal([Delete.Exactly("uid-a"), Delete.Exactly("uid-b")], told.Take(2).Select(one => one.Message));
        Assert.Equal(2, Assert.IsType<NamespaceContent>(told[2].Message).Resources["configmaps"]);

        run.Remove(Map("team", "a")).EndBatch();
        Assert.Empty(run.TakeTold());

        run.Remove(Map("team", "b")).EndBatch();
        Assert.Equal(
            (new EntityKey("namespaces", "", "team"), new FinalizerDone("uid-team", "kubernetes")),
            Assert.Single(run.TakeTold()));
    }

    [Fact]
    public void What_was_created_in_the_last_moment_is_deleted_too()
    {
        var run = new ProjectionRun(new NamespaceFinalizer());
        run.Put(Going("team"), Map("team", "a")).Start();
        run.TakeTold();
        run.Put(Map("team", "late")).EndBatch();

        Assert.Equal(Delete.Exactly("uid-late"), Assert.Single(run.TakeTold()).Message);
    }

    [Fact]
    public void Deletions_that_do_not_show_are_told_again()
    {
        var run = new ProjectionRun(new NamespaceFinalizer());
        run.Put(Going("team"), Map("team", "a")).Start();
        run.TakeTold();
        run.SleepUntilWoken();

        Assert.Equal(Delete.Exactly("uid-a"), run.TakeTold()[0].Message);
    }

    [Fact]
    public void An_empty_namespace_goes_at_once_even_right_after_the_start()
    {
        var run = new ProjectionRun(new NamespaceFinalizer()).Put(Going("team")).Start();

        Assert.IsType<FinalizerDone>(Assert.Single(run.TakeTold()).Message);
    }

    [Fact]
    public void Every_active_namespace_gets_its_account_and_authority()
    {
        var run = new ProjectionRun(new NamespaceDefaults("PEM")).Put(Space("team"), Going("old")).Start();

        var created = run.TakeTold().Select(one => Assert.IsType<Create>(one.Message).Object).ToList();
        Assert.Equal(["kube-root-ca.crt", "default"], created.Select(one => one.Metadata.Name));
        Assert.All(created, one => Assert.Equal("team", one.Metadata.Namespace));
        Assert.Equal("PEM", Assert.IsType<ConfigMap>(created[0]).Data["ca.crt"]);

        run.Put([.. created]).EndBatch();
        Assert.Empty(run.TakeTold());
        Assert.Null(run.WakesAt);
    }

    [Fact]
    public void Defaults_that_were_deleted_or_falsified_are_restored()
    {
        var run = new ProjectionRun(new NamespaceDefaults("PEM")).Put(Space("team")).Start();
        run.Put([.. run.TakeTold().Select(one => ((Create)one.Message).Object)]).EndBatch();

        run.Remove(run.Get(new EntityKey("serviceaccounts", "team", "default"))!).EndBatch();
        Assert.IsType<Create>(Assert.Single(run.TakeTold()).Message);

        run.SleepUntilWoken();
        var account = Assert.IsType<Create>(Assert.Single(run.TakeTold()).Message).Object;
        var map = (ConfigMap)run.Get(new EntityKey("configmaps", "team", "kube-root-ca.crt"))!;
        run.Put(account, map with { Data = ValueMap<string>.Empty }).EndBatch();
        var restored = Assert.IsType<Replace>(Assert.Single(run.TakeTold()).Message).Object;
        Assert.Equal("PEM", ((ConfigMap)restored).Data["ca.crt"]);
    }

    [Fact]
    public void While_the_authority_is_exchanged_every_namespace_has_both()
    {
        var run = new ProjectionRun(new NamespaceDefaults("A\n-----END CERTIFICATE-----\n")).Put(Space("team")).Start();
        run.Put([.. run.TakeTold().Select(one => ((Create)one.Message).Object)]).EndBatch();
        var trusting = new ClusterAuthority(["A\n-----END CERTIFICATE-----"], "key")
            .Rotate("B\n-----END CERTIFICATE-----", "next");
        run.Put(trusting.ToSecret(null)).EndBatch();
        var both = Assert.IsType<Replace>(Assert.Single(run.TakeTold()).Message).Object;
        Assert.Equal(trusting.Bundle, ((ConfigMap)both).Data["ca.crt"]);

        // Those that come later, too.
        run.Put(both, Space("late")).EndBatch();
        Assert.Contains(run.TakeTold(), told => told.Message is Create { Object: ConfigMap map }
            && map.Data["ca.crt"] == trusting.Bundle);
    }

    [Fact]
    public void The_default_namespaces_carry_their_name_label() =>
        Assert.All(DefaultNamespaces.Creations, create =>
            Assert.Equal(create.Object.Metadata.Name, create.Object.Metadata.Labels[DefaultNamespaces.NameLabel]));

    private static EntityRun Created(string name) =>
        new EntityRun(new NamespaceDecider(), new EntityKey("namespaces", "", name))
            .Send(new Create(new Namespace { Metadata = new ObjectMeta { Name = name } }));

    private static Namespace Space(string name) => new()
    {
        Metadata = new ObjectMeta { Name = name, Uid = "uid-" + name },
        Spec = new NamespaceSpec { Finalizers = ["kubernetes"] },
    };

    private static Namespace Going(string name) => Space(name) with
    {
        Metadata = Space(name).Metadata with { DeletionTimestamp = DateTimeOffset.UnixEpoch },
    };

    private static ConfigMap Map(string ns, string name) =>
        new() { Metadata = new ObjectMeta { Namespace = ns, Name = name, Uid = "uid-" + name } };
}
