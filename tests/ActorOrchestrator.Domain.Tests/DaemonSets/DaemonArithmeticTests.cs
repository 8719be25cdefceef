using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api;
using ActorOrchestrator.Domain.ControllerRevisions;
using ActorOrchestrator.Domain.DaemonSets;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.Tests.DaemonSets;

/// <summary>The tables of coverage and update. A node is written as <c>fit:pods</c>, a pod as <c>new</c> or
/// <c>old</c> and <c>+</c> (available), <c>~</c> (ready, not yet available), <c>-</c> (not ready), <c>?</c> (not
/// bound), <c>!</c> (silent since a restart), <c>x</c> (failed), <c>s</c> (succeeded), <c>&gt;</c> (asked to go),
/// <c>&gt;&gt;</c> (seen going). The oldest is first.</summary>
public sealed class DaemonArithmeticTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    //          why                                        node              surge | step
    [InlineData("fit and empty                            | fit             | 0 | create")]
    [InlineData("covered                                  | fit:new+        | 0 | ")]
    [InlineData("covered by an old one                    | fit:old+        | 0 | ")]
    [InlineData("on its way out                           | fit:old>        | 0 | ")]
    [InlineData("going                                    | fit:old>>       | 0 | ")]
    [InlineData("going, with a surge                      | fit:old>>       | 1 | create")]
    [InlineData("asked to go, with a surge                | fit:old>        | 1 | ")]
    [InlineData("failed                                   | fit:newx        | 0 | delete a")]
    [InlineData("succeeded                                | fit:news        | 0 | delete a")]
    [InlineData("two without a surge                      | fit:new+,new-   | 0 | delete b")]
    [InlineData("the younger of them is the better one    | fit:new-,new+   | 0 | delete a")]
    [InlineData("the younger old one is the better one    | fit:old-,old+   | 1 | delete a")]
    [InlineData("old and new without a surge              | fit:old+,new+   | 0 | delete b")]
    [InlineData("old and new not ready                    | fit:old+,new-   | 1 | ")]
    [InlineData("old and new not yet available            | fit:old+,new~   | 1 | ")]
    [InlineData("old and new available                    | fit:old+,new+   | 1 | delete a")]
    [InlineData("old not ready                            | fit:old-,new-   | 1 | delete a")]
    [InlineData("two new                                  | fit:new+,new+   | 1 | delete b")]
    [InlineData("silent after a restart, with a surge     | fit:old!,new-   | 1 | ")]
    [InlineData("silent after a restart, two              | fit:old!,new+   | 0 | ")]
    [InlineData("three                                    | fit:old+,old+,new- | 1 | delete b")]
    [InlineData("kept and empty                           | kept            | 0 | ")]
    [InlineData("kept and there                           | kept:new+       | 0 | ")]
    [InlineData("kept and failed                          | kept:newx       | 0 | delete a")]
    [InlineData("unfit                                    | unfit:new+,old- | 0 | delete a b")]
    [InlineData("unfit and empty                          | unfit           | 0 | ")]
    [InlineData("unfit and going                          | unfit:new>>     | 0 | ")]
    [InlineData("no such node, bound                      | none:new-       | 0 | ")]
    [InlineData("no such node, not bound                  | none:new?       | 0 | delete a")]
    public void Coverage(string row)
    {
        var cells = row.Split('|', StringSplitOptions.TrimEntries);
        var step = NodeCoverage.Next(Parse("n", cells[1]), cells[2] == "1", failures: null, Now);
        Assert.Equal(cells[3], Text(step.Creates ? ["create"] : [], step.Deletes));
    }

    [Fact]
    public void A_failed_pod_stays_longer_each_time()
    {
        var node = Parse("n", "fit:newx");
        Assert.Single(NodeCoverage.Next(node, surges: false, failures: null, Now).Deletes);
        var failures = PodFailures.After(null, Now);
        var pauses = new List<double>();
        while (pauses.Count < 12)
        {
            var held = NodeCoverage.Next(node, surges: false, failures, failures.LastAt);
            Assert.Empty(held.Deletes);
            Assert.Equal(failures.NextAt, held.RetryAt);
            Assert.Single(NodeCoverage.Next(node, surges: false, failures, failures.NextAt).Deletes);
            pauses.Add((failures.NextAt - failures.LastAt).TotalSeconds);
            failures = PodFailures.After(failures, failures.NextAt);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900], pauses);
        Assert.Equal(1, PodFailures.After(failures, failures.LastAt + TimeSpan.FromMinutes(31)).Count);
    }

    [Theory]
    //          why                                      unavailable | nodes                       | step
    [InlineData("one at a time                          | 1 | fit:old+ fit:old+ fit:old+           | delete a")]
    [InlineData("two at a time                          | 2 | fit:old+ fit:old+ fit:old+           | delete a b")]
    [InlineData("one is missing                         | 1 | fit fit:old+ fit:old+                | ")]
    [InlineData("one is going                           | 1 | fit:old>> fit:old+                   | ")]
    [InlineData("one was asked to go                    | 1 | fit:old> fit:old+                    | ")]
    [InlineData("one is not available yet               | 1 | fit:new~ fit:old+                    | ")]
    [InlineData("the next                               | 1 | fit:new+ fit:old+ fit:old+           | delete b")]
    [InlineData("a broken old one goes, and counts      | 1 | fit:old- fit:old+                    | delete a")]
    [InlineData("all broken                             | 1 | fit:old- fit:old- fit:old?           | delete a b c")]
    [InlineData("a silent one counts, and stays         | 1 | fit:old! fit:old+                    | ")]
    [InlineData("broken new ones hold it                | 2 | fit:new- fit:new- fit:old+           | ")]
    [InlineData("two on a node: coverage first          | 1 | fit:old+,old+ fit:old+               | ")]
    [InlineData("a node that keeps its pod takes part   | 1 | kept:old+ fit:new+                   | delete a")]
    [InlineData("one that is empty does not             | 1 | kept fit:old+                        | delete a")]
    [InlineData("nor an unfit one                       | 1 | unfit:old+ fit:old+                  | delete b")]
    [InlineData("nor one that is not there              | 1 | none:old- fit:old+                   | delete b")]
    public void Update_without_a_surge(string row) => AssertUpdate(row, surges: false);

    [Theory]
    //          why                                            surge | nodes                       | step
    [InlineData("one at a time                                | 1 | fit:old+ fit:old+               | create n0")]
    [InlineData("two at a time                                | 2 | fit:old+ fit:old+ fit:old+      | create n0 n1")]
    [InlineData("the new one is not available                 | 1 | fit:old+,new~ fit:old+          | ")]
    [InlineData("it is: the old one goes, the next one comes  | 1 | fit:old+,new+ fit:old+  | create n1 delete a")]
    [InlineData("a broken old one is replaced always          | 1 | fit:old+,new- fit:old-          | create n1")]
    [InlineData("a silent one is waited for                   | 1 | fit:old! fit:old+               | ")]
    [InlineData("one was asked to go: not a third one         | 1 | fit:old+,old> fit:new+          | ")]
    [InlineData("it is seen going                             | 1 | fit:old+,old>> fit:new+         | create n0")]
    [InlineData("too many on a node                           | 1 | fit:old+,old+ fit:old+          | ")]
    [InlineData("not wanted there, and none to spare          | 1 | kept:old+ fit                   | ")]
    [InlineData("not wanted there, one available elsewhere    | 1 | kept:old+ fit:new+              | delete a")]
    [InlineData("not wanted there, and broken                 | 1 | kept:old- fit                   | delete a")]
    public void Update_with_a_surge(string row) => AssertUpdate(row, surges: true);

    [Theory]
    //          unavailable surge desired -> unavailable surge
    [InlineData("1",        "0",  5,         1, 0)]
    [InlineData("10%",      "0",  5,         1, 0)]
    [InlineData("50%",      "0",  5,         3, 0)]
    [InlineData("0",        "25%", 5,        0, 2)]
    [InlineData("1%",       "0",  0,         0, 0)]
    public void Percentages_are_rounded_up(string unavailable, string surge, int desired, int max, int maxSurge)
    {
        var strategy = new DaemonSetUpdateStrategy
        {
            Type = "RollingUpdate",
            RollingUpdate = new RollingUpdateDaemonSet
            {
                MaxUnavailable = Amount(unavailable), MaxSurge = Amount(surge),
            },
        };
        Assert.Equal(new DaemonBounds(max, maxSurge), DaemonBounds.Of(strategy, desired));
        Assert.Equal(new DaemonBounds(0, 0), DaemonBounds.Of(strategy with { Type = "OnDelete" }, desired));
    }

    [Theory]
    //          nodes                                  desired scheduled mis ready available updated
    [InlineData("fit fit:new+ fit:old+",                 3,      2,       0,  2,    2,        1)]
    [InlineData("fit:new~ fit:new- fit:new?",            3,      3,       0,  1,    0,        3)]
    [InlineData("fit:old+,new-",                         1,      1,       0,  1,    1,        0)]
    [InlineData("fit:old>>,new+",                        1,      1,       0,  1,    1,        0)]
    [InlineData("fit:old>",                              1,      1,       0,  0,    0,        0)]
    [InlineData("kept:new+ unfit:old> unfit none:new-",  0,      0,       2,  0,    0,        0)]
    public void Status_counts_nodes(
        string nodes, int desired, int scheduled, int misscheduled, int ready, int available, int updated)
    {
        var tally = DaemonSetTally.Of(ParseAll(nodes), Now);
        Assert.Equal(
            (desired, scheduled, misscheduled, ready, available, updated),
            (tally.Desired, tally.Scheduled, tally.Misscheduled, tally.Ready, tally.Available, tally.Updated));
        Assert.Equal(desired - available, tally.Status(DaemonSetBuilder.Make()).NumberUnavailable);
    }

    private static void AssertUpdate(string row, bool surges)
    {
        var cells = row.Split('|', StringSplitOptions.TrimEntries);
        var bound = int.Parse(cells[1], System.Globalization.CultureInfo.InvariantCulture);
        var step = DaemonRollingUpdate.Next(
            ParseAll(cells[2]), surges ? new DaemonBounds(0, bound) : new DaemonBounds(bound, 0), Now);
        Assert.Equal(cells[3], Text(step.Creates.Count == 0 ? [] : ["create", .. step.Creates], step.Deletes));
    }

    private static string Text(IEnumerable<string> creates, IReadOnlyList<RevisionedPod> deletes) => string.Join(
        ' ', creates.Concat(deletes.Count == 0 ? [] : ["delete", .. deletes.Select(pod => pod.Name)]));

    private static List<DaemonNode> ParseAll(string text)
    {
        var next = 'a';
        return text.Split(' ').Select((node, i) => Parse($"n{i}", node, () => $"{next++}")).ToList();
    }

    private static DaemonNode Parse(string name, string text)
    {
        var next = 'a';
        return Parse(name, text, () => $"{next++}");
    }

    private static DaemonNode Parse(string name, string text, Func<string> newName)
    {
        var parts = text.Split(':');
        NodeFit? fit = parts[0] switch
        {
            "fit" => NodeFit.Fit,
            "kept" => NodeFit.KeepsRunning,
            "unfit" => NodeFit.Unfit,
            _ => null,
        };
        var pods = parts.Length == 1 ? [] : parts[1].Split(',').Select(pod => ParsePod(pod, newName())).ToList();
        return new DaemonNode(name, fit, pods);
    }

    private static RevisionedPod ParsePod(string text, string name)
    {
        var state = text[3..];
        return new RevisionedPod(name)
        {
            IsNew = text.StartsWith("new", StringComparison.Ordinal),
            IsLeaving = state.StartsWith('>'),
            IsTerminating = state == ">>",
            End = state switch { "x" => PodEnd.Failed, "s" => PodEnd.Succeeded, _ => PodEnd.None },
            IsKnown = state != "!",
            IsBound = state != "?",
            IsReady = state is "+" or "~",
            AvailableAt = state switch { "+" => Now, "~" => Now.AddSeconds(5), _ => null },
        };
    }

    private static IntOrString Amount(string text) => int.TryParse(text, out var number) ? number : text;
}
