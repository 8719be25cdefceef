using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.GarbageCollection;
using ActorOrchestrator.Domain.Tests.Projections;

namespace ActorOrchestrator.Domain.Tests.GarbageCollection;

public sealed class GarbageCollectorTests
{
    [Fact]
    public void Dependents_of_an_owner_that_is_gone_are_deleted()
    {
        var run = Run(Map("owner"), Map("child", Owner("owner")), Map("stranger"));
        Assert.Empty(run.TakeTold());

        run.Remove(Map("owner")).EndBatch();
        AssertDeletes(run, "Background", "child");
    }

    [Fact]
    public void A_dependent_with_another_owner_only_loses_the_reference()
    {
        var run = Run(Map("a"), Map("b"), Map("child", Owner("a"), Owner("b")));
        run.Remove(Map("a")).EndBatch();

        Assert.Equal((Key("child"), new Release("uid-child", "uid-a")), Assert.Single(run.TakeTold()));
    }

    [Fact]
    public void An_owner_that_never_existed_is_absent_but_only_after_the_start()
    {
        var run = new ProjectionRun(new GarbageCollector());
        run.Put(Map("child", Owner("late")), Map("lost", Owner("never")), Map("late")).Start();

        AssertDeletes(run, "Background", "lost");
    }

    [Fact]
    public void An_object_of_the_same_name_but_another_uid_is_no_owner()
    {
        var run = Run(Map("owner"), Map("child", Owner("owner")));
        run.Put(Map("owner") with { Metadata = Map("owner").Metadata with { Uid = "other" } }).EndBatch();

        AssertDeletes(run, "Background", "child");
    }

    [Fact]
    public void A_reference_into_another_namespace_counts_as_absent()
    {
        var run = Run(
            Map("owner"),
            Map("child", Owner("owner")) with
            {
                Metadata = Map("child", Owner("owner")).Metadata with { Namespace = "elsewhere" },
            });

        Assert.IsType<Delete>(Assert.Single(run.TakeTold()).Message);
    }

    [Fact]
    public void An_owner_of_a_kind_that_is_not_served_is_left_in_peace()
    {
        var foreign = Owner("x") with { ApiVersion = "example.com/v1", Kind = "Widget" };

        Assert.Empty(Run(Map("child", foreign)).TakeTold());
    }

    [Fact]
    public void Ownership_crosses_kinds()
    {
        var set = new ReplicaSet { Metadata = Meta("web") };
        var pod = new Pod
        {
            Metadata = Meta("web-1", new OwnerReference
            {
                ApiVersion = "apps/v1", Kind = "ReplicaSet", Name = "web", Uid = "uid-web",
            }),
        };
        var run = Run(set, pod);
        run.Remove(set).EndBatch();

        Assert.Equal(new EntityKey("pods", "default", "web-1"), Assert.Single(run.TakeTold()).To);
    }

    [Fact]
    public void A_pod_that_is_kept_for_a_job_is_let_go_once_there_is_no_job()
    {
        var job = new Job { Metadata = Meta("work") };
        var pod = new Pod
        {
            Metadata = Meta("work-1", new OwnerReference
            {
                ApiVersion = "batch/v1", Kind = "Job", Name = "work", Uid = "uid-work", Controller = true,
            }) with { Finalizers = [Finalizers.JobTracking] },
        };
        var stranger = new Pod { Metadata = Meta("alone") with { Finalizers = [Finalizers.JobTracking] } };
        var run = Run(job, pod, stranger);
        Assert.Equal(
            new FinalizerDone("uid-alone", Finalizers.JobTracking), Assert.Single(run.TakeTold()).Message);

        run.Remove(job).EndBatch();
        Assert.Equal(
            [typeof(FinalizerDone), typeof(Delete)], run.TakeTold().Select(told => told.Message.GetType()));
    }

    [Fact]
    public void A_pod_that_lost_its_job_is_let_go()
    {
        var job = new Job { Metadata = Meta("work") };
        var reference = new OwnerReference
        {
            ApiVersion = "batch/v1", Kind = "Job", Name = "work", Uid = "uid-work", Controller = true,
        };
        var pod = new Pod { Metadata = Meta("work-1", reference) with { Finalizers = [Finalizers.JobTracking] } };
        var run = Run(job, pod);
        Assert.Empty(run.TakeTold());

        run.Put(pod with { Metadata = pod.Metadata with { OwnerReferences = [] } }).EndBatch();
        Assert.Equal(
            new FinalizerDone("uid-work-1", Finalizers.JobTracking), Assert.Single(run.TakeTold()).Message);
    }

    [Fact]
    public void Foreground_deletion_waits_for_the_dependents_that_block_it()
    {
        var run = Run(Map("owner"), Map("blocking", Blocking("owner")), Map("other", Owner("owner")));
        run.Put(Going(Map("owner"), Finalizers.Foreground)).EndBatch();
        AssertDeletes(run, "Background", "blocking", "other");

        run.Remove(Map("other")).EndBatch();
        Assert.Empty(run.TakeTold());

        run.Remove(Map("blocking")).EndBatch();
        Assert.Equal(
            (Key("owner"), new FinalizerDone("uid-owner", "foregroundDeletion")), Assert.Single(run.TakeTold()));
    }

    [Fact]
    public void Foreground_deletion_goes_down_the_chain()
    {
        var run = Run(Map("top"), Map("middle", Blocking("top")), Map("leaf", Blocking("middle")));
        run.Put(Going(Map("top"), Finalizers.Foreground)).EndBatch();
        AssertDeletes(run, "Foreground", "middle");

        run.Put(Going(Map("middle", Blocking("top")), Finalizers.Foreground)).EndBatch();
        AssertDeletes(run, "Background", "leaf");

        run.Remove(Map("leaf")).EndBatch();
        Assert.Equal(Key("middle"), Assert.Single(run.TakeTold()).To);

        run.Remove(Map("middle")).EndBatch();
        Assert.Equal(Key("top"), Assert.Single(run.TakeTold()).To);
    }

    [Fact]
    public void Foreground_deletion_without_dependents_is_done_at_once()
    {
        var run = Run(Map("owner"));
        run.Put(Going(Map("owner"), Finalizers.Foreground)).EndBatch();

        Assert.IsType<FinalizerDone>(Assert.Single(run.TakeTold()).Message);
    }

    [Fact]
    public void A_dependent_that_has_another_owner_survives_a_foreground_deletion()
    {
        var run = Run(Map("a"), Map("b"), Map("child", Blocking("a"), Owner("b")));
        run.Put(Going(Map("a"), Finalizers.Foreground)).EndBatch();
        Assert.Equal((Key("child"), new Release("uid-child", "uid-a")), Assert.Single(run.TakeTold()));

        run.Put(Map("child", Owner("b"))).EndBatch();
        Assert.Equal(Key("a"), Assert.Single(run.TakeTold()).To);
    }

    [Fact]
    public void Circles_of_owners_do_not_wait_for_each_other()
    {
        var run = Run(Map("a", Blocking("c")), Map("b", Blocking("a")), Map("c", Blocking("b")));
        run.Put(Going(Map("a", Blocking("c")), Finalizers.Foreground)).EndBatch();

        Assert.Contains(run.TakeTold(), told => told == (Key("a"), new FinalizerDone("uid-a", "foregroundDeletion")));
    }

    [Fact]
    public void Orphaning_releases_every_dependent_before_the_owner_goes()
    {
        var run = Run(Map("owner"), Map("x", Owner("owner")), Map("y", Owner("owner")));
        run.Put(Going(Map("owner"), Finalizers.Orphan)).EndBatch();
        Assert.Equal(
            [(Key("x"), new Release("uid-x", "uid-owner")), (Key("y"), new Release("uid-y", "uid-owner"))],
            run.TakeTold());

        run.Put(Map("x")).Put(Map("y")).EndBatch();
        Assert.Equal((Key("owner"), new FinalizerDone("uid-owner", "orphan")), Assert.Single(run.TakeTold()));

        run.Remove(Map("owner")).EndBatch();
        Assert.Empty(run.TakeTold());
    }

    [Fact]
    public void What_was_told_is_told_again_if_nothing_comes_of_it()
    {
        var run = Run(Map("owner"), Map("child", Owner("owner")));
        run.Remove(Map("owner")).EndBatch();
        run.TakeTold();

        run.SleepUntilWoken();
        AssertDeletes(run, "Background", "child");

        run.Remove(Map("child")).SleepUntilWoken();
        Assert.Empty(run.TakeTold());
        Assert.Null(run.WakesAt);
    }

    [Fact]
    public void Unfinished_work_is_taken_up_at_the_start()
    {
        var run = new ProjectionRun(new GarbageCollector());
        run.Put(Going(Map("owner"), Finalizers.Orphan), Map("x", Owner("owner"))).Start();

        Assert.Equal((Key("x"), new Release("uid-x", "uid-owner")), Assert.Single(run.TakeTold()));
    }

    private static ProjectionRun Run(params KubeObject[] objects) =>
        new ProjectionRun(new GarbageCollector()).Put(objects).Start();

    private static void AssertDeletes(ProjectionRun run, string policy, params string[] names)
    {
        var told = run.TakeTold();
        Assert.Equal(names.Select(Key), told.Select(one => one.To));
        Assert.All(told, one =>
        {
            var options = Assert.IsType<Delete>(one.Message).Options;
            Assert.Equal(policy, options.PropagationPolicy);
            Assert.Equal("uid-" + one.To.Name, options.Preconditions?.Uid);
        });
    }

    private static EntityKey Key(string name) => new("configmaps", "default", name);

    private static ConfigMap Map(string name, params OwnerReference[] owners) =>
        new() { Metadata = Meta(name, owners) };

    private static ObjectMeta Meta(string name, params OwnerReference[] owners) =>
        new() { Name = name, Namespace = "default", Uid = "uid-" + name, OwnerReferences = [.. owners] };

    private static OwnerReference Owner(string name) =>
        new() { ApiVersion = "v1", Kind = "ConfigMap", Name = name, Uid = "uid-" + name };

    private static OwnerReference Blocking(string name) => Owner(name) with { BlockOwnerDeletion = true };

    private static ConfigMap Going(ConfigMap map, string finalizer) => map with
    {
        Metadata = map.Metadata with { DeletionTimestamp = DateTimeOffset.UnixEpoch, Finalizers = [finalizer] },
    };
}
