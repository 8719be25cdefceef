namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>As <see cref="HistoryCheckerTests"/>, of what ran on machines: each bad history differs from a good one in
/// one thing.</summary>
public sealed class RunCheckerTests
{
    private static readonly ContainerStart FirstWeb = new("u1", "web", 1, "/m1/c1", "");
    private static readonly ContainerStart AgainWeb = new("u1", "web", 1, "/m1/c2", "");
    private static readonly ContainerStart Work = new("u2", "work", 2, "/m2/c1", "");
    private static readonly ContainerStart Gone = new("u0", "web", 3, "/m3/c1", "");
    private static readonly PodSeen Web = new("u1", "web", 1, "Running", false, 1, null, null);
    private static readonly PodSeen Worked = new("u2", "work", 2, "Succeeded", true, 0, "job", "0");

    /// <summary>A pod that is gone, one of the same name elsewhere that was restarted once, and a Job of one.</summary>
    private static readonly Runs Good = new(
        [Gone, FirstWeb, Work, AgainWeb], [new("u2", "0")], ["web"], [Web, Worked], [new("job", 1, 1)]);

    [Fact]
    public void A_good_history_has_no_problem() => Assert.Empty(Problems(Good));

    [Fact]
    public void A_container_may_end_before_it_wrote_that_it_began() =>
        Assert.Empty(Problems(Good with { Starts = [Gone, FirstWeb, Work] }));

    [Fact]
    public void Of_a_pod_that_is_gone_nothing_is_compared_with_the_API() =>
        Assert.Empty(Problems(Good with { Starts = [.. Good.Starts, Gone with { Container = "/m3/c2" }] }));

    [Fact]
    public void Two_of_a_name_at_once_are_seen() => Refused(
        "doubled: web (u1) began on machine 1 while u0 lived",
        Good with { Starts = [Gone, FirstWeb with { Beside = "u0" }, Work, AgainWeb] });

    [Fact]
    public void A_pod_on_two_machines_is_seen() => Refused(
        "doubled: web (u0) ran on machines 3, 2",
        Good with { Starts = [.. Good.Starts, Gone with { Machine = 2, Container = "/m2/c9" }] });

    [Fact]
    public void A_pod_elsewhere_than_the_API_says_is_seen() => Refused(
        "web (u1) ran on machine 1, and the API says 4", Good with { Pods = [Web with { Machine = 4 }, Worked] });

    [Fact]
    public void What_runs_once_is_not_started_again() => Refused(
        "doubled: work (u2) was started 2 times",
        Good with { Starts = [.. Good.Starts, Work with { Container = "/m2/c2" }] });

    [Fact]
    public void A_restart_that_is_not_counted_is_seen() => Refused(
        "web (u1) was started 2 times, and the API counts 0",
        Good with { Pods = [Web with { Restarts = 0 }, Worked] });

    [Fact]
    public void A_container_that_is_started_twice_is_seen() =>
        Refused("a container was started twice", Good with { Starts = [Gone, FirstWeb, Work, FirstWeb] });

    [Fact]
    public void What_the_API_says_runs_has_to_live() =>
        Refused("web runs, says the API, and no container", Good with { Alive = [] });

    [Fact]
    public void What_lives_the_API_has_to_know() =>
        Refused("a container of stray lives", Good with { Alive = ["web", "stray"] });

    [Fact]
    public void What_has_ended_for_the_API_must_not_live() =>
        Refused("a container of work lives", Good with { Alive = ["web", "work"] });

    [Fact]
    public void A_Job_counts_all_its_completions() =>
        Refused("job is complete with 0 of 1", Good with { Jobs = [new("job", 1, 0)] });

    [Fact]
    public void What_succeeded_came_to_its_end() =>
        Refused("work has succeeded, says the API, and did not", Good with { Done = [new("u2", "1")] });

    [Fact]
    public void An_index_counts_once() => Refused("index 0 counts 2 times", Good with
    {
        Pods = [Web, Worked, Worked with { Uid = "u3", Name = "work-2" }],
        Done = [new("u2", "0"), new("u3", "0")],
    });

    private static IReadOnlyList<string> Problems(Runs runs) => HistoryChecker.Problems(
        new([], [], new Dictionary<string, IReadOnlyList<Seen>>(), [], runs));

    private static void Refused(string problem, Runs runs) =>
        Assert.Contains(Problems(runs), found => found.Contains(problem, StringComparison.Ordinal));
}
