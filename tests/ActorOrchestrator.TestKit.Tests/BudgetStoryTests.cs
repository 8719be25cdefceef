using ActorOrchestrator.Api.Policy;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.PodDisruptionBudgets;

namespace ActorOrchestrator.TestKit.Tests;

public sealed class BudgetStoryTests
{
    private const string Uid = "11111111-0000-4000-8000-000000000001";

    private static readonly DateTimeOffset LongAgo = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_two_evictions_at_once_one_passes_where_one_is_allowed() => Given
        .Object(new PodDisruptionBudgetDecider(), Budget(allowed: 1))
        .When(Evict("a"))
        .Then(
            Expect.Accepted(), Expect.OnlyEvent<StatusChanged>(),
            Expect.Object<PodDisruptionBudget>(budget => budget.Status.DisruptionsAllowed == 0),
            Expect.Object<PodDisruptionBudget>(budget => budget.Status.DisruptedPods.ContainsKey("a")),
            Expect.Object<PodDisruptionBudget>(budget => budget.Status.Conditions[0].Reason == "InsufficientPods"))
        .When(Evict("b"))
        .Then(Expect.Refused("TooManyRequests"), Expect.Unchanged);

    [Fact]
    public void What_was_allowed_is_remembered_after_a_restart() => Given
        .Object(new PodDisruptionBudgetDecider(), Budget(allowed: 1))
        .When(Evict("a")).And
        .AfterRestart().And
        .When(Evict("b"))
        .Then(Expect.Refused("TooManyRequests"));

    [Fact]
    public void A_pod_that_is_asked_about_again_is_not_counted_again() => Given
        .Object(new PodDisruptionBudgetDecider(), Budget(allowed: 2))
        .When(Evict("a")).And
        .When(Evict("a"))
        .Then(Expect.Accepted(), Expect.NoEvent)
        .When(Evict("a") with { CreatedAt = DateTimeOffset.MaxValue })
        .Then(
            Expect.Accepted(),
            Expect.Object<PodDisruptionBudget>(budget => budget.Status.DisruptionsAllowed == 0));

    [Fact]
    public void A_dry_run_asks_and_takes_nothing() => Given
        .Object(new PodDisruptionBudgetDecider(), Budget(allowed: 1))
        .When(Evict("a") with { DryRun = true })
        .Then(Expect.Accepted(), Expect.NoEvent);

    [Fact]
    public void A_changed_budget_allows_nothing_before_it_is_counted() => Given
        .Object(new PodDisruptionBudgetDecider(), WithGeneration(Budget(allowed: 1), 2))
        .When(Evict("a"))
        .Then(Says("The disruption budget web is still being processed by the server."));

    [Fact]
    public void A_refusal_says_how_many_pods_are_needed() => Given
        .Object(new PodDisruptionBudgetDecider(), Budget(allowed: 0))
        .When(Evict("a"))
        .Then(Says("The disruption budget web needs 2 healthy pods and has 3 currently"));

    [Theory]
    [InlineData(null, 3, 2, true)]
    [InlineData(null, 1, 2, false)]
    [InlineData("IfHealthyBudget", 1, 2, false)]
    [InlineData("AlwaysAllow", 1, 2, true)]
    [InlineData(null, 0, 0, false)]
    public void A_pod_that_is_not_ready_goes_uncounted_when_the_others_are_enough_or_the_policy_says_so(
        string? policy, int healthy, int desired, bool isAllowed)
    {
        var budget = Budget(allowed: 0);
        var story = Given.Object(new PodDisruptionBudgetDecider(), budget with
        {
            Spec = budget.Spec with { UnhealthyPodEvictionPolicy = policy },
            Status = budget.Status with { CurrentHealthy = healthy, DesiredHealthy = desired },
        });
        story.When(Evict("a") with { IsReady = false })
            .Then(isAllowed ? Expect.Accepted() : Expect.Refused("TooManyRequests"), Expect.NoEvent);
    }

    [Fact]
    public void A_count_of_an_older_version_is_dropped() => Given
        .Object(new PodDisruptionBudgetDecider(), Budget(allowed: 1))
        .When(new BudgetCounted(Uid, "0", Budget(allowed: 3).Status))
        .Then(Expect.Nothing)
        .When(new BudgetCounted("another", "1", Budget(allowed: 3).Status))
        .Then(Expect.Nothing);

    [Fact]
    public void Another_budget_of_the_name_is_not_asked() => Given
        .Object(new PodDisruptionBudgetDecider(), Budget(allowed: 1))
        .When(Evict("a") with { Uid = "another" })
        .Then(Expect.Refused("NotFound"), Expect.Unchanged);

    private static DisruptPod Evict(string pod) => new(Uid, pod, LongAgo, IsReady: true);

    private static Expectation Says(string cause) => new(
        $"the cause \"{cause}\"",
        step => step.Reply is Reply.Rejected { Status: { Code: 429, Details.Causes: [var only] } }
            && (only.Reason, only.Message) == ("DisruptionBudget", cause));

    private static PodDisruptionBudget WithGeneration(PodDisruptionBudget budget, long generation) =>
        budget with { Metadata = budget.Metadata with { Generation = generation } };

    private static PodDisruptionBudget Budget(int allowed) => new()
    {
        Metadata = new() { Name = "web", Namespace = "default", Uid = Uid, Generation = 1 },
        Spec = new PodDisruptionBudgetSpec { MinAvailable = 2 },
        Status = new PodDisruptionBudgetStatus
        {
            ObservedGeneration = 1,
            DisruptionsAllowed = allowed,
            CurrentHealthy = 3,
            DesiredHealthy = 2,
            ExpectedPods = 3,
        },
    };
}
