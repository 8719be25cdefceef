using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Policy;
using ActorOrchestrator.Domain.Pods;
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
    public void A_static_pod_is_no_victim()
    {
        var mirror = Pod("low", "1").On("n");
        var run = SchedulerRun.With(
            Node("n", cpu: "1"), Urgent("high", "1"), mirror with
            {
                Metadata = mirror.Metadata with
                {
                    Annotations = ValueMap<string>.From([new(StaticPods.MirrorAnnotation, "hash")]),
                },
            });

        Assert.Null(run.NodeOf("high"));
        Assert.Contains(run.Pods, pod => pod.Metadata.Name == "low");
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

    /// <summary>Three nodes, each with a pod in the way: its priority, its label and since when it runs. What the
    /// budgets of the labels a and b allow comes first, then Kubernetes' other rules in their order.</summary>
    [Theory]
    //          budgets    n1            n2            n3            who goes
    [InlineData("a=0 b=1", "5 a 1", "9 b 1", "7 a 1", "n2")]
    [InlineData("a=0 b=0", "5 a 1", "9 b 1", "3 a 1", "n3")]
    [InlineData("a=1 b=1", "5 a 1", "2 b 1", "7 a 1", "n2")]
    [InlineData("", "5 a 1", "2 b 1", "2 a 3", "n3")]
    [InlineData("", "5 a 1", "2 b 3", "2 a 1", "n2")]
    [InlineData("a=0 other/b=0", "5 a 1", "9 b 1", "7 a 1", "n2")]
    public void The_node_is_taken_where_least_harm_is_done(
        string budgets, string first, string second, string third, string expected)
    {
        string[] pods = [first, second, third];
        var run = SchedulerRun.With([
            .. budgets.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Budget),
            .. pods.Select((_, i) => Node($"n{i + 1}", cpu: "1")),
            .. pods.Select((pod, i) => Placed($"on-n{i + 1}", pod).On($"n{i + 1}")),
            Urgent("high", "1"),
        ]);

        Assert.Equal(expected, run.NodeOf("high"));
        Assert.DoesNotContain(run.Pods, pod => pod.Metadata.Name == $"on-{expected}");
    }

    /// <summary>On one node: those are put back first whose budget is used up, even if others matter more.</summary>
    [Theory]
    [InlineData("a=0", "high one three")]
    [InlineData("a=1", "high three two")]
    [InlineData("a=2", "high three two")]
    [InlineData("", "high three two")]
    public void Of_a_nodes_pods_those_stay_whose_budget_is_used_up(string budget, string stay)
    {
        var run = SchedulerRun.With([
            .. budget.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Budget),
            Node("n", cpu: "3"),
            Placed("one", "1 a 1").On("n"), Placed("two", "2 b 1").On("n"), Placed("three", "3 b 1").On("n"),
            Urgent("high", "1"),
        ]);

        Assert.Equal(stay.Split(' '), run.Pods.Select(pod => pod.Metadata.Name!).Order());
    }

    [Fact]
    public void A_pod_that_its_budget_has_let_go_already_is_no_further_harm()
    {
        var budget = Budget("a=0");
        var noted = budget with
        {
            Status = budget.Status with
            {
                DisruptedPods = ValueMap<DateTimeOffset>.From([new("on-n1", DateTimeOffset.UnixEpoch)]),
            },
        };
        KubeObject[] rest =
        [
            Node("n1", cpu: "1"), Node("n2", cpu: "1"),
            Placed("on-n1", "1 a 1").On("n1"), Placed("on-n2", "5 b 1").On("n2"), Urgent("high", "1"),
        ];
        Assert.Equal("n2", SchedulerRun.With([budget, .. rest]).NodeOf("high"));
        Assert.Equal("n1", SchedulerRun.With([noted, .. rest]).NodeOf("high"));
        var without = new SchedulerRun();
        without.Log.Put([budget, .. rest[..4]]).Start();
        without.Settle().Remove(budget).Put(rest[4]);
        Assert.Equal("n1", without.NodeOf("high"));
    }

    [Fact]
    public void Who_makes_room_is_told_why()
    {
        var run = new SchedulerRun { HoldsVictims = true };
        run.Log.Put(Node("n", cpu: "1"), Pod("low", "1").On("n"), Urgent("high", "1")).Start();
        var told = Assert.IsType<Delete>(run.Log.TakeTold().Single(each => each.To.Name == "low").Message);
        Assert.Equal(PodDisruption.Preempted("default-scheduler"), told.Disruption);
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

    /// <summary>"a=1": the budget of the label a lets one pod go.</summary>
    private static PodDisruptionBudget Budget(string text)
    {
        var (label, allowed) = (text.Split('=')[0].Split('/')[^1], int.Parse(text.Split('=')[1]));
        return new PodDisruptionBudget
        {
            Metadata = new ObjectMeta
            {
                Name = label, Namespace = text.Contains('/') ? text.Split('/')[0] : "default", Uid = $"uid-{text}",
            },
            Spec = new PodDisruptionBudgetSpec
            {
                Selector = new LabelSelector { MatchLabels = ValueMap<string>.From([new("app", label)]) },
            },
            Status = new PodDisruptionBudgetStatus { DisruptionsAllowed = allowed },
        };
    }

    /// <summary>"5 a 1": priority 5, label a, running since second 1.</summary>
    private static Pod Placed(string name, string text)
    {
        var parts = text.Split(' ');
        var pod = Urgent(name, "1", int.Parse(parts[0])).Labelled("app", parts[1]);
        return pod with
        {
            Status = pod.Status with { StartTime = DateTimeOffset.UnixEpoch.AddSeconds(int.Parse(parts[2])) },
        };
    }

    private static Pod Urgent(string name, string cpu, int priority = 100) =>
        Pod(name, cpu).With(spec => spec with { Priority = priority });
}
