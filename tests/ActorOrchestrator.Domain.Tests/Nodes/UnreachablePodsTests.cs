using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.Tests.Projections;
using static ActorOrchestrator.Domain.Tests.Scheduling.Samples;

namespace ActorOrchestrator.Domain.Tests.Nodes;

public sealed class UnreachablePodsTests
{
    [Fact]
    public void Ready_pods_of_a_silent_node_count_as_not_ready()
    {
        var run = new ProjectionRun(new UnreachablePods());
        run.Put(Heard("n", "True"), Serving("p").On("n"), Pod("starting").On("n"), Serving("other").On("m")).Start();
        run.Put(Heard("n", "Unknown")).EndBatch();

        var (to, message) = Assert.Single(run.TakeTold());
        Assert.Equal("p", to.Name);
        var conditions = Assert.IsType<PodStatusReported>(message).Status.Conditions;
        Assert.Equal(["Initialized True", "Ready False"], conditions.Select(one => $"{one.Type} {one.Status}"));
        Assert.Equal(("NodeNotReady", "Node is not ready"), Assert.Single(run.RecordedEvents));
    }

    [Fact]
    public void They_are_marked_once_and_again_only_when_the_node_falls_silent_again()
    {
        var run = new ProjectionRun(new UnreachablePods());
        run.Put(Heard("n", "Unknown"), Serving("p").On("n")).Start();
        Assert.Single(run.TakeTold());

        run.Put(Heard("n", "Unknown").Labelled("a", "b")).EndBatch();
        Assert.Empty(run.TakeTold());

        run.Put(Heard("n", "True")).EndBatch();
        Assert.Empty(run.TakeTold());

        run.Put(Heard("n", "Unknown")).EndBatch();
        Assert.Single(run.TakeTold());
    }

    [Fact]
    public void A_pod_that_is_still_ready_is_told_again_until_it_is_not()
    {
        var run = new ProjectionRun(new UnreachablePods());
        run.Put(Heard("n", "Unknown"), Serving("p").On("n")).Start();
        Assert.Single(run.TakeTold());

        Assert.Single(run.SleepUntilWoken().TakeTold());

        run.Put(Pod("p").On("n")).EndBatch();
        Assert.Empty(run.SleepUntilWoken().TakeTold());
        Assert.Null(run.WakesAt);
    }

    [Fact]
    public void A_report_that_was_under_way_when_the_node_fell_silent_does_not_last()
    {
        var run = new ProjectionRun(new UnreachablePods());
        run.Put(Heard("n", "Unknown"), Pod("p").On("n")).Start();
        Assert.Empty(run.TakeTold());

        run.Put(Serving("p").On("n")).EndBatch();
        Assert.Single(run.SleepUntilWoken().TakeTold());
    }

    private static Node Heard(string name, string ready) => Node(name) with
    {
        Status = new NodeStatus { Conditions = [new NodeCondition { Type = "Ready", Status = ready }] },
    };

    private static Pod Serving(string name) => Pod(name) with
    {
        Status = new PodStatus
        {
            Phase = "Running",
            Conditions =
            [
                new PodCondition { Type = "Initialized", Status = "True" },
                new PodCondition { Type = "Ready", Status = "True" },
            ],
        },
    };
}
