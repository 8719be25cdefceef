using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Tests.Projections;
using static ActorOrchestrator.Domain.Tests.Scheduling.Samples;

namespace ActorOrchestrator.Domain.Tests.Nodes;

public sealed class TaintEvictionTests
{
    [Fact]
    public void A_pod_that_does_not_tolerate_the_taint_goes_at_once()
    {
        var run = Run(Node("n"), Pod("p").On("n"), Pod("elsewhere").On("m"));
        run.Put(Dead(run, "n")).EndBatch();

        Assert.Equal(
            (Key("p"), Delete.Exactly("uid-p") with { Disruption = PodDisruption.Tainted }),
            Assert.Single(run.TakeTold()));
        Assert.Equal("TaintManagerEviction", Assert.Single(run.RecordedEvents).Reason);
    }

    [Fact]
    public void A_pod_that_tolerates_it_for_a_time_goes_after_that_time()
    {
        var run = Run(Node("n"), DefaultTolerations.Kubernetes.Apply(Pod("p").On("n")));
        var start = run.Now;
        run.Put(Dead(run, "n")).EndBatch();
        Assert.Empty(run.TakeTold());

        run.SleepUntilWoken();
        Assert.Equal(TimeSpan.FromSeconds(300), run.Now - start);
        Assert.Single(run.TakeTold());
    }

    [Fact]
    public void The_shortest_tolerated_time_counts()
    {
        var pod = Pod("p").On("n").Tolerating(Tolerate(60)).Tolerating(Tolerate(20)).Tolerating(Tolerate(null));
        var run = Run(Node("n"), pod);
        var start = run.Now;
        run.Put(Dead(run, "n")).EndBatch();

        run.SleepUntilWoken();
        Assert.Equal(TimeSpan.FromSeconds(20), run.Now - start);
        Assert.Single(run.TakeTold());
    }

    /// <summary>kubectl taint writes no timeAdded.</summary>
    [Fact]
    public void Without_a_time_in_the_taint_the_time_runs_from_when_it_was_first_seen()
    {
        var run = Run(Node("n"), Pod("p").On("n").Tolerating(Tolerate(6)));
        var start = run.Now;
        run.Put(Undated("n")).EndBatch();
        run.Now += TimeSpan.FromSeconds(4);
        run.Put(Undated("n") with { Metadata = Undated("n").Metadata with { Generation = 9 } }).EndBatch();
        Assert.Empty(run.TakeTold());

        run.SleepUntilWoken();
        Assert.Equal(TimeSpan.FromSeconds(6), run.Now - start);
        Assert.Single(run.TakeTold());
    }

    [Fact]
    public void A_taint_that_comes_back_is_tolerated_anew()
    {
        var run = Run(Node("n"), Pod("p").On("n").Tolerating(Tolerate(6)));
        run.Put(Undated("n")).EndBatch();
        run.Now += TimeSpan.FromSeconds(5);
        run.Put(Node("n")).EndBatch();
        run.Put(Undated("n")).EndBatch();
        run.SleepUntilWoken();
        Assert.Empty(run.TakeTold());
        run.SleepUntilWoken();
        Assert.Single(run.TakeTold());
    }

    [Fact]
    public void A_pod_that_came_after_the_taint_has_its_whole_time()
    {
        var run = Run(Node("n"));
        run.Put(Dead(run, "n")).EndBatch();
        run.Now += TimeSpan.FromHours(1);
        var bound = run.Now;
        run.Put(PodConditions.Bind(Pod("p").Tolerating(Tolerate(20)), new PodBound("n", bound))).EndBatch();
        Assert.Empty(run.TakeTold());
        run.SleepUntilWoken();
        Assert.Equal(TimeSpan.FromSeconds(20), run.Now - bound);
        Assert.Single(run.TakeTold());
    }

    [Fact]
    public void A_pod_that_tolerates_it_for_ever_stays()
    {
        var run = Run(Node("n"), Pod("p").On("n").Tolerating(Tolerate(null)));
        run.Put(Dead(run, "n")).EndBatch();

        Assert.Empty(run.TakeTold());
        Assert.Null(run.WakesAt);
    }

    [Fact]
    public void A_node_that_recovers_in_time_keeps_its_pods()
    {
        var run = Run(Node("n"), DefaultTolerations.Kubernetes.Apply(Pod("p").On("n")));
        run.Put(Dead(run, "n")).EndBatch();
        run.Put(Node("n")).SleepUntilWoken();

        Assert.Empty(run.TakeTold());
    }

    [Fact]
    public void A_pod_bound_to_a_tainted_node_is_judged_too_and_so_is_one_found_at_the_start()
    {
        var run = new ProjectionRun(new TaintEviction(DampingSettings.Default));
        run.Put(Node("m"), Node("o"), Pod("early").On("n"), Dead(run, "n")).Start();
        Assert.Equal(Key("early"), Assert.Single(run.TakeTold()).To);

        run.Put(Pod("late").On("n")).EndBatch();
        Assert.Equal(Key("late"), Assert.Single(run.TakeTold()).To);
    }

    [Fact]
    public void A_pod_that_is_not_seen_going_is_told_again_until_it_is()
    {
        var run = Run(Node("n"), Pod("p").On("n"));
        run.Put(Dead(run, "n")).EndBatch();
        run.TakeTold();
        run.SleepUntilWoken();
        Assert.Single(run.TakeTold());

        run.Put(Pod("p").On("n").Terminating()).SleepUntilWoken();
        Assert.Empty(run.TakeTold());
        Assert.Null(run.WakesAt);
    }

    /// <summary>A taint's time is written in whole seconds.</summary>
    [Fact]
    public void A_taint_that_was_added_within_this_second_is_tolerated_for_all_of_its_time()
    {
        var run = Run(Node("n"), Pod("p").On("n").Tolerating(Tolerate(1)));
        var dead = Dead(run, "n");
        run.Now += TimeSpan.FromMilliseconds(900);
        var seen = run.Now;
        run.Put(dead).EndBatch();
        Assert.Empty(run.TakeTold());

        run.SleepUntilWoken();
        Assert.Equal(TimeSpan.FromSeconds(1), run.Now - seen);
        Assert.Single(run.TakeTold());
    }

    [Fact]
    public void When_most_nodes_are_lost_their_pods_stay_and_the_node_says_why()
    {
        var run = Run(Node("n"), Pod("p").On("n"), Pod("q").On("m"));
        run.Put(Dead(run, "n"), Dead(run, "m")).EndBatch();
        Assert.Empty(run.TakeTold());
        Assert.All(run.RecordedEvents, told => Assert.Equal("EvictionHeldBack", told.Reason));
        Assert.Contains("2 of 3 nodes are lost", run.RecordedEvents[0].Message, StringComparison.Ordinal);
        run.EndBatch();
        Assert.Equal(2, run.RecordedEvents.Count);

        run.Put(Node("m")).EndBatch();
        Assert.Empty(run.TakeTold());
        Assert.Equal(3, run.RecordedEvents.Count);
        run.SleepUntilWoken();
        Assert.Equal(Key("p"), Assert.Single(run.TakeTold()).To);
    }

    [Fact]
    public void One_machine_alone_keeps_its_pods()
    {
        var run = new ProjectionRun(new TaintEviction(DampingSettings.Default))
            .Put(Node("n"), Pod("p").On("n")).Start();
        run.Put(Dead(run, "n")).EndBatch();
        Assert.Empty(run.TakeTold());
        Assert.Null(run.WakesAt);
    }

    [Fact]
    public void What_a_users_taint_says_is_done_however_many_nodes_are_lost()
    {
        var run = Run(Node("n"), Pod("p").On("n").Tolerating(Tolerate(null)), Pod("q").On("n"));
        var taint = new Taint { Key = "broken", Effect = "NoExecute", TimeAdded = run.Now };
        run.Put(Dead(run, "m"), Dead(run, "n")).EndBatch();
        Assert.Empty(run.TakeTold());

        var dead = Dead(run, "n");
        run.Put(dead with { Spec = dead.Spec with { Taints = dead.Spec.Taints.Add(taint) } }).EndBatch();
        Assert.Equal([Key("p"), Key("q")], run.TakeTold().Select(told => told.To));
    }

    [Fact]
    public void Of_many_lost_nodes_one_after_the_other_is_emptied()
    {
        var names = Enumerable.Range(1, 7).Select(number => $"l{number}").ToList();
        var run = Run([.. names.Select(name => Node(name)), .. names.Select(name => Pod(name).On(name)),
            .. Enumerable.Range(1, 30).Select(number => Node($"w{number}"))]);
        run.Put([.. names.Select(name => Dead(run, name))]).EndBatch();
        Assert.Equal([Key("l1"), Key("l2")], run.TakeTold().Select(told => told.To));

        run.SleepUntilWoken();
        Assert.Contains(Key("l3"), run.TakeTold().Select(told => told.To));
    }

    [Theory]
    [InlineData(null, null, 2)]
    [InlineData("node.kubernetes.io/not-ready", "NoExecute", 1)]
    [InlineData("node.kubernetes.io/not-ready", "NoSchedule", 2)]
    [InlineData("", "", 0)]
    public void Default_tolerations_are_added_unless_the_pod_speaks_of_the_taint(string? key, string? effect, int added)
    {
        var pod = key is null
            ? Pod("p")
            : Pod("p").Tolerating(new Toleration { Key = key, Operator = "Exists", Effect = effect });
        var before = pod.Spec.Tolerations.Count;

        Assert.Equal(added, DefaultTolerations.Kubernetes.Apply(pod).Spec.Tolerations.Count - before);
    }

    [Fact]
    public void Pods_of_a_node_that_does_not_exist_are_removed_after_quarantine()
    {
        var run = new ProjectionRun(new StrandedPods());
        run.Put(Node("n"), Pod("here").On("n"), Pod("stranded").On("gone")).Start();
        Assert.Empty(run.TakeTold());

        run.SleepUntilWoken();
        var (to, message) = Assert.Single(run.TakeTold());
        Assert.Equal(Key("stranded"), to);
        var deletion = Assert.IsType<Delete>(message);
        Assert.Equal(0, deletion.Options.GracePeriodSeconds);
        Assert.Equal(PodDisruption.Stranded, deletion.Disruption);

        run.Remove(Pod("stranded")).Remove(Node("n")).EndBatch().SleepUntilWoken();
        Assert.Equal(Key("here"), Assert.Single(run.TakeTold()).To);
    }

    [Fact]
    public void A_node_that_registers_in_time_keeps_its_pods()
    {
        var run = new ProjectionRun(new StrandedPods());
        run.Put(Pod("early").On("n")).Start();
        run.Put(Node("n")).EndBatch();

        Assert.Null(run.WakesAt);
    }

    [Fact]
    public void A_fenced_pod_stays_whatever_it_tolerates_until_it_has_ended_and_goes_at_once_then()
    {
        var run = Run(Node("n"), Fenced("p"), Pod("q").On("n"));
        run.Put(Lost(run, fenced: null)).EndBatch();
        Assert.Equal([Key("q")], run.TakeTold().Select(told => told.To));
        Assert.Contains(run.RecordedEvents, told => told.Reason == "FenceAwaited");

        run.Now += TimeSpan.FromHours(1);
        run.Put(Lost(run, fenced: "False")).EndBatch();
        Assert.DoesNotContain(run.TakeTold(), told => told.To == Key("p"));

        run.Put(Lost(run, fenced: "True")).EndBatch();
        Assert.Contains((Key("p"), Gone("p")), run.TakeTold());
    }

    [Fact]
    public void A_fenced_pod_that_was_told_to_go_is_gone_when_it_has_ended()
    {
        var pod = Fenced("p");
        var run = Run(Node("n"), pod with
        {
            Metadata = pod.Metadata with { DeletionTimestamp = DateTimeOffset.UnixEpoch },
        });
        run.Put(Lost(run, fenced: null)).EndBatch();
        Assert.Empty(run.TakeTold());

        run.Put(Lost(run, fenced: "True")).EndBatch();
        Assert.Equal((Key("p"), Gone("p")), Assert.Single(run.TakeTold()));
    }

    [Fact]
    public void A_user_says_by_a_taint_that_all_pods_of_a_lost_node_have_ended()
    {
        var pod = Pod("q").On("n");
        var run = Run(Node("n"), Fenced("p"), pod with
        {
            Metadata = pod.Metadata with { DeletionTimestamp = DateTimeOffset.UnixEpoch },
        });
        var lost = Lost(run, fenced: null);
        run.Put(lost with
        {
            Spec = new NodeSpec
            {
                Taints = lost.Spec.Taints.Add(new Taint { Key = WellKnownTaints.OutOfService, Effect = "NoExecute" }),
            },
        }).EndBatch();

        Assert.Equal(
            [(Key("p"), Gone("p")), (Key("q"), Gone("q"))],
            run.TakeTold().OrderBy(told => told.To.Name, StringComparer.Ordinal));
    }

    [Fact]
    public void A_fenced_pod_of_a_node_that_speaks_is_told_to_go_as_any()
    {
        var run = Run(Node("n"), Fenced("p"));
        run.Put(Node("n") with
        {
            Spec = new NodeSpec { Taints = [new Taint { Key = WellKnownTaints.NotReady, Effect = "NoExecute" }] },
        }).EndBatch();

        Assert.Equal(
            Delete.Exactly("uid-p") with { Disruption = PodDisruption.Tainted }, Assert.Single(run.TakeTold()).Message);
    }

    private static Pod Fenced(string name)
    {
        var pod = Pod(name).On("n");
        return pod with
        {
            Metadata = pod.Metadata with
            {
                Annotations = pod.Metadata.Annotations.With(PodFencing.Annotation, "true"),
            },
        };
    }

    private static Node Lost(ProjectionRun run, string? fenced)
    {
        var ready = new NodeCondition { Type = "Ready", Status = "Unknown" };
        return Dead(run, "n") with
        {
            Status = new NodeStatus
            {
                Conditions = fenced is null
                    ? [ready]
                    : [ready, new NodeCondition { Type = NodeFences.Condition, Status = fenced }],
            },
        };
    }

    private static Delete Gone(string pod) => new(new DeleteOptions
    {
        GracePeriodSeconds = 0, Preconditions = new Preconditions { Uid = $"uid-{pod}" },
    })
    { Disruption = PodDisruption.Tainted };

    private static ProjectionRun Run(params KubeObject[] objects) =>
        new ProjectionRun(new TaintEviction(DampingSettings.Default)).Put(Node("m"), Node("o"))
            .Put(objects).Start();

    private static Node Dead(ProjectionRun run, string name) => Node(name) with
    {
        Spec = new NodeSpec
        {
            Taints =
            [
                new Taint { Key = WellKnownTaints.Unreachable, Effect = "NoSchedule", TimeAdded = run.Now },
                new Taint { Key = WellKnownTaints.Unreachable, Effect = "NoExecute", TimeAdded = run.Now },
            ],
        },
    };

    private static Node Undated(string name) => Node(name) with
    {
        Spec = new NodeSpec { Taints = [new Taint { Key = WellKnownTaints.Unreachable, Effect = "NoExecute" }] },
    };

    private static Toleration Tolerate(long? seconds) => new()
    {
        Key = WellKnownTaints.Unreachable, Operator = "Exists", Effect = "NoExecute", TolerationSeconds = seconds,
    };

    private static EntityKey Key(string pod) => new("pods", "default", pod);
}
