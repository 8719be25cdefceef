using ActorOrchestrator.Api.Core;
using static ActorOrchestrator.Domain.Tests.Scheduling.Samples;

namespace ActorOrchestrator.Domain.Tests.Scheduling;

public sealed class PreemptionTests
{
    [Fact]
    public void A_pod_of_lower_priority_makes_room()
    {
        var run = SchedulerRun.With(Node("n", cpu: "1"), Pod("low", "1").On("n"), Urgent("high", "1"));

        Assert.Equal("n", run.NodeOf("high"));
        Assert.DoesNotContain(run.Pods, pod => pod.Metadata.Name == "low");
        Assert.Contains(("Preempted", "Preempted by pod uid-high on node n"), run.Log.RecordedEvents);
    }

    [Fact]
    public void Nobody_goes_for_a_pod_of_equal_priority_or_one_that_does_not_preempt()
    {
        var run = SchedulerRun.With(
            Node("n", cpu: "1"), Urgent("here", "1").On("n"), Urgent("equal", "1"),
            Urgent("polite", "1", 50).With(spec => spec with { PreemptionPolicy = "Never" }));

        Assert.Null(run.NodeOf("equal"));
        Assert.Null(run.NodeOf("polite"));
        Assert.Equal("n", run.NodeOf("here"));
    }

    [Fact]
    public void Only_as_many_go_as_must_and_the_least_important_first()
    {
        var run = SchedulerRun.With(
            Node("n", cpu: "3"),
            Urgent("one", "1", 1).On("n"), Urgent("two", "1", 2).On("n"), Urgent("three", "1", 3).On("n"),
            Urgent("high", "2"));

        Assert.Equal(["high", "three"], run.Pods.Select(pod => pod.Metadata.Name!).Order());
    }

    [Fact]
    public void The_node_is_taken_where_the_victims_matter_least()
    {
        var run = SchedulerRun.With(
            Node("a", cpu: "1"), Node("b", cpu: "1"), Node("c", cpu: "1"),
            Urgent("on-a", "1", 5).On("a"), Urgent("on-b", "1", 2).On("b"), Urgent("on-c", "1", 7).On("c"),
            Urgent("high", "1"));

        Assert.Equal("b", run.NodeOf("high"));
    }

    [Fact]
    public void Nobody_goes_where_it_would_not_help()
    {
        var run = SchedulerRun.With(
            Node("small", cpu: "1"), Node("tainted", cpu: "4").Tainted("k", "v", "NoSchedule"),
            Pod("low", "1").On("small"), Pod("other", "4").On("tainted"), Urgent("high", "2"));

        Assert.Null(run.NodeOf("high"));
        Assert.Equal(3, run.Pods.Count());
    }

    [Fact]
    public void The_room_is_kept_for_the_pod_that_it_was_made_for()
    {
        var run = new SchedulerRun { HoldsVictims = true };
        run.Log.Put(Node("n", cpu: "2"), Pod("low-1", "1").On("n"), Pod("low-2", "1").On("n"), Urgent("high", "2"));
        run.Log.Start();
        run.Settle();

        run.Put(Pod("low-1", "1").On("n").Terminating(), Pod("low-2", "1").On("n").Terminating());
        run.Remove(Pod("low-1")).Put(Pod("replacement", "1"));
        Assert.Null(run.NodeOf("replacement"));
        Assert.Null(run.NodeOf("high"));

        run.Remove(Pod("low-2"));
        Assert.Equal("n", run.NodeOf("high"));
        Assert.Null(run.NodeOf("replacement"));
    }

    [Fact]
    public void The_room_is_for_everybody_again_when_that_pod_is_gone()
    {
        var run = new SchedulerRun { HoldsVictims = true };
        run.Log.Put(Node("n", cpu: "1"), Pod("low", "1").On("n"), Urgent("high", "1"), Pod("next", "1"));
        run.Log.Start();
        run.Settle();

        run.Remove(Urgent("high", "1")).Remove(Pod("low"));
        Assert.Equal("n", run.NodeOf("next"));
    }

    [Fact]
    public void Pods_that_are_going_anyway_are_waited_for_instead_of_making_others_go()
    {
        var run = SchedulerRun.With(
            Node("a", cpu: "1"), Node("b", cpu: "1"),
            Pod("going", "1").On("a").Terminating(), Pod("low", "1").On("b"), Urgent("high", "1"));
        Assert.Null(run.NodeOf("high"));

        run.Remove(Pod("going"));
        Assert.Equal("a", run.NodeOf("high"));
        Assert.Equal("b", run.NodeOf("low"));
    }

    private static Pod Urgent(string name, string cpu, int priority = 100) =>
        Pod(name, cpu).With(spec => spec with { Priority = priority });
}
