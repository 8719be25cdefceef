using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using static ActorOrchestrator.Domain.Tests.Scheduling.Samples;

namespace ActorOrchestrator.Domain.Tests.Scheduling;

public sealed class SchedulerTests
{
    [Fact]
    public void Binds_a_waiting_pod_by_telling_it_its_node()
    {
        var run = new SchedulerRun();
        run.Log.Put(Node("a"), Pod("p", "1", "1Gi")).Start();

        var (to, message) = Assert.Single(run.Log.Told);
        Assert.Equal(new EntityKey("pods", "default", "p"), to);
        Assert.Equal(new BindPod("uid-p", "a"), message);
    }

    [Fact]
    public void Notes_the_assignment_when_the_log_shows_it()
    {
        var run = SchedulerRun.With(Node("a"), Pod("p"));

        Assert.Equal(("Scheduled", "Successfully assigned default/p to a"), Assert.Single(run.Log.RecordedEvents));
    }

    [Fact]
    public void Says_nothing_before_it_is_started()
    {
        var run = new SchedulerRun();
        run.Log.Put(Node("a"), Pod("p"));

        Assert.Empty(run.Log.Told);
    }

    [Fact]
    public void Leaves_alone_what_is_not_its_business()
    {
        var run = SchedulerRun.With(
            Node("a"),
            Pod("others").With(spec => spec with { SchedulerName = "volcano" }),
            Pod("bound").On("elsewhere"),
            Pod("going").Terminating(),
            Pod("done").InPhase("Succeeded"));

        Assert.Null(run.NodeOf("others"));
        Assert.Null(run.NodeOf("going"));
        Assert.Null(run.NodeOf("done"));
        Assert.Empty(run.Log.RecordedEvents);
    }

    [Fact]
    public void Holds_a_gated_pod_back_until_its_gates_are_gone()
    {
        var gated = Pod("p").With(spec => spec with { SchedulingGates = [new PodSchedulingGate { Name = "quota" }] });
        var run = SchedulerRun.With(Node("a"), gated);

        Assert.Null(run.NodeOf("p"));
        Assert.Equal("Scheduling is blocked due to non-empty scheduling gates", run.WhyNot("p"));

        run.Put(Pod("p"));
        Assert.Equal("a", run.NodeOf("p"));
    }

    [Fact]
    public void Counts_an_assumed_pod_before_the_log_shows_its_binding()
    {
        var run = new SchedulerRun();
        run.Log.Put(Node("a", cpu: "1"), Pod("first", "800m"), Pod("second", "800m")).Start();

        Assert.Single(run.Log.Told, told => told.Message is BindPod);
        Assert.Single(run.Log.Told, told => told.Message is PodUnschedulable);
    }

    [Fact]
    public void Tells_an_assumed_pod_again_when_the_log_does_not_show_its_binding()
    {
        var run = new SchedulerRun();
        run.Log.Put(Node("a"), Pod("p")).Start();
        var first = Assert.Single(run.Log.TakeTold());

        run.Log.SleepUntilWoken();
        Assert.Equal(first, Assert.Single(run.Log.TakeTold()));
    }

    [Fact]
    public void Tells_a_pod_of_another_node_when_the_first_has_become_unfit_before_its_binding_is_seen()
    {
        var run = Unconfirmed(Node("a", cpu: "1"), Pod("p", "1"));
        run.Log.Put(Unreachable(Node("a", cpu: "1")), Node("b", cpu: "1"), Pod("q", "1")).EndBatch();
        Assert.Equal(new BindPod("uid-q", "b"), Assert.Single(run.Log.TakeTold()).Message);

        run.Log.Put(Node("c")).SleepUntilWoken();
        Assert.Contains(run.Log.TakeTold(), told => told.Message is BindPod { Uid: "uid-p", Node: "c" });
    }

    [Fact]
    public void Tells_a_pod_of_no_node_while_none_fits_any_more()
    {
        var run = Unconfirmed(Node("a"), Pod("p"));
        run.Log.Put(Unreachable(Node("a"))).SleepUntilWoken();
        var why = Assert.IsType<PodUnschedulable>(Assert.Single(run.Log.TakeTold()).Message);
        Assert.Contains("untolerated taint", why.Message, StringComparison.Ordinal);

        run.Log.SleepUntilWoken();
        Assert.Empty(run.Log.TakeTold());

        run.Log.Put(Node("a")).SleepUntilWoken();
        Assert.Equal(new BindPod("uid-p", "a"), Assert.Single(run.Log.TakeTold()).Message);
    }

    [Fact]
    public void Looks_for_another_node_when_the_first_has_gone()
    {
        var run = Unconfirmed(Node("a"), Pod("p"));
        run.Log.Remove(Node("a")).Put(Node("b")).SleepUntilWoken();
        Assert.Equal(new BindPod("uid-p", "b"), Assert.Single(run.Log.TakeTold()).Message);
    }

    [Fact]
    public void Keeps_room_on_every_node_that_a_pod_was_told_of_until_the_log_shows_which_it_has()
    {
        var run = Unconfirmed(Node("a", cpu: "1"), Pod("p", "1"));
        run.Log.Put(Unreachable(Node("a", cpu: "1")), Node("b", cpu: "1")).SleepUntilWoken();
        Assert.Equal(new BindPod("uid-p", "b"), Assert.Single(run.Log.TakeTold()).Message);

        run.Log.Put(Node("a", cpu: "1"), Pod("q", "1")).EndBatch();
        Assert.IsType<PodUnschedulable>(Assert.Single(run.Log.TakeTold()).Message);

        // The first message was late, and has come first.
        run.Log.Put(Pod("p", "1").On("a")).EndBatch();
        Assert.Equal(new BindPod("uid-q", "b"), Assert.Single(run.Log.TakeTold()).Message);
        Assert.Contains(("Scheduled", "Successfully assigned default/p to a"), run.Log.RecordedEvents);
    }

    [Fact]
    public void Comes_back_to_a_node_that_it_keeps_for_the_pod_itself()
    {
        var run = Unconfirmed(Node("a", cpu: "1"), Pod("p", "1"));
        run.Log.Put(Unreachable(Node("a", cpu: "1")), Node("b", cpu: "1")).SleepUntilWoken();
        run.Log.TakeTold();

        run.Log.Put(Node("a", cpu: "1"), Unreachable(Node("b", cpu: "1"))).SleepUntilWoken();
        Assert.Equal(new BindPod("uid-p", "a"), Assert.Single(run.Log.TakeTold()).Message);

        run.Log.Put(Pod("p", "1").On("a"), Node("b", cpu: "1"), Pod("q", "1")).EndBatch();
        Assert.Equal(new BindPod("uid-q", "b"), Assert.Single(run.Log.TakeTold()).Message);
    }

    [Fact]
    public void Keeps_that_room_when_the_pods_labels_change()
    {
        var run = Unconfirmed(Node("a", cpu: "1"), Pod("p", "1"));
        run.Log.Put(Unreachable(Node("a", cpu: "1")), Node("b", cpu: "1")).SleepUntilWoken();
        run.Log.Put(Node("a", cpu: "1"), Pod("p", "1").Labelled("k", "v")).EndBatch();
        run.Log.TakeTold();

        run.Log.Put(Pod("q", "1")).EndBatch();
        Assert.IsType<PodUnschedulable>(Assert.Single(run.Log.TakeTold()).Message);
        run.Log.Remove(Pod("p")).EndBatch();
        Assert.IsType<BindPod>(Assert.Single(run.Log.TakeTold()).Message);
    }

    [Fact]
    public void A_label_of_a_pod_on_a_node_that_is_gone_takes_room_from_no_other()
    {
        var run = SchedulerRun.With(Pod("p", "1").On("gone"));
        run.Put(Pod("p", "1").On("gone").Labelled("k", "v"));
        run.Put(Node("a", cpu: "1"), Pod("q", "1"));
        Assert.Equal("a", run.NodeOf("q"));
    }

    [Fact]
    public void Frees_the_reservation_of_a_pod_that_is_deleted_before_it_was_bound()
    {
        var run = new SchedulerRun();
        run.Log.Put(Node("a", cpu: "1"), Pod("first", "1"), Pod("second", "1")).Start();
        run.Log.TakeTold();

        run.Log.Remove(Pod("first")).EndBatch();
        Assert.Equal(new BindPod("uid-second", "a"), Assert.Single(run.Log.TakeTold()).Message);
    }

    [Fact]
    public void Accepts_that_somebody_else_bound_the_pod_elsewhere()
    {
        var run = new SchedulerRun();
        run.Log.Put(Node("a", cpu: "1"), Node("b", cpu: "1").Cordoned(), Pod("p", "1")).Start();
        run.Log.TakeTold();

        run.Log.Put(Pod("p", "1").On("b"), Pod("q", "1")).EndBatch();
        Assert.Equal(new BindPod("uid-q", "a"), Assert.Single(run.Log.TakeTold()).Message);
    }

    [Fact]
    public void Places_higher_priority_first_and_then_the_older()
    {
        var run = new SchedulerRun();
        run.Log.Put(
            Node("a", cpu: "2"),
            Created(Pod("young", "1"), 2), Created(Pod("old", "1"), 1),
            Created(Pod("urgent", "1").With(spec => spec with { Priority = 10 }), 3)).Start();
        run.Settle();

        Assert.Equal("a", run.NodeOf("urgent"));
        Assert.Equal("a", run.NodeOf("old"));
        Assert.Null(run.NodeOf("young"));
    }

    [Fact]
    public void Explains_a_failure_in_the_words_of_Kubernetes()
    {
        var run = SchedulerRun.With(
            Node("small", cpu: "500m"),
            Node("gpu").Tainted("dedicated", "gpu", "NoSchedule"),
            Node("cordoned").Cordoned(),
            Pod("p", "1"));

        const string expected = "0/3 nodes are available: 1 Insufficient cpu, "
            + "1 node(s) had untolerated taint {dedicated: gpu}, 1 node(s) were unschedulable.";
        Assert.Equal(expected, run.WhyNot("p"));
        Assert.Equal(("FailedScheduling", expected), Assert.Single(run.Log.RecordedEvents));
    }

    [Fact]
    public void Says_so_when_there_are_no_nodes() =>
        Assert.Equal("no nodes available to schedule pods", SchedulerRun.With(Pod("p")).WhyNot("p"));

    [Fact]
    public void Tries_again_when_a_change_helps()
    {
        var run = SchedulerRun.With(Node("a", cpu: "1").Cordoned(), Pod("hog", "1").On("a"), Pod("p", "1"));
        Assert.Null(run.NodeOf("p"));

        run.Put(Node("a", cpu: "1"));
        Assert.Null(run.NodeOf("p"));

        run.Put(Pod("hog", "1").On("a").InPhase("Succeeded"));
        Assert.Equal("a", run.NodeOf("p"));
    }

    [Fact]
    public void Corrects_the_reasons_of_a_waiting_pod_but_not_with_every_change()
    {
        var run = SchedulerRun.With(Node("a", cpu: "1"), Pod("p", "2"));
        Assert.Equal("0/1 nodes are available: 1 Insufficient cpu.", run.WhyNot("p"));

        run.Put(Node("b", cpu: "1"));
        Assert.Equal("0/1 nodes are available: 1 Insufficient cpu.", run.WhyNot("p"));

        run.Log.SleepUntilWoken();
        run.Settle();
        Assert.Equal("0/2 nodes are available: 2 Insufficient cpu.", run.WhyNot("p"));
    }

    [Fact]
    public void Tells_pods_that_join_a_waiting_class_why_they_wait()
    {
        var run = SchedulerRun.With(Node("a", cpu: "1"), Pod("p", "2"));
        run.Put(Pod("q", "2"));

        Assert.Equal("0/1 nodes are available: 1 Insufficient cpu.", run.WhyNot("q"));
    }

    [Fact]
    public void Remembers_pods_on_a_node_that_it_has_not_seen_yet()
    {
        var run = SchedulerRun.With(Pod("early", "1").On("a"), Pod("p", "1"));
        run.Put(Node("a", cpu: "1"));
        Assert.Null(run.NodeOf("p"));

        run.Remove(Pod("early"));
        Assert.Equal("a", run.NodeOf("p"));
    }

    [Fact]
    public void Spreads_the_pods_of_an_owner_over_nodes()
    {
        KubeObject[] pods = [.. Enumerable.Range(0, 6).Select(i => Pod($"p{i}", "10m").OwnedBy("web"))];
        var run = SchedulerRun.With([Node("a"), Node("b", cpu: "16", memory: "32Gi"), Node("c"), .. pods]);

        Assert.All(run.Pods.GroupBy(pod => pod.Spec.NodeName), node => Assert.Equal(2, node.Count()));
    }

    [Fact]
    public void Prefers_the_machine_with_less_live_load()
    {
        var run = new SchedulerRun();
        run.Log.Put(Node("a"), Node("b"), Node("c"));
        run.Scheduler.ObserveLoad("a", 900);
        run.Scheduler.ObserveLoad("c", 700);
        run.Log.Put(Pod("p")).Start();

        Assert.Equal(new BindPod("uid-p", "b"), Assert.Single(run.Log.Told).Message);
    }

    private static Pod Created(Pod pod, int second) => pod with
    {
        Metadata = pod.Metadata with { CreationTimestamp = DateTimeOffset.UnixEpoch.AddSeconds(second) },
    };

    /// <summary>A scheduler that has told the pods of nodes, and sees nothing of it.</summary>
    private static SchedulerRun Unconfirmed(params KubeObject[] objects)
    {
        var run = new SchedulerRun();
        run.Log.Put(objects).Start();
        Assert.Contains(run.Log.TakeTold(), told => told.Message is BindPod { Node: "a" });
        return run;
    }

    private static Node Unreachable(Node node) => node.Tainted("node.kubernetes.io/unreachable", null, "NoSchedule");
}
