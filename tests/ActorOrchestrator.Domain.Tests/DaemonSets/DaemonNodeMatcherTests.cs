using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.DaemonSets;
using ActorOrchestrator.Domain.Tests.Projections;
using static ActorOrchestrator.Domain.Tests.Scheduling.Samples;

namespace ActorOrchestrator.Domain.Tests.DaemonSets;

public sealed class DaemonNodeMatcherTests
{
    private static readonly DaemonSet Logs = Made(generation: 1, desired: 2);

    private readonly DaemonNodeMatcher _matcher = new();

    [Fact]
    public void A_set_is_told_at_the_start_and_once_more()
    {
        var run = new ProjectionRun(_matcher).Put(Node("n1"), Node("n2"), Logs).Start();
        Assert.Equal("n1 Fit, n2 Fit", Text(run));
        run.SleepUntilWoken();
        Assert.Equal("n1 Fit, n2 Fit", Text(run));
        run.EndBatch();
        Assert.Empty(run.Told);
        Assert.Null(run.WakesAt);
    }

    [Fact]
    public void What_counts_of_a_node_is_news_and_the_rest_is_not()
    {
        var run = Quiet();
        run.Put(Node("n1", cpu: "8")).EndBatch();
        Assert.Empty(run.Told);
        run.Put(Node("n1").Tainted("maintenance", null, "NoExecute")).EndBatch();
        Assert.Equal("n1 Unfit, n2 Fit", Text(run));
        run.Remove(Node("n2")).EndBatch();
        Assert.Equal("n1 Unfit", Text(run));
        run.Put(Node("n3")).EndBatch();
        Assert.Equal("n1 Unfit, n3 Fit", Text(run));
    }

    [Fact]
    public void Another_template_is_judged_anew()
    {
        var run = Quiet();
        run.Put(Made(generation: 2, desired: 2).WithPod(spec => spec with { NodeName = "n2" })).EndBatch();
        var matched = Assert.IsType<NodesMatched>(Assert.Single(run.TakeTold()).Message);
        Assert.Equal((2, NodeFit.Unfit), (matched.Generation, matched.Nodes[0].Fit));
    }

    [Fact]
    public void A_set_that_shows_other_nodes_is_told_until_it_does_not()
    {
        var run = Quiet();
        run.Put(Made(generation: 1, desired: 1)).EndBatch();
        Assert.Empty(run.Told);
        run.SleepUntilWoken();
        Assert.Equal("n1 Fit, n2 Fit", Text(run));
        run.SleepUntilWoken();
        Assert.Equal("n1 Fit, n2 Fit", Text(run));
        run.Put(Logs).SleepUntilWoken();
        run.TakeTold();
        run.EndBatch();
        Assert.Null(run.WakesAt);
    }

    private ProjectionRun Quiet()
    {
        var run = new ProjectionRun(_matcher).Put(Node("n1"), Node("n2"), Logs).Start();
        run.SleepUntilWoken();
        run.TakeTold();
        return run;
    }

    private static string Text(ProjectionRun run)
    {
        var (to, message) = Assert.Single(run.TakeTold());
        Assert.Equal(DaemonSetBuilder.Key, to);
        return string.Join(", ", Assert.IsType<NodesMatched>(message).Nodes.Select(node => $"{node.Name} {node.Fit}"));
    }

    private static DaemonSet Made(long generation, int desired)
    {
        var set = DaemonSetBuilder.Make();
        return set with
        {
            Metadata = set.Metadata with { Uid = "u-1", Generation = generation },
            Status = new DaemonSetStatus { DesiredNumberScheduled = desired },
        };
    }
}
