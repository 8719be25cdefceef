using System.Globalization;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>
/// A pod that must not run twice, on machines with a containerd each: whatever becomes of its machine, no two of them
/// ever run at the same time. They say when they run, in a file that all machines share, by the kernel's clock.
/// </summary>
public sealed class FencingTests
{
    private const int FenceSeconds = 5;

    private const string CutOff =
        "add table inet cut; add chain inet cut in { type filter hook input priority 0; policy drop; }; "
        + "add chain inet cut out { type filter hook output priority 0; policy drop; }";

    private static readonly TimeSpan ReplacedWithin = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_pod_never_runs_twice_though_its_machine_is_cut_off_frozen_or_its_agent_killed()
    {
        var shared = Places.NewScratch("shared");
        await using var cluster = await MachineCluster.RoutedAsync(
            near: 3, far: 0, $"node-loss.fence-after={FenceSeconds}s");
        await cluster.JoinAsync();
        await cluster.JoinAsync();
        await cluster.First.Kubectl().ApplyAsync(Deployment(shared));
        await RunsElsewhereAsync(shared, "nobody");

        // The member is downed and ends, and its agent with it. Nothing is left there but the guard.
        await LoseAsync(
            cluster, shared, "cut off",
            at => at.RunAsync("nft", CutOff),
            at => at.RunAsync("nft", "flush", "ruleset"));
        await LoseAsync(cluster, shared, "frozen", at => at.FreezeAsync(), at => at.ThawAsync());
        await LoseAsync(cluster, shared, "killed", at => at.KillAsync(), _ => Task.CompletedTask);

        NeverTwice(shared);
        Directory.Delete(shared, recursive: true);
    }

    private static async Task LoseAsync(
        MachineCluster cluster, string shared, string how, Func<ControlMember, Task> lose,
        Func<ControlMember, Task> mend)
    {
        var (pod, member) = await WhereAsync(cluster, shared);
        await lose(member);
        var lost = Uptime();
        await RunsElsewhereAsync(shared, pod);
        var (former, next) = (Runs(shared).Single(run => run.Pod == pod), Runs(shared).Last());
        MembersRun.Report(string.Create(CultureInfo.InvariantCulture,
            $"{how}: the former ended after {former.Until - lost:0.0} s, "
            + $"the next began after {next.From - lost:0.0} s"));
        NeverTwice(shared);

        // When it is back nothing of the former one begins again.
        await mend(member);
        var kubectl = cluster.Members.First(other => other != member).Kubectl();
        await Eventually.HoldsAsync("the machine to be back", async () =>
        {
            if (!member.IsRunning)
            {
                member.Launch();
            }

            return (await kubectl.RunAsync(
                "get", "node", MachineCluster.NameOf(member), "-o",
                "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}")).Text == "True" && member.IsRunning;
        }, ReplacedWithin);
        await member.UntilReadyAsync();
        (await kubectl.OkAsync("get", "events", "-o", "jsonpath={.items[*].reason}")).Says("FenceAwaited");
        await Eventually.HoldsAsync("the next one to run on", () => Runs(shared).Last().Pod == next.Pod);
        Assert.Equal(former.Until, Runs(shared).Single(run => run.Pod == pod).Until);
        NeverTwice(shared);
    }

    private static async Task<(string Pod, ControlMember Member)> WhereAsync(MachineCluster cluster, string shared)
    {
        var pod = Runs(shared).Last().Pod;
        var node = await cluster.First.Kubectl().PathAsync($"pod/{pod}", ".spec.nodeName");
        return (pod, cluster.Members.Single(member => MachineCluster.NameOf(member) == node));
    }

    private static Task RunsElsewhereAsync(string shared, string former) => Eventually.HoldsAsync(
        $"another one than {former} to run", () => Runs(shared) is [.., var last] && last.Pod != former,
        ReplacedWithin);

    private static void NeverTwice(string shared)
    {
        foreach (var (former, next) in Runs(shared).Zip(Runs(shared).Skip(1)))
        {
            Assert.True(former.Until < next.From, $"{former} and {next} ran at the same time");
        }
    }

    /// <summary>Each pod with when it first and last said that it runs, in seconds since the machine's boot.</summary>
    private static List<(string Pod, double From, double Until)> Runs(string shared) =>
    [
        .. Directory.EnumerateFiles(shared).SelectMany(File.ReadLines).Select(line => line.Split(' '))
            .Where(line => line.Length == 2 && line[1].Contains('.', StringComparison.Ordinal))
            .GroupBy(line => line[0], line => double.Parse(line[1], CultureInfo.InvariantCulture))
            .Select(pod => (pod.Key, pod.Min(), pod.Max())).OrderBy(run => run.Item2),
    ];

    private static double Uptime() =>
        double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);

    private static string Deployment(string shared) => $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: ledger}
        spec:
          replicas: 1
          strategy: {type: Recreate}
          selector: {matchLabels: {app: ledger} }
          template:
            metadata:
              labels: {app: ledger}
              annotations: {actor-orchestrator/fence: "true"}
            spec:
              terminationGracePeriodSeconds: 1
              volumes: [{name: shared, hostPath: {path: "{{shared}}", type: Directory} }]
              containers:
              - name: main
                image: busybox:1.35
                volumeMounts: [{name: shared, mountPath: /shared}]
                command: [sh, -c]
                args:
                - |
                  while true; do
                    echo "$HOSTNAME $(cut -d' ' -f1 /proc/uptime)" >> /shared/$HOSTNAME
                    sleep 0.1
                  done
        """;
}
