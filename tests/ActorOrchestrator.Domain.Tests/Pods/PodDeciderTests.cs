using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Tests.Projections;

namespace ActorOrchestrator.Domain.Tests.Pods;

public sealed class PodDeciderTests
{
    private static readonly EntityKey Key = new("pods", "default", "web-1");

    [Fact]
    public void A_new_pod_is_pending_whatever_status_it_came_with()
    {
        var run = Created(new PodStatus { Phase = "Running" });
        Assert.Equal(("Pending", "BestEffort"), (Now(run).Status.Phase, Now(run).Status.QosClass));
        Assert.Equal("default", Now(run).Spec.ServiceAccountName);
    }

    [Fact]
    public void A_pod_is_bound_once_and_for_good()
    {
        var run = Bound("n1");
        run.Send(new BindPod(null, "n2"));
        Assert.Equal("Conflict", Assert.IsType<Reply.Rejected>(run.LastReply).Status.Reason);
        run.Send(new BindPod(null, "n1"));
        Assert.IsType<Reply.Accepted>(run.LastReply);
        Assert.Equal("n1", Now(run).Spec.NodeName);
        Assert.Single(run.Journal.OfType<PodBound>());
    }

    [Fact]
    public void A_binding_for_another_uid_or_a_terminating_pod_is_refused()
    {
        var run = Created();
        run.Send(new BindPod("another", "n1"));
        Assert.IsType<Reply.Rejected>(run.LastReply);
        Assert.Null(Now(run).Spec.NodeName);
        var going = Created(finalizers: ["example.com/hold"]).Send(Delete.Background);
        going.Send(new BindPod(null, "n1"));
        Assert.IsType<Reply.Rejected>(going.LastReply);
    }

    [Fact]
    public void A_report_changes_the_status_once_and_keeps_conditions_of_others()
    {
        var run = Bound("n1");
        var report = new PodStatus
        {
            Phase = "Running",
            Conditions = [new PodCondition { Type = "Ready", Status = "True" }],
        };
        run.Send(new PodStatusReported(Uid(run), report)).Send(new PodStatusReported(Uid(run), report));
        Assert.Equal(["Ready", "PodScheduled"], Now(run).Status.Conditions.Select(condition => condition.Type));
        Assert.Single(run.Journal.OfType<StatusChanged>());
    }

    /// <summary>A condition says which spec it is about; only a new spec makes a new report of it.</summary>
    [Fact]
    public void Conditions_tell_the_generation_that_they_are_about()
    {
        var run = Created();
        var unschedulable = new PodUnschedulable(Uid(run), "Unschedulable", "no node");
        run.Send(unschedulable).Send(unschedulable);
        Assert.Equal((1, 1), (Observed(run), run.Journal.OfType<StatusChanged>().Count()));
        run.Send(new Replace(WithImage(run, "other"))).Send(unschedulable).Send(unschedulable);
        Assert.Equal((2, 2), (Observed(run), run.Journal.OfType<StatusChanged>().Count()));
        run.Send(new BindPod(null, "n1")).Send(new Replace(WithImage(run, "third")));
        Assert.Equal(2, Observed(run));
        run.Send(new PodStatusReported(Uid(run), new PodStatus { Phase = "Running", ObservedGeneration = 3 }));
        Assert.Equal(3, Observed(run));
        run.Send(Delete.Background with { Disruption = PodDisruption.Evicted });
        Assert.Equal(3, Observed(run, "DisruptionTarget"));

        static long Observed(EntityRun run, string type = "PodScheduled") =>
            Now(run).Status.Conditions.Single(condition => condition.Type == type).ObservedGeneration;

        static Pod WithImage(EntityRun run, string image) => Now(run) with
        {
            Spec = Now(run).Spec with { Containers = [Now(run).Spec.Containers[0] with { Image = image }] },
        };
    }

    [Theory]
    [InlineData("TerminationByKubelet", false)]
    [InlineData("EvictionByEvictionAPI", true)]
    public void Of_a_pods_disruptions_its_agent_takes_back_its_own(string reason, bool stays)
    {
        var run = Bound("n1");
        var disrupted = new PodStatus
        {
            Phase = "Running",
            Conditions = [new PodCondition { Type = "DisruptionTarget", Status = "True", Reason = reason }],
        };
        run.Send(new PodStatusReported(Uid(run), disrupted));
        Assert.Equal(reason, Disruption(run)?.Reason);
        run.Send(new PodStatusReported(Uid(run), disrupted with { Conditions = [] }));
        Assert.Equal(stays, Disruption(run) is not null);
    }

    public static TheoryData<string, PodDisruption> Disruptions => new()
    {
        { "EvictionByEvictionAPI: Eviction API: evicting", PodDisruption.Evicted },
        { "DeletionByTaintManager: Taint manager: deleting due to NoExecute taint", PodDisruption.Tainted },
        { "DeletionByPodGC: PodGC: node no longer exists", PodDisruption.Stranded },
        {
            "PreemptionByScheduler: mine: preempting to accommodate a higher priority pod",
            PodDisruption.Preempted("mine")
        },
    };

    [Theory]
    [MemberData(nameof(Disruptions))]
    public void A_pod_that_the_cluster_ends_says_why(string expected, PodDisruption why)
    {
        var run = Bound("n1");
        run.Send(Delete.Exactly(Uid(run)) with { Disruption = why });
        var condition = Disruption(run)!;
        Assert.Equal(("True", expected), (condition.Status, $"{condition.Reason}: {condition.Message}"));
        Assert.NotNull(Now(run).Metadata.DeletionTimestamp);
        Assert.Equal(condition, Disruption(run.Send(new PodStatusReported(
            Uid(run), new PodStatus { Phase = "Running" }))));
    }

    [Fact]
    public void A_pod_that_goes_already_or_stays_does_not_say_so()
    {
        var run = Bound("n1");
        var disruption = Delete.Exactly(Uid(run)) with { Disruption = PodDisruption.Evicted };
        run.Send(disruption with { DryRun = true });
        run.Send(Delete.Exactly("another") with { Disruption = PodDisruption.Evicted });
        Assert.IsType<Reply.Rejected>(run.LastReply);
        Assert.Null(Disruption(run));
        Assert.Null(Disruption(run.Send(Delete.Background)));
        Assert.Null(Disruption(run.Send(disruption)));
    }

    private static PodCondition? Disruption(EntityRun run) =>
        Now(run).Status.Conditions.FirstOrDefault(condition => condition.Type == "DisruptionTarget");

    [Fact]
    public void A_pod_that_has_ended_is_spared_by_who_decided_before_it_had()
    {
        var run = Bound("n1");
        var deletion = Delete.Exactly(Uid(run)) with { UnlessFinished = true };
        run.Send(new PodStatusReported(Uid(run), new PodStatus { Phase = "Succeeded" })).Send(deletion);
        Assert.Null(Now(run).Metadata.DeletionTimestamp);
        Assert.IsType<Reply.Accepted>(run.LastReply);

        var running = Bound("n1");
        running.Send(Delete.Exactly(Uid(running)) with { UnlessFinished = true });
        Assert.NotNull(Now(running).Metadata.DeletionTimestamp);
    }

    [Fact]
    public void A_report_about_another_uid_is_ignored()
    {
        var run = Bound("n1");
        run.Send(new PodStatusReported("another", new PodStatus { Phase = "Failed" }));
        Assert.Equal("Pending", Now(run).Status.Phase);
        Assert.Equal(409, Assert.IsType<Reply.Rejected>(run.LastReply).Status.Code);
    }

    [Fact]
    public void A_report_is_answered_with_the_pod_as_it_is_then()
    {
        var run = Bound("n1");
        for (var time = 0; time < 2; time++)
        {
            run.Send(new PodStatusReported(Uid(run), new PodStatus { Phase = "Running" }));
            Assert.Equal("Running", ((Pod)Assert.IsType<Reply.Accepted>(run.LastReply).Object).Status.Phase);
        }
    }

    [Fact]
    public void A_mirror_takes_the_report_of_the_pod_that_it_shows()
    {
        var run = new EntityRun(new PodDecider(), Key).Send(new Create(new Pod
        {
            Metadata = new ObjectMeta
            {
                Name = "web-1", Namespace = "default",
                Annotations = ValueMap<string>.From([new(StaticPods.MirrorAnnotation, "of-file")]),
            },
            Spec = new PodSpec { NodeName = "n1", Containers = [new Container { Name = "main", Image = "busybox" }] },
        }));
        run.Send(new PodStatusReported("another", new PodStatus { Phase = "Failed" }));
        run.Send(new PodStatusReported("of-file", new PodStatus { Phase = "Running" }));
        Assert.Equal("Running", Now(run).Status.Phase);
    }

    [Fact]
    public void A_finished_pod_never_runs_again()
    {
        var run = Bound("n1");
        run.Send(new PodStatusReported(Uid(run), new PodStatus { Phase = "Succeeded" }));
        run.Send(new PodStatusReported(Uid(run), new PodStatus { Phase = "Running" }));
        Assert.Equal("Succeeded", Now(run).Status.Phase);
    }

    [Fact]
    public void A_running_pod_stays_until_its_node_has_stopped_it()
    {
        var run = Bound("n1").Send(Delete.Background);
        Assert.Equal(30, Now(run).Metadata.DeletionGracePeriodSeconds);
        run.Send(new PodStopped("another", new PodStatus()));
        Assert.NotNull(run.Object);
        run.Send(new PodStopped(Uid(run), new PodStatus { Phase = "Succeeded" }));
        Assert.Null(run.Object);
    }

    [Fact]
    public void A_pod_that_its_node_has_stopped_waits_for_finalizers_alone_with_the_status_reported_last()
    {
        var run = Bound("n1");
        var held = Now(run).Metadata with { Finalizers = ["example.com/hold"] };
        run.Send(new Replace(Now(run) with { Metadata = held })).Send(Delete.Background);
        run.Send(new PodStatusReported(Uid(run), new PodStatus { Phase = "Succeeded" }));
        run.Pass(TimeSpan.FromMinutes(5)).Send(new PodStopped(Uid(run), null));
        Assert.Equal((0, "Succeeded"), (Now(run).Metadata.DeletionGracePeriodSeconds, Now(run).Status.Phase));
        run.Send(new Replace(Now(run) with { Metadata = Now(run).Metadata with { Finalizers = [] } }));
        Assert.Null(run.Object);
    }

    [Theory]
    [InlineData(null, 30L)]
    [InlineData(5L, 5L)]
    public void The_grace_is_the_options_or_the_pods(long? asked, long granted)
    {
        var run = Bound("n1").Send(new Delete(new DeleteOptions { GracePeriodSeconds = asked }));
        Assert.Equal(granted, Now(run).Metadata.DeletionGracePeriodSeconds);
    }

    [Fact]
    public void A_second_deletion_may_shorten_the_grace_and_not_lengthen_it()
    {
        var run = Bound("n1").Send(new Delete(new DeleteOptions { GracePeriodSeconds = 10 }));
        run.Send(new Delete(new DeleteOptions { GracePeriodSeconds = 60 }));
        Assert.Equal(10, Now(run).Metadata.DeletionGracePeriodSeconds);
        run.Send(new Delete(new DeleteOptions { GracePeriodSeconds = 2 }));
        Assert.Equal(2, Now(run).Metadata.DeletionGracePeriodSeconds);
    }

    [Fact]
    public void A_pod_that_was_never_bound_has_finished_or_is_deleted_by_force_goes_at_once()
    {
        Assert.Null(Created().Send(Delete.Background).Object);
        var finished = Bound("n1");
        finished.Send(new PodStatusReported(Uid(finished), new PodStatus { Phase = "Failed" })).Send(Delete.Background);
        Assert.Null(finished.Object);
        Assert.Null(Bound("n1").Send(new Delete(new DeleteOptions { GracePeriodSeconds = 0 })).Object);
    }

    [Fact]
    public void Replaying_its_journal_gives_the_same_pod()
    {
        var run = Bound("n1");
        run.Send(new PodStatusReported(Uid(run), new PodStatus { Phase = "Running" })).Send(Delete.Background);
        var before = run.Object;
        Assert.Equal(before, run.Restart().Object);
    }

    [Fact]
    public void Its_snapshot_folds_to_the_same_state()
    {
        var run = Bound("n1");
        IBehavior behavior = new PodDecider();
        var state = run.Journal.Aggregate(behavior.Empty, behavior.Apply);
        Assert.Equal(state, behavior.History(state).Aggregate(behavior.Empty, behavior.Apply));
    }

    private static EntityRun Bound(string node) => Created().Send(new BindPod(null, node));

    private static EntityRun Created(PodStatus? status = null, ValueList<string>? finalizers = null) =>
        new EntityRun(new PodDecider(), Key).Send(new Create(new Pod
        {
            Metadata = new ObjectMeta { Name = "web-1", Namespace = "default", Finalizers = finalizers ?? [] },
            Spec = new PodSpec { Containers = [new Container { Name = "main", Image = "busybox" }] },
            Status = status ?? PodStatus.Empty,
        }));

    private static Pod Now(EntityRun run) => (Pod)run.Object!;

    private static string Uid(EntityRun run) => run.Object!.Metadata.Uid!;
}
