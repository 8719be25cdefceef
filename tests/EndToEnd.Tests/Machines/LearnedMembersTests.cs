using ActorOrchestrator.EndToEnd.Tests.Harness;
using ActorOrchestrator.EndToEnd.Tests.Members;

namespace ActorOrchestrator.EndToEnd.Tests.Machines;

/// <summary>A machine that only runs pods knows where members are, as they come and go.</summary>
public sealed class LearnedMembersTests
{
    private const string Away = "away";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Where the first member is killed, the machine goes on with one that joined after it.</summary>
    [Fact]
    public async Task A_machine_learns_of_members_that_joined_after_it()
    {
        await using var cluster = await JoinedCluster.WithAsync("cluster.strategy = lease-majority");
        var first = cluster.First;
        await using var machine = await RemoteMachine.StartAsync(
            new Plane(cluster.Api(first), first.DataDirectory, () => first.Kubectl()), Away);
        var second = await cluster.JoinAsync(await cluster.TokenAsync());
        var known = Path.Combine(machine.DataDirectory, "control-members");
        await Eventually.BecomesAsync(
            "the machine to know both members",
            async () => File.Exists(known) ? await File.ReadAllLinesAsync(known, Stop) : [],
            lines => lines.SequenceEqual([cluster.Api(first), cluster.Api(second)]), TimeSpan.FromMinutes(2));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(known));

        // It reports to the second one, and finds it again when it is started anew.
        await first.KillAsync();
        await ReportsToAsync(second, machine, "one");
        await machine.StopAsync();
        machine.Launch();
        await ReportsToAsync(second, machine, "two");
    }

    private static async Task ReportsToAsync(ControlMember member, RemoteMachine machine, string pod)
    {
        await Eventually.BecomesAsync(
            $"node {Away} to be ready; its log:\n{machine.LogTail()}",
            async () => (await member.Kubectl().RunAsync(
                "get", "node", Away, "-o", "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}")).Text,
            status => status == "True", TimeSpan.FromMinutes(3));
        var manifest = Manifests.Pod(
            pod, "exec sleep 1000", spec: $"nodeName: {Away}\ntolerations: [{{operator: Exists}}]");
        await Eventually.HoldsAsync("a pod to be made", async () =>
            (await member.Kubectl().RunAsync(["create", "-f", "-"], manifest)).ExitCode == 0);
        await member.Kubectl().WaitAsync($"pod/{pod}", "condition=Ready");
    }
}
