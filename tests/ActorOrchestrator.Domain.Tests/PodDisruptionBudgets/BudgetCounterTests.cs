using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Policy;
using ActorOrchestrator.Domain.PodDisruptionBudgets;
using ActorOrchestrator.Domain.Tests.Projections;

namespace ActorOrchestrator.Domain.Tests.PodDisruptionBudgets;

public sealed class BudgetCounterTests
{
    private static readonly EntityKey Key = new("poddisruptionbudgets.policy", "default", "web");

    private readonly ProjectionRun _run = new(new BudgetCounter());

    /// <summary>Amounts, pods (ready of all), replicas wanted; then what the status says.</summary>
    [Theory]
    //          min    max    ready all wanted  expected desired allowed
    [InlineData("2", null, 3, 3, 3, 3, 2, 1)]
    [InlineData("3", null, 3, 3, 3, 3, 3, 0)]
    [InlineData("2", null, 2, 3, 5, 3, 2, 0)]
    [InlineData("5", null, 3, 3, 3, 3, 5, 0)]
    [InlineData("0", null, 3, 3, 3, 3, 0, 3)]
    [InlineData("50%", null, 3, 3, 3, 3, 2, 1)]
    [InlineData("100%", null, 4, 4, 3, 3, 3, 1)]
    [InlineData(null, "1", 3, 3, 3, 3, 2, 1)]
    [InlineData(null, "1", 3, 3, 4, 4, 3, 0)]
    [InlineData(null, "25%", 3, 3, 3, 3, 2, 1)]
    [InlineData(null, "50%", 4, 5, 5, 5, 2, 2)]
    [InlineData(null, "9", 1, 1, 3, 3, 0, 1)]
    [InlineData("1", null, 0, 0, 3, 0, 1, 0)]
    [InlineData(null, null, 3, 3, 3, 0, 0, 0)]
    public void A_budget_is_counted(
        string? min, string? max, int ready, int all, int wanted, int expected, int desired, int allowed)
    {
        _run.Put(Web(wanted), Set(wanted), Budget(min, max)).Put(Pods(ready, all));
        var status = Counted(_run.Start());
        Assert.Equal(
            (expected, desired, allowed, ready),
            (status.ExpectedPods, status.DesiredHealthy, status.DisruptionsAllowed, status.CurrentHealthy));
        Assert.Equal(1, status.ObservedGeneration);
        var condition = Assert.Single(status.Conditions);
        Assert.Equal(
            ("DisruptionAllowed", allowed > 0 ? "True" : "False", allowed > 0 ? "SufficientPods" : "InsufficientPods"),
            (condition.Type, condition.Status, condition.Reason));
    }

    [Fact]
    public void What_the_budget_shows_already_is_not_told()
    {
        Settle(Budget(min: "2", max: null));
        _run.Put(Pods(3, 3)[0]).EndBatch();
        Assert.Empty(_run.Told);
    }

    [Fact]
    public void A_count_that_the_budget_does_not_show_is_told_again()
    {
        _run.Put(Web(3), Set(3), Budget("2", null)).Put(Pods(3, 3)).Start();
        var first = Assert.Single(_run.TakeTold());
        _run.SleepUntilWoken();
        Assert.Equal(first.To, Assert.Single(_run.Told).To);
    }

    [Fact]
    public void A_disrupted_pod_is_not_healthy_until_it_goes_or_two_minutes_have_passed()
    {
        var settled = Settle(Budget("2", null));
        _run.Put(Noted(settled, "web-0", _run.Now)).EndBatch();
        var status = Counted(_run);
        Assert.Equal((2, 0, 1), (status.CurrentHealthy, status.DisruptionsAllowed, status.DisruptedPods.Count));

        _run.Put(Budget("2", null) with { Status = status }).EndBatch().TakeTold();
        _run.Now += TimeSpan.FromSeconds(119);
        Assert.Empty(_run.EndBatch().Told);
        _run.SleepUntilWoken();
        status = Counted(_run);
        Assert.Equal((3, 1, 0), (status.CurrentHealthy, status.DisruptionsAllowed, status.DisruptedPods.Count));
    }

    [Fact]
    public void A_pod_on_its_way_out_is_neither_healthy_nor_noted_any_more()
    {
        var settled = Settle(Budget("2", null));
        var going = Pods(3, 3)[0];
        _run.Put(Noted(settled, "web-0", _run.Now))
            .Put(going with { Metadata = going.Metadata with { DeletionTimestamp = _run.Now } }).EndBatch();
        var status = Counted(_run);
        Assert.Equal((2, 0, 0), (status.CurrentHealthy, status.DisruptionsAllowed, status.DisruptedPods.Count));
    }

    [Fact]
    public void A_new_pod_of_a_noted_name_is_healthy()
    {
        var settled = Settle(Budget("2", null));
        var successor = Pods(3, 3)[0];
        _run.Put(Noted(settled, "web-0", _run.Now)).Remove(successor).Put(successor with
        {
            Metadata = successor.Metadata with { Uid = "u-9", CreationTimestamp = _run.Now.AddSeconds(1) },
        }).EndBatch();
        Assert.Equal((3, 0), (Counted(_run).CurrentHealthy, Counted(_run).DisruptedPods.Count));
    }

    [Fact]
    public void Scaling_the_owner_changes_what_is_expected()
    {
        Settle(Budget(null, "1"));
        _run.Put(Web(5)).EndBatch();
        Assert.Equal((5, 4, 0), (
            Counted(_run).ExpectedPods, Counted(_run).DesiredHealthy, Counted(_run).DisruptionsAllowed));
    }

    [Fact]
    public void Pods_that_lose_their_label_are_no_longer_counted()
    {
        Settle(Budget("2", null));
        var pod = Pods(3, 3)[0];
        _run.Put(pod with { Metadata = pod.Metadata with { Labels = ValueMap<string>.Empty } }).EndBatch();
        Assert.Equal((2, 0), (Counted(_run).ExpectedPods, Counted(_run).DisruptionsAllowed));
    }

    [Theory]
    [InlineData("DaemonSet", "daemonsets.apps does not implement the scale subresource")]
    [InlineData("StatefulSet", "found no controllers for pod \"web-0\"")]
    public void Without_a_known_scale_nothing_is_allowed_and_the_condition_says_why(string kind, string why)
    {
        var pod = Pods(1, 1)[0];
        var owner = pod.Metadata.OwnerReferences[0] with { Kind = kind };
        _run.Put(Budget(null, "1"), pod with { Metadata = pod.Metadata with { OwnerReferences = [owner] } }).Start();
        var status = Counted(_run);
        Assert.Equal((0, 0L), (status.DisruptionsAllowed, status.ObservedGeneration));
        Assert.Equal(("False", "SyncFailed", why), (
            status.Conditions[0].Status, status.Conditions[0].Reason, status.Conditions[0].Message));
    }

    [Fact]
    public void A_budget_without_pods_is_said_once_and_again_after_it_had_some()
    {
        var nothing = ("NoPods", "No matching pods found");
        _run.Put(Web(3), Set(3), Budget("2", null)).Start();
        Assert.Equal([nothing], _run.RecordedEvents);
        _run.Put(Web(4)).EndBatch();
        _run.Put(Pods(1, 1)).EndBatch();
        Assert.Equal([nothing], _run.RecordedEvents);
        _run.Remove(Pods(1, 1)[0]).EndBatch();
        Assert.Equal([nothing, nothing], _run.RecordedEvents);
    }

    [Theory]
    [InlineData("1", null, false)]
    [InlineData("50%", null, true)]
    [InlineData(null, "1", true)]
    public void Pods_without_a_controller_are_said_where_their_number_is_needed(string? min, string? max, bool isSaid)
    {
        var pod = Pods(1, 1)[0];
        _run.Put(Budget(min, max), pod with { Metadata = pod.Metadata with { OwnerReferences = [] } }).Start();
        Assert.Equal(
            isSaid
                ? [("UnmanagedPods", "Pods selected by this PodDisruptionBudget (selector: "
                    + "&LabelSelector{MatchLabels:map[string]string{app: web,},"
                    + "MatchExpressions:[]LabelSelectorRequirement{},}) were found to be unmanaged. As a result, the "
                    + "status of the PDB cannot be calculated correctly, which may result in undefined behavior. To "
                    + "account for these pods please set \".spec.minAvailable\" field of the PDB to an integer value.")]
                : Array.Empty<(string, string)>(),
            _run.RecordedEvents);
    }

    [Fact]
    public void A_budget_that_is_gone_is_told_nothing()
    {
        _run.Put(Budget("2", null)).Put(Pods(3, 3)).Remove(Budget("2", null));
        Assert.Empty(_run.Start().Told);
    }

    /// <summary>Three ready pods of three, and a budget that shows them.</summary>
    private PodDisruptionBudget Settle(PodDisruptionBudget budget)
    {
        _run.Put(Web(3), Set(3), budget).Put(Pods(3, 3)).Start();
        var settled = budget with { Status = Counted(_run) };
        _run.Put(settled).EndBatch();
        _run.TakeTold();
        return settled;
    }

    private static PodDisruptionBudget Noted(PodDisruptionBudget budget, string pod, DateTimeOffset at) => budget with
    {
        Status = budget.Status with
        {
            DisruptionsAllowed = 0, DisruptedPods = budget.Status.DisruptedPods.With(pod, at),
        },
    };

    private static PodDisruptionBudgetStatus Counted(ProjectionRun run)
    {
        var (to, message) = run.Told[^1];
        var counted = Assert.IsType<BudgetCounted>(message);
        Assert.Equal((Key, "u-pdb", "17"), (to, counted.Uid, counted.Version));
        return counted.Status;
    }

    private static PodDisruptionBudget Budget(string? min, string? max) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = "web", Namespace = "default", Uid = "u-pdb", Generation = 1, ResourceVersion = "17",
        },
        Spec = new PodDisruptionBudgetSpec
        {
            MinAvailable = Amount(min),
            MaxUnavailable = Amount(max),
            Selector = new LabelSelector { MatchLabels = Labels },
        },
    };

    private static IntOrString? Amount(string? text) =>
        text is null ? null : int.TryParse(text, out var number) ? number : text;

    private static ValueMap<string> Labels => ValueMap<string>.From([KeyValuePair.Create("app", "web")]);

    private static Deployment Web(int replicas) => new()
    {
        Metadata = new ObjectMeta { Name = "web", Namespace = "default", Uid = "u-d" },
        Spec = new DeploymentSpec { Replicas = replicas },
    };

    /// <summary>In the midst of a rollout: the Deployment's size counts, not this one's.</summary>
    private static ReplicaSet Set(int replicas) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = "web-1", Namespace = "default", Uid = "u-rs", OwnerReferences = [Owner("Deployment", "web", "u-d")],
        },
        Spec = new ReplicaSetSpec { Replicas = replicas + 7 },
    };

    private static Pod[] Pods(int ready, int all) => [.. Enumerable.Range(0, all).Select(i => new Pod
    {
        Metadata = new ObjectMeta
        {
            Name = $"web-{i}", Namespace = "default", Uid = $"u-{i}", Labels = Labels,
            OwnerReferences = [Owner("ReplicaSet", "web-1", "u-rs")],
        },
        Status = new PodStatus
        {
            Phase = "Running",
            Conditions = [new PodCondition { Type = "Ready", Status = i < ready ? "True" : "False" }],
        },
    })];

    private static OwnerReference Owner(string kind, string name, string uid) => new()
    {
        ApiVersion = "apps/v1", Kind = kind, Name = name, Uid = uid, Controller = true,
    };
}
