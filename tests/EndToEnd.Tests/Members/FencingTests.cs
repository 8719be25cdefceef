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

    /// <summary>Longer than a server takes to start again and be heard.</summary>
    private const int RestartSeconds = 30;

    private const string CutOff =
        "add table inet cut; add chain inet cut in { type filter hook input priority 0; policy drop; }; "
        + "add chain inet cut out { type filter hook output priority 0; policy drop; }";

    private static readonly TimeSpan ReplacedWithin = TimeSpan.FromMinutes(2);

    [Fact]
    public Task A_pod_never_runs_twice_though_its_machine_is_cut_off_frozen_or_its_agent_killed() => OnMachinesAsync(
        FenceSeconds,
        async (cluster, shared) =>
        {
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
        });

    [Fact]
    public Task An_agent_that_is_started_again_goes_on_with_the_lease_and_ends_its_pods_when_nobody_answers() =>
        OnMachinesAsync(
            RestartSeconds,
            async (cluster, shared) =>
            {
                var member = await cluster.JoinAsync();
                var machine = await cluster.JoinToRunPodsAsync();
                await cluster.First.Kubectl().ApplyAsync(Deployment(shared));
                foreach (var where in new ServerProcess[] { machine, member })
                {
                    await MoveToAsync(cluster, shared, where);
                    await RestartAsync(shared, where);
                    await StartCutOffAsync(cluster, shared, where);
                }
            });

    /// <summary>The directory that all machines share goes when nothing writes there any more.</summary>
    private static async Task OnMachinesAsync(int fenceSeconds, Func<MachineCluster, string, Task> whatHappens)
    {
        var shared = Places.NewScratch("shared");
        await using (var cluster = await MachineCluster.RoutedAsync(
            near: 3, far: 0, $"node-loss.fence-after={fenceSeconds}s"))
        {
            await whatHappens(cluster, shared);
            NeverTwice(shared);
        }

        Directory.Delete(shared, recursive: true);
    }

    /// <summary>Has the pod run there, and nowhere else meanwhile.</summary>
    private static async Task MoveToAsync(MachineCluster cluster, string shared, ServerProcess machine)
    {
        var kubectl = cluster.First.Kubectl();
        string[] others = [.. cluster.Machines.Where(other => other != machine).Select(MachineCluster.NameOf)];
        await kubectl.OkAsync(["cordon", .. others]);
        await RunsElsewhereAsync(shared, "nobody");
        var (pod, node) = await WhereAsync(cluster, shared);
        if (node != machine)
        {
            await kubectl.OkAsync("delete", "pod", pod, "--wait=false");
            await RunsElsewhereAsync(shared, pod);
        }

        Assert.Same(machine, (await WhereAsync(cluster, shared)).Machine);
        await kubectl.OkAsync(["uncordon", .. others]);
    }

    /// <summary>The agent is killed, and the next one goes on at once: nothing ends, and nobody takes its
    /// place.</summary>
    private static async Task RestartAsync(string shared, ServerProcess machine)
    {
        var before = Runs(shared).Last();
        await machine.KillAsync();
        var killed = Uptime();
        machine.Launch();
        await machine.UntilReadyAsync();
        await Eventually.HoldsAsync(
            $"the pod to have run on for two terms; the log:\n{machine.LogTail()}",
            () => Runs(shared).Last() is var last && last.Until > killed + (2 * RestartSeconds), ReplacedWithin);
        var after = Runs(shared).Last();
        MembersRun.Report(string.Create(CultureInfo.InvariantCulture,
            $"{MachineCluster.NameOf(machine)}: {after.Pod} ran on for {after.Until - killed:0.0} s after the kill"));
        Assert.Equal((before.Pod, before.From), (after.Pod, after.From));
        NeverTwice(shared);
    }

    /// <summary>The agent is killed with its guard, and starts where it hears nobody: what it had left is ended in
    /// time, and what has ended is not begun again.</summary>
    private static async Task StartCutOffAsync(MachineCluster cluster, string shared, ServerProcess machine)
    {
        var (pod, _) = await WhereAsync(cluster, shared);
        await machine.RunAsync("nft", CutOff);
        await machine.KillAsync();
        (await Tool.RunAsync("pkill", ["-KILL", "-f", $"node guard --data-dir {machine.DataDirectory}"])).Ok();
        machine.Launch();
        var lost = Uptime();
        await RunsElsewhereAsync(shared, pod);
        NeverTwice(shared);
        var former = Runs(shared).Last(run => run.Pod == pod);

        // Whoever starts after that does not know more.
        await machine.EndAsync();
        machine.Launch();
        var next = Runs(shared).Last();
        await Eventually.HoldsAsync(
            "the next one to run for a term", () => Runs(shared).Last().Until > next.From + RestartSeconds);
        MembersRun.Report(string.Create(CultureInfo.InvariantCulture,
            $"{MachineCluster.NameOf(machine)}, started while cut off: the former ended after "
            + $"{former.Until - lost:0.0} s, the next began after {next.From - lost:0.0} s"));
        await machine.RunAsync("nft", "flush", "ruleset");
        await machine.UntilReadyAsync();
        await cluster.UntilAllReadyAsync();
        await Eventually.HoldsAsync(
            "the next one to run on", () => Runs(shared).Last().Until > Uptime() - 1);
        Assert.Equal(next.Pod, Runs(shared).Last().Pod);
        Assert.Equal(former, Runs(shared).Last(run => run.Pod == pod));
        NeverTwice(shared);
    }

    private static async Task LoseAsync(
        MachineCluster cluster, string shared, string how, Func<ControlMember, Task> lose,
        Func<ControlMember, Task> mend)
    {
        var (pod, machine) = await WhereAsync(cluster, shared);
        var member = Assert.IsType<ControlMember>(machine);
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

    private static async Task<(string Pod, ServerProcess Machine)> WhereAsync(MachineCluster cluster, string shared)
    {
        var pod = Runs(shared).Last().Pod;
        var node = await cluster.First.Kubectl().PathAsync($"pod/{pod}", ".spec.nodeName");
        return (pod, cluster.Machines.Single(machine => MachineCluster.NameOf(machine) == node));
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

    /// <summary>Each container, by its pod, with when it first and last said that it runs, in seconds since the
    /// machine's boot.</summary>
    private static List<(string Pod, double From, double Until)> Runs(string shared) =>
    [
        .. Directory.EnumerateFiles(shared).SelectMany(File.ReadLines).Select(line => line.Split(' '))
            .Where(line => line.Length == 3 && line[2].Contains('.', StringComparison.Ordinal))
            .GroupBy(
                line => (Pod: line[0], Began: line[1]),
                line => double.Parse(line[2], CultureInfo.InvariantCulture))
            .Select(life => (life.Key.Pod, life.Min(), life.Max())).OrderBy(run => run.Item2),
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
                  began=$(cut -d' ' -f1 /proc/uptime)
                  while true; do
                    echo "$HOSTNAME $began $(cut -d' ' -f1 /proc/uptime)" >> /shared/$HOSTNAME
                    sleep 0.1
                  done
        """;
}
