using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Policy;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Domain.Tests.PodDisruptionBudgets;

public sealed class EvictionPlanTests
{
    /// <summary>A version is demanded where the pod could become ready while the eviction is under way.</summary>
    [Theory]
    //          phase       ready  going  budgets  asks  version
    [InlineData("Running", true, false, 1, true, null)]
    [InlineData("Running", false, false, 1, true, "7")]
    [InlineData("Running", false, false, 0, false, null)]
    [InlineData("Running", true, true, 1, false, null)]
    [InlineData("Pending", false, false, 1, false, "7")]
    [InlineData("Succeeded", false, false, 1, false, null)]
    [InlineData("Failed", false, false, 2, false, null)]
    public void A_budget_is_asked_for_pods_that_run(
        string phase, bool isReady, bool isGoing, int budgets, bool asks, string? version)
    {
        var plan = Plan(Pod(phase, isReady, isGoing), budgets);
        Assert.Null(plan.Refusal);
        Assert.Equal(asks, plan.Budget is not null);
        Assert.Equal("EvictionByEvictionAPI", plan.Deletion.Disruption?.Reason);
        Assert.Equal(("u-1", version), (
            plan.Deletion.Options.Preconditions!.Uid, plan.Deletion.Options.Preconditions.ResourceVersion));
        if (plan.Budget is { } budget)
        {
            Assert.Equal(("web", isReady), (budget.Command.Pod, budget.Command.IsReady));
        }
    }

    [Fact]
    public void Several_budgets_are_an_error()
    {
        var refusal = Plan(Pod("Running", isReady: true, isGoing: false), budgets: 2).Refusal!;
        Assert.Equal(
            (500, "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."),
            (refusal.Code, refusal.Message));
    }

    [Theory]
    //          asks                 controller     ready  marked refused marks
    [InlineData("after-replacement", "ReplicaSet", true, false, true, true)]
    [InlineData("after-replacement", "ReplicationController", true, true, true, false)]
    [InlineData("after-replacement", "ReplicaSet", false, false, false, false)]
    [InlineData("after-replacement", "StatefulSet", true, false, false, false)]
    [InlineData("after-replacement", null, true, false, false, false)]
    [InlineData("at-once", "ReplicaSet", true, false, false, false)]
    public void A_pod_that_asks_for_it_is_replaced_first(
        string asks, string? controller, bool isReady, bool isMarked, bool isRefused, bool marks)
    {
        var pod = Pod("Running", isReady, isGoing: false);
        pod = pod with
        {
            Metadata = pod.Metadata with
            {
                Annotations = ValueMap<string>.From([KeyValuePair.Create(Replacement.Asks, asks)]),
                OwnerReferences = controller is null ? [] : [new() { Kind = controller, Controller = true }],
            },
        };
        var plan = Plan(isMarked ? Replacement.AsMarked(pod) : pod, budgets: 2 * (isRefused ? 1 : 0));
        Assert.Equal(isRefused ? 429 : null, plan.Refusal?.Code);
        Assert.Equal(marks, plan.Mark is not null);
        Assert.All(new[] { plan.Mark }.OfType<Replace>(), mark => Assert.True(Replacement.IsAwaited((Pod)mark.Object)));
    }

    [Fact]
    public void What_the_client_demands_of_the_pod_stays()
    {
        var options = new DeleteOptions { Preconditions = new Preconditions { Uid = "u-2", ResourceVersion = "3" } };
        var plan = EvictionPlan.Of(Pod("Pending", isReady: false, isGoing: false), [], options, dryRun: true);
        Assert.Equal(options.Preconditions, plan.Deletion.Options.Preconditions);
        Assert.True(plan.Deletion.DryRun);
    }

    private static EvictionPlan Plan(Pod pod, int budgets) => EvictionPlan.Of(
        pod, [Budget(0, "other"), .. Enumerable.Range(1, budgets).Select(i => Budget(i, "web"))], new DeleteOptions(),
        dryRun: false);

    private static PodDisruptionBudget Budget(int i, string app) => new()
    {
        Metadata = new ObjectMeta { Name = $"b{i}", Namespace = "default", Uid = $"u-b{i}" },
        Spec = new PodDisruptionBudgetSpec
        {
            Selector = new LabelSelector { MatchLabels = ValueMap<string>.From([KeyValuePair.Create("app", app)]) },
        },
    };

    private static Pod Pod(string phase, bool isReady, bool isGoing) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = "web", Namespace = "default", Uid = "u-1", ResourceVersion = "7",
            Labels = ValueMap<string>.From([KeyValuePair.Create("app", "web")]),
            DeletionTimestamp = isGoing ? DateTimeOffset.UnixEpoch : null,
        },
        Status = new PodStatus
        {
            Phase = phase, Conditions = [new PodCondition { Type = "Ready", Status = isReady ? "True" : "False" }],
        },
    };
}
