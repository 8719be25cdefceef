using ActorOrchestrator.Domain.ControllerRevisions;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.StatefulSets;

namespace ActorOrchestrator.Domain.Tests.StatefulSets;

/// <summary>
/// The table of what a StatefulSet does next; its update goes from revision a to b. Pods are written by number, as
/// their revision and <c>+</c> (available), <c>~</c> (ready, not yet available), <c>-</c> (not ready, nothing runs),
/// <c>'</c> (runs, not ready for 10 s), <c>"</c> (runs, not ready for 2 min), <c>?</c> (asked for), <c>!</c> (silent
/// since a restart), <c>x</c> (failed), <c>s</c> (succeeded), <c>&gt;</c> (told to go); <c>.</c> is none.
/// </summary>
public sealed class StatefulPlannerTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    // It grows: each pod waits for the one before it.
    [InlineData(". . .", "ordered", "create 0")]
    [InlineData("b? . .", "ordered", "")]
    [InlineData("b- . .", "ordered", "wait PodNotReady web-0")]
    [InlineData("b' . .", "ordered", "wait PodNotReady web-0")]
    [InlineData("b! . .", "ordered", "")]
    [InlineData("b~ . .", "ordered", "wait PodNotAvailable web-0")]
    [InlineData("b+ . .", "ordered", "create 1")]
    [InlineData("b+ . b+", "ordered", "create 1")]
    [InlineData("b+ b> .", "ordered", "wait PodTerminating web-1")]
    [InlineData(". . .", "parallel", "create 0, create 1, create 2")]
    [InlineData("b- . b>", "parallel", "create 1, wait PodNotReady web-0")]
    // It shrinks: from the last, once the others are well.
    [InlineData("b+ b+ b+ b+ b+", "ordered", "delete 4 Surplus")]
    [InlineData("b+ b+ b+ b+ b>", "ordered", "wait PodTerminating web-4")]
    [InlineData("b+ b- b+ b+ b+", "ordered", "wait PodNotReady web-1")]
    [InlineData("b+ b+ b+ b- b-", "ordered", "delete 4 Surplus")]
    [InlineData("b+ b+ b+ b? .", "ordered", "delete 3 Surplus")]
    [InlineData("b- b+ b+ b+ b>", "parallel", "delete 3 Surplus, wait PodNotReady web-0")]
    // Pods that have ended are replaced.
    [InlineData("b+ bx b+", "ordered", "delete 1 Ended")]
    [InlineData("b+ bs b+", "ordered", "delete 1 Ended")]
    [InlineData("b+ b+ b+ bx", "ordered", "delete 3 Surplus")]
    [InlineData("bx bx b+", "parallel", "delete 0 Ended, delete 1 Ended")]
    // An update goes from the last to the first.
    [InlineData("a+ a+ a+", "ordered", "delete 2 Outdated")]
    [InlineData("a+ a+ a>", "ordered", "wait PodTerminating web-2")]
    [InlineData("a+ a+ .", "ordered", "create 2")]
    [InlineData("a+ a+ b-", "ordered", "wait PodNotReady web-2")]
    [InlineData("a+ a+ b+", "ordered", "delete 1 Outdated")]
    [InlineData("b+ b+ b+", "ordered", "")]
    [InlineData("a+ a+ a+", "ordered partition 2", "delete 2 Outdated")]
    [InlineData("a+ a+ b+", "ordered partition 2", "")]
    [InlineData("a+ . b+", "ordered partition 2", "create 1")]
    [InlineData("a+ a+ a+", "ordered partition 9", "")]
    [InlineData("a+ a+ a+", "ondelete", "wait OnDelete 3")]
    [InlineData("a+ a- a+", "ondelete", "wait PodNotReady web-1")]
    [InlineData("a+ b+ b+", "ondelete", "wait OnDelete 1")]
    // As many may be unavailable as may.
    [InlineData("a+ a+ a+", "ordered max 2", "delete 2 Outdated, delete 1 Outdated")]
    [InlineData("a+ a+ a+", "parallel max 2", "delete 2 Outdated, delete 1 Outdated")]
    [InlineData("a+ a+ b-", "parallel max 2", "delete 1 Outdated, wait PodNotReady web-2")]
    [InlineData("a+ a+ b-", "parallel max 1", "wait PodNotReady web-2")]
    [InlineData("a~ a+ a+", "parallel max 1", "wait PodNotAvailable web-0")]
    [InlineData("a+ a+ a+ a>", "parallel max 1", "delete 2 Outdated, wait PodTerminating web-3")]
    // What is broken and of another revision than it is to be is replaced at once, where nothing is lost by it.
    [InlineData("a+ a+ c-", "ordered", "delete 2 Broken")]
    [InlineData("a- a+ a+", "ordered", "delete 0 Broken")]
    [InlineData("a+ a+ c'", "ordered", "wait PodNotReady web-2, again in 50")]
    [InlineData("a+ a+ c\"", "ordered", "delete 2 Broken")]
    [InlineData("a+ a+ c!", "ordered", "")]
    [InlineData("a+ a+ c~", "ordered", "wait PodNotAvailable web-2")]
    [InlineData("a+ a+ b-", "ordered partition 3", "delete 2 Broken")]
    [InlineData("a+ a+ a-", "ordered partition 3", "wait PodNotReady web-2")]
    [InlineData("a+ a- c-", "parallel max 1", "delete 1 Broken, delete 2 Broken")]
    public void The_next_step(string pods, string spec, string expected) =>
        Assert.Equal(expected, Told(StatefulPlanner.Next(Input(pods, spec), Now)));

    [Fact]
    public void A_pod_that_fails_again_is_left_for_a_while()
    {
        var failing = Input("b+ bx b+", "ordered") with
        {
            Failures = new Dictionary<string, PodFailures> { ["web-1"] = new(4, Now - TimeSpan.FromSeconds(3)) },
        };
        Assert.Equal("wait PodFails web-1, again in 5", Told(StatefulPlanner.Next(failing, Now)));
        Assert.Equal("delete 1 Ended", Told(StatefulPlanner.Next(failing, Now.AddSeconds(5))));
    }

    [Theory]
    [InlineData(false, "web-1 fails again and again; it is made anew after a pause")]
    [InlineData(true, "web-1 is not taken by its node, and made anew after a pause: AppArmor: is not enabled")]
    public void Why_its_node_does_not_take_a_pod_is_told(bool isRejected, string told) => Assert.Equal(
        told, StatefulWait.Failing(new RevisionedPod("web-1")
        {
            Rejection = isRejected ? new NodeRejection("AppArmor", "is not enabled") : null,
        }).Message);

    [Fact]
    public void A_pod_does_not_go_before_its_claims_have_their_owner()
    {
        var input = Input("b+ b+ b+ b+", "ordered");
        Assert.Equal("", Told(StatefulPlanner.Next(input with { Unkept = new HashSet<int> { 3 } }, Now)));
    }

    [Fact]
    public void Numbers_end_somewhere()
    {
        var huge = Input(". .", "parallel") with { Start = int.MaxValue - 1, Replicas = int.MaxValue };
        Assert.Equal([int.MaxValue - 1], StatefulPlanner.Next(huge, Now).Creates);
        Assert.Equal(250, StatefulPlanner.Next(huge with { Start = 0 }, Now).Creates.Count);
    }

    private static StatefulInput Input(string pods, string spec)
    {
        var words = spec.Split(' ');
        int Number(string word, int otherwise) =>
            Array.IndexOf(words, word) is >= 0 and var at ? int.Parse(words[at + 1], null) : otherwise;
        return new StatefulInput
        {
            Pods = pods.Split(' ').Select((text, ordinal) => (text, ordinal)).Where(pod => pod.text != ".")
                .ToDictionary(pod => pod.ordinal, pod => Pod(pod.text, pod.ordinal)),
            Replicas = 3,
            IsOrdered = words[0] != "parallel",
            Rolls = words[0] != "ondelete",
            Partition = Number("partition", 0),
            MaxUnavailable = Number("max", 1),
            MinReadySeconds = 5,
            Current = "a",
            Update = "b",
        };
    }

    private static RevisionedPod Pod(string text, int ordinal)
    {
        var (state, pod) = (text[1], new RevisionedPod($"web-{ordinal}") { Revision = text[..1] });
        return pod with
        {
            IsConfirmed = state != '?',
            IsKnown = state is not ('?' or '!'),
            IsLeaving = state == '>',
            IsReady = state is '+' or '~' or '>',
            AvailableAt = state switch { '+' or '>' => Now, '~' => Now.AddSeconds(5), _ => null },
            IsStarting = state is '\'' or '"',
            ReadySince = state == '\'' ? Now.AddSeconds(-10) : Now.AddMinutes(-2),
            End = state switch { 'x' => PodEnd.Failed, 's' => PodEnd.Succeeded, _ => PodEnd.None },
        };
    }

    private static string Told(StatefulPlan plan) => string.Join(", ",
    [
        .. plan.Creates.Select(ordinal => $"create {ordinal}"),
        .. plan.Deletes.Select(leaving => $"delete {leaving.Pod.Name["web-".Length..]} {leaving.Why}"),
        .. plan.WaitingOn is { } wait ? (string[])[$"wait {wait.Reason} {wait.Message.Split(' ')[0]}"] : [],
        .. plan.AgainAt is { } again ? (string[])[$"again in {(again - Now).TotalSeconds}"] : [],
    ]);
}
