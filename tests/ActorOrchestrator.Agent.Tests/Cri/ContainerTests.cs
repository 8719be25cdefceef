using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Tests.Containerd;

namespace ActorOrchestrator.Agent.Tests.Cri;

public sealed class ContainerTests(ContainerdFixture fixture) : ContainerdTests(fixture)
{
    private IContainerRuntime Runtime => Fixture.Runtime;

    [Fact(Timeout = 60_000)]
    public async Task A_container_runs_with_its_command_environment_mounts_user_and_labels()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var pod = await PodOnContainerd.RunAsync(Runtime, Fixture.Sandbox("full"), cancellation);
        var shared = Directory.CreateDirectory($"{Fixture.Directory}/shared-{Guid.NewGuid():N}").FullName;
        File.WriteAllText(shared + "/in", "from the machine\n");
        var config = ContainerdFixture.Container("app", "/bin/sh", "-c") with
        {
            Attempt = 2,
            Args = ["env; pwd; id -u; id -g; cat /data/in; touch /data/out 2>/dev/null || echo read-only"],
            Environment = [new("GREETING", "hällo\nworld"), new("EMPTY", "")],
            WorkingDirectory = "/tmp",
            Mounts = [new MountConfig("/data", shared, ReadOnly: true)],
            Security = new SecurityConfig { RunAsUser = 1000, RunAsGroup = 1000 },
            Annotations = new Dictionary<string, string> { [RuntimeLabels.ContainerHash] = "abc" },
        };
        var id = await pod.StartAsync(config);
        var status = await pod.ExitedAsync(id);
        Assert.Equal((0, "Completed", 2u, pod.Id), (status.ExitCode, status.Reason, status.Attempt, status.SandboxId));
        Assert.True(status.CreatedAt <= status.StartedAt && status.StartedAt <= status.FinishedAt);
        Assert.Equal("abc", status.Annotations[RuntimeLabels.ContainerHash]);
        Assert.Equal("app", status.Labels[RuntimeLabels.ContainerName]);
        Assert.Equal(pod.LogOf(config), status.LogPath);
        var lines = File.ReadAllLines(status.LogPath).Select(line => line.Split(' ', 4)[3]).ToList();
        Assert.Contains("FROM_IMAGE=yes", lines);
        Assert.Contains("GREETING=hällo", lines);
        Assert.Contains("EMPTY=", lines);
        Assert.Equal(["/tmp", "1000", "1000", "from the machine", "read-only"], lines[^5..]);
    }

    public static TheoryData<string, int, string> Ends => new()
    {
        { "exit 0", 0, "Completed" },
        { "exit 3", 3, "Error" },
    };

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Ends))]
    public async Task The_end_of_a_container_is_told_with_its_exit_code(string script, int exitCode, string reason)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var pod = await PodOnContainerd.RunAsync(Runtime, Fixture.Sandbox("ends"), cancellation);
        var status = await pod.ExitedAsync(await pod.StartAsync("c", "sh", "-c", script));
        Assert.Equal((exitCode, reason), (status.ExitCode, status.Reason));
    }

    [Fact(Timeout = 60_000)]
    public async Task Stop_sends_sigterm_first_and_sigkill_after_the_grace()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var pod = await PodOnContainerd.RunAsync(Runtime, Fixture.Sandbox("stops"), cancellation);
        var polite = await pod.UntilSaidAsync(
            "polite", "ready", "sh", "-c", "trap 'exit 7' TERM; echo ready; while true; do sleep 0.05; done");
        var stubborn = await pod.UntilSaidAsync(
            "stubborn", "ready", "sh", "-c", "trap '' TERM; echo ready; while true; do sleep 0.05; done");
        await Task.WhenAll(
            Runtime.StopContainerAsync(polite, TimeSpan.FromSeconds(30), cancellation),
            Runtime.StopContainerAsync(stubborn, TimeSpan.FromSeconds(1), cancellation));
        Assert.Equal(7, (await pod.ExitedAsync(polite)).ExitCode);
        Assert.Equal(137, (await pod.ExitedAsync(stubborn)).ExitCode);
        await Runtime.StopContainerAsync(polite, TimeSpan.Zero, cancellation);
        await Runtime.RemoveContainerAsync(polite, cancellation);
        await Runtime.RemoveContainerAsync(polite, cancellation);
        await Runtime.StopContainerAsync(polite, TimeSpan.Zero, cancellation);
        Assert.Null(await Runtime.ContainerStatusAsync(polite, cancellation));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_container_that_eats_more_memory_than_its_limit_is_oom_killed()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var pod = await PodOnContainerd.RunAsync(Runtime, Fixture.Sandbox("hungry"), cancellation);
        var id = await pod.StartAsync(
            ContainerdFixture.Container("c", "tail", "-c", "128m", "/dev/zero") with
            {
                Resources = new ResourceConfig { MemoryLimitBytes = 24 << 20, CpuShares = 512 },
            });
        Assert.Equal(137, (await pod.ExitedAsync(id)).ExitCode);

        // containerd hears of the exit and of its reason by two events.
        while (await Runtime.ContainerStatusAsync(id, cancellation) is { Reason: not "OOMKilled" })
        {
            await Task.Delay(50, cancellation);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Exec_gives_exit_code_and_output_and_ends_at_its_timeout()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var pod = await PodOnContainerd.RunAsync(Runtime, Fixture.Sandbox("exec"), cancellation);
        var id = await pod.StartAsync("c", "sleep", "1000");
        var (second, bound) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
        Assert.Equal(
            new ExecResult(4, "out\nerr\n", false),
            await Runtime.ExecAsync(id, ["sh", "-c", "echo out; echo err >&2; exit 4"], bound, cancellation));
        var late = await Runtime.ExecAsync(id, ["sleep", "100"], second, cancellation);
        Assert.True(late.TimedOut, late.ToString());
        var much = await Runtime.ExecAsync(
            id, ["sh", "-c", "head -c 100000 /dev/zero | tr '\\0' x"], bound, cancellation);
        Assert.Equal(new string('x', 10 * 1024), much.Output);
        var missing = await Assert.ThrowsAsync<ContainerRuntimeException>(
            () => Runtime.ExecAsync(id, ["/no/such"], bound, cancellation));
        Assert.Contains("no such file", missing.Message);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_command_that_does_not_exist_fails_at_start_and_says_so_in_the_status()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var pod = await PodOnContainerd.RunAsync(Runtime, Fixture.Sandbox("typo"), cancellation);
        var id = await Runtime.CreateContainerAsync(
            pod.Id, ContainerdFixture.Container("c", "no-such-command"), pod.Config, cancellation);
        var failure = await Assert.ThrowsAsync<ContainerRuntimeException>(() =>
            Runtime.StartContainerAsync(id, cancellation));
        Assert.Contains("no-such-command", failure.Message);
        var status = await pod.ExitedAsync(id);
        Assert.Equal((128, "StartError", true), (status.ExitCode, status.Reason, status.NeverRan));
        var alike = await pod.ExitedAsync(await pod.StartAsync("alike", "sh", "-c", "exit 128"));
        Assert.Equal((128, false), (alike.ExitCode, alike.NeverRan));
    }

    [Fact(Timeout = 60_000)]
    public async Task Failures_have_a_kind_that_a_caller_can_act_on()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var pod = await PodOnContainerd.RunAsync(Runtime, Fixture.Sandbox("errors"), cancellation);
        var absent = ContainerdFixture.Container("c", "true") with { Image = "test.local/absent:1" };
        await KindAsync(
            RuntimeErrorKind.NotFound, () => Runtime.CreateContainerAsync(pod.Id, absent, pod.Config, cancellation));
        await KindAsync(RuntimeErrorKind.NotFound, () => Runtime.StartContainerAsync("nobody", cancellation));
        await KindAsync(RuntimeErrorKind.AlreadyExists, () => Runtime.RunSandboxAsync(pod.Config, cancellation));
        await KindAsync(RuntimeErrorKind.NotFound, () => Runtime.ReopenLogAsync("nobody", cancellation));
        await KindAsync(
            RuntimeErrorKind.NotFound, () =>
                Runtime.ExecAsync("nobody", ["true"], TimeSpan.FromSeconds(30), cancellation));
        using var nowhere = new Agent.Cri.CriRuntime(
            new Agent.Cri.CriRuntimeOptions("/tmp/no-such.sock", "x"), TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<Agent.Cri.CriRuntime>.Instance);
        var down = await KindAsync(RuntimeErrorKind.Unavailable, () => nowhere.VersionAsync(cancellation));
        Assert.Contains("/tmp/no-such.sock", down.Message);
    }

    [Fact(Timeout = 60_000)]
    public async Task Figures_of_a_running_container_are_told()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var pod = await PodOnContainerd.RunAsync(Runtime, Fixture.Sandbox("busy"), cancellation);
        var id = await pod.StartAsync(ContainerdFixture.Container("c", "sh", "-c", "while true; do :; done") with
        {
            Labels = pod.Config.Labels,
        });
        while (true)
        {
            var all = await Runtime.StatsAsync(null, cancellation);
            var mine = all.FirstOrDefault(stats => stats.ContainerId == id);
            if (mine is { CpuUsageNanoseconds: > 0, MemoryWorkingSetBytes: > 0 }
                && mine.PodUid == pod.Config.Uid)
            {
                return;
            }
            await Task.Delay(50, cancellation);
        }
    }

    private static async Task<ContainerRuntimeException> KindAsync(RuntimeErrorKind kind, Func<Task> call)
    {
        var failure = await Assert.ThrowsAsync<ContainerRuntimeException>(call);
        Assert.True(kind == failure.Kind, $"{failure.Kind}: {failure.Message}");
        return failure;
    }
}
