using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Tests.Containerd;

namespace ActorOrchestrator.Agent.Tests.Cri;

public sealed class ContainerTests(ContainerdFixture fixture) : ContainerdTests(fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IContainerRuntime Runtime => Fixture.Runtime;

    [Fact(Timeout = 60_000)]
    public async Task A_container_runs_with_its_command_environment_mounts_user_and_labels()
    {
        await using var pod = await PodOnContainerd.RunAsync(Runtime, Fixture.Sandbox("full"));
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
        await using var pod = await PodOnContainerd.RunAsync(Runtime, Fixture.Sandbox("ends"));
        var status = await pod.ExitedAsync(await pod.StartAsync("c", "sh", "-c", script));
        Assert.Equal((exitCode, reason), (status.ExitCode, status.Reason));
    }

    [Fact(Timeout = 60_000)]
    public async Task Stop_sends_sigterm_first_and_sigkill_after_the_grace()
    {
        await using var pod = await PodOnContainerd.RunAsync(Runtime, Fixture.Sandbox("stops"));
        var polite = await pod.StartAsync("polite", "sh", "-c", "trap 'exit 7' TERM; while true; do sleep 0.05; done");
        var stubborn = await pod.StartAsync("stubborn", "sh", "-c", "trap '' TERM; while true; do sleep 0.05; done");
        await Task.WhenAll(
            Runtime.StopContainerAsync(polite, TimeSpan.FromSeconds(30), Cancellation),
            Runtime.StopContainerAsync(stubborn, TimeSpan.FromSeconds(1), Cancellation));
        Assert.Equal(7, (await pod.ExitedAsync(polite)).ExitCode);
        Assert.Equal(137, (await pod.ExitedAsync(stubborn)).ExitCode);
        await Runtime.StopContainerAsync(polite, TimeSpan.Zero, Cancellation);
        await Runtime.RemoveContainerAsync(polite, Cancellation);
        await Runtime.RemoveContainerAsync(polite, Cancellation);
        await Runtime.StopContainerAsync(polite, TimeSpan.Zero, Cancellation);
        Assert.Null(await Runtime.ContainerStatusAsync(polite, Cancellation));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_container_that_eats_more_memory_than_its_limit_is_oom_killed()
    {
        await using var pod = await PodOnContainerd.RunAsync(Runtime, Fixture.Sandbox("hungry"));
        var id = await pod.StartAsync(
            ContainerdFixture.Container("c", "tail", "-c", "128m", "/dev/zero") with
            {
                Resources = new ResourceConfig { MemoryLimitBytes = 24 << 20, CpuShares = 512 },
            });
        var status = await pod.ExitedAsync(id);
        Assert.Equal((137, "OOMKilled"), (status.ExitCode, status.Reason));
    }

    [Fact(Timeout = 60_000)]
    public async Task Exec_gives_exit_code_and_output_and_ends_at_its_timeout()
    {
        await using var pod = await PodOnContainerd.RunAsync(Runtime, Fixture.Sandbox("exec"));
        var id = await pod.StartAsync("c", "sleep", "1000");
        var second = TimeSpan.FromSeconds(1);
        Assert.Equal(
            new ExecResult(4, "out\nerr\n", false),
            await Runtime.ExecAsync(id, ["sh", "-c", "echo out; echo err >&2; exit 4"], second * 10, Cancellation));
        var late = await Runtime.ExecAsync(id, ["sleep", "100"], second, Cancellation);
        Assert.True(late.TimedOut, late.ToString());
        var much = await Runtime.ExecAsync(
            id, ["sh", "-c", "head -c 100000 /dev/zero | tr '\\0' x"], second * 10, Cancellation);
        Assert.Equal(new string('x', 10 * 1024), much.Output);
        var missing = await Assert.ThrowsAsync<ContainerRuntimeException>(
            () => Runtime.ExecAsync(id, ["/no/such"], second, Cancellation));
        Assert.Contains("no such file", missing.Message);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_command_that_does_not_exist_fails_at_start_and_says_so_in_the_status()
    {
        await using var pod = await PodOnContainerd.RunAsync(Runtime, Fixture.Sandbox("typo"));
        var id = await Runtime.CreateContainerAsync(
            pod.Id, ContainerdFixture.Container("c", "no-such-command"), pod.Config, Cancellation);
        var failure = await Assert.ThrowsAsync<ContainerRuntimeException>(() =>
            Runtime.StartContainerAsync(id, Cancellation));
        Assert.Contains("no-such-command", failure.Message);
        var status = await pod.ExitedAsync(id);
        Assert.Equal((128, "StartError"), (status.ExitCode, status.Reason));
    }

    [Fact(Timeout = 60_000)]
    public async Task Failures_have_a_kind_that_a_caller_can_act_on()
    {
        await using var pod = await PodOnContainerd.RunAsync(Runtime, Fixture.Sandbox("errors"));
        var absent = ContainerdFixture.Container("c", "true") with { Image = "test.local/absent:1" };
        await KindAsync(
            RuntimeErrorKind.NotFound, () => Runtime.CreateContainerAsync(pod.Id, absent, pod.Config, Cancellation));
        await KindAsync(RuntimeErrorKind.NotFound, () => Runtime.StartContainerAsync("nobody", Cancellation));
        await KindAsync(RuntimeErrorKind.AlreadyExists, () => Runtime.RunSandboxAsync(pod.Config, Cancellation));
        await KindAsync(RuntimeErrorKind.NotFound, () => Runtime.ReopenLogAsync("nobody", Cancellation));
        await KindAsync(
            RuntimeErrorKind.NotFound, () =>
                Runtime.ExecAsync("nobody", ["true"], TimeSpan.FromSeconds(1), Cancellation));
        using var nowhere = new Agent.Cri.CriRuntime(
            new Agent.Cri.CriRuntimeOptions("/tmp/no-such.sock", "x"), TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<Agent.Cri.CriRuntime>.Instance);
        var down = await KindAsync(RuntimeErrorKind.Unavailable, () => nowhere.VersionAsync(Cancellation));
        Assert.Contains("/tmp/no-such.sock", down.Message);
    }

    [Fact(Timeout = 60_000)]
    public async Task Figures_of_a_running_container_are_told()
    {
        await using var pod = await PodOnContainerd.RunAsync(Runtime, Fixture.Sandbox("busy"));
        var id = await pod.StartAsync(ContainerdFixture.Container("c", "sh", "-c", "while true; do :; done") with
        {
            Labels = pod.Config.Labels,
        });
        while (true)
        {
            var all = await Runtime.StatsAsync(Cancellation);
            var mine = all.FirstOrDefault(stats => stats.ContainerId == id);
            if (mine is { CpuUsageNanoseconds: > 0, MemoryWorkingSetBytes: > 0 }
                && mine.PodUid == pod.Config.Uid) return;
            await Task.Delay(50, Cancellation);
        }
    }

    private static async Task<ContainerRuntimeException> KindAsync(RuntimeErrorKind kind, Func<Task> call)
    {
        var failure = await Assert.ThrowsAsync<ContainerRuntimeException>(call);
        Assert.True(kind == failure.Kind, $"{failure.Kind}: {failure.Message}");
        return failure;
    }
}
