using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Logs;
using ActorOrchestrator.Agent.Processes;
using ActorOrchestrator.Streams.Commands;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Agent.Tests.Processes;

public sealed class ProcessRuntimeTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("processes-").FullName;
    private ProcessRuntime _runtime = null!;
    private SandboxConfig _pod = null!;
    private string _sandbox = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _runtime = Open();
        _pod = new SandboxConfig
        {
            Name = "pod", Hostname = "pod-0", Namespace = "default", Uid = "u-1", LogDirectory = _directory + "/logs",
            Labels = new Dictionary<string, string> { [RuntimeLabels.PodUid] = "u-1" },
        };
        _sandbox = await _runtime.RunSandboxAsync(_pod, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sandbox in await _runtime.ListSandboxesAsync(CancellationToken.None))
        {
            await _runtime.RemoveSandboxAsync(sandbox.Id, CancellationToken.None);
        }

        await _runtime.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_container_is_a_process_with_its_command_environment_and_directory()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var id = await StartAsync(
            Shell("echo $A on $HOSTNAME; echo $ACTOR_ORCHESTRATOR_MOUNTS; pwd; echo err >&2; printf unfinished") with
        {
            Environment = [new("A", "b c")], WorkingDirectory = _directory, Image = "any/name:1",
            Mounts = [new MountConfig("/data", "/tmp/x", ReadOnly: false)], Labels = _pod.Labels,
        });
        var status = await ExitedAsync(id);
        Assert.Equal((0, "Completed", "any/name:1"), (status.ExitCode, status.Reason, status.Image));
        Assert.True(status.CreatedAt <= status.StartedAt && status.StartedAt <= status.FinishedAt);
        var lines = File.ReadAllLines(status.LogPath).Select(line => line.Split(' ', 2)[1]).Order(
            StringComparer.Ordinal);
        Assert.Equal(["stderr F err", "stdout F /data=/tmp/x", $"stdout F {_directory}", "stdout F b c on pod-0",
            "stdout F unfinished"], lines);
        Assert.Equal(["127.0.0.1"], (await _runtime.SandboxStatusAsync(_sandbox, cancellation))!.Ips);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_terminal_has_its_clients_size_before_the_command_begins()
    {
        var id = await StartAsync(Shell("exec sleep 30"));
        var session = await _runtime.ExecAsync(
            id, ["stty", "size"], new CommandShape(Input: false, Output: true, Error: false, Terminal: true),
            Cancellation);
        using var shown = new MemoryStream();
        var sizes = TerminalSize.NewChannel();
        var running = session.RunAsync(new CommandStreams(null, shown, null, sizes.Reader), Cancellation);
        await Task.Delay(200, TestContext.Current.CancellationToken);
        sizes.Writer.TryWrite(new TerminalSize(90, 30));
        Assert.Equal("Success", (await running).Result);
        Assert.Equal("30 90\r\n", System.Text.Encoding.UTF8.GetString(shown.ToArray()));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("exit 3", 3, "Error")]
    [InlineData("kill -TERM $$", 143, "Error")]
    [InlineData("kill -KILL $$", 137, "Error")]
    public async Task The_end_of_a_process_is_told_with_its_exit_code(string script, int exitCode, string reason)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var events = _runtime.EventsAsync(cancellation).GetAsyncEnumerator(cancellation);
        Assert.True(await events.MoveNextAsync());
        var id = await StartAsync(Shell(script));
        foreach (var (kind, code) in ((RuntimeEventKind, int)[])
            [(RuntimeEventKind.Reconnected, 0), (RuntimeEventKind.ContainerStarted, 0),
                (RuntimeEventKind.ContainerExited, exitCode)])
        {
            Assert.Equal((kind, code), (events.Current.Kind, events.Current.ExitCode));
            if (kind != RuntimeEventKind.ContainerExited)
            {
                Assert.True(await events.MoveNextAsync());
            }
        }
        var status = await _runtime.ContainerStatusAsync(id, cancellation);
        Assert.Equal((ContainerRuntimeState.Exited, exitCode, reason), (status!.State, status.ExitCode, status.Reason));
    }

    [Fact(Timeout = 120_000)]
    public async Task Stop_asks_first_then_kills_and_takes_the_whole_group()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var polite = await StartAsync(
            Shell("trap 'exit 7' TERM; echo ready; sleep 100 & wait") with { Name = "polite" });
        var stubborn = await StartAsync(
            Shell("trap '' TERM; echo ready; while true; do sleep 0.05; done") with { Name = "stubborn" });
        var other = await StartAsync(
            Shell("trap 'exit 8' INT; trap '' TERM; echo ready; while true; do sleep 0.05; done") with
            {
                Name = "other", StopSignal = "SIGINT",
            });
        await LogAsync(polite, lines: 1);
        await LogAsync(stubborn, lines: 1);
        await LogAsync(other, lines: 1);
        await _runtime.StopContainerAsync(other, TimeSpan.FromSeconds(20), cancellation);
        Assert.Equal(8, (await ExitedAsync(other)).ExitCode);
        await _runtime.StopContainerAsync(polite, TimeSpan.FromSeconds(20), cancellation);
        await _runtime.StopContainerAsync(stubborn, TimeSpan.FromMilliseconds(200), cancellation);
        Assert.Equal(7, (await ExitedAsync(polite)).ExitCode);
        Assert.Equal(137, (await ExitedAsync(stubborn)).ExitCode);
        await _runtime.StopContainerAsync(polite, TimeSpan.FromSeconds(20), cancellation);
        await _runtime.StopContainerAsync("nobody", TimeSpan.Zero, cancellation);
    }

    [Fact(Timeout = 120_000)]
    public async Task Exec_runs_beside_the_process_with_its_environment_and_ends_at_its_timeout()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var id = await StartAsync(Shell("sleep 1000") with { Environment = [new("A", "b")] });
        var result = await _runtime.ExecAsync(
            id, ["sh", "-c", "echo $A; echo err >&2; exit 4"], TimeSpan.FromSeconds(20), cancellation);
        Assert.Equal(new ExecResult(4, "b\nerr\n", false), result);
        var late = await _runtime.ExecAsync(id, ["sleep", "100"], TimeSpan.FromMilliseconds(100), cancellation);
        Assert.True(late.TimedOut);
        var much = await OutputAsync(id, "sh", "-c", "head -c 100000 /dev/zero | tr '\\0' x");
        Assert.Equal(new string('x', 10 * 1024), much);
        await FailsAsync("no-such: no such file", () => OutputAsync(id, "/no-such"));
    }

    /// <summary>Whoever writes into a pipe that nobody reads ends silently.</summary>
    [Fact(Timeout = 120_000)]
    public async Task A_process_ignores_no_signal_that_the_agent_ignores()
    {
        const string shown = "grep SigIgn /proc/self/status; yes | head -n 1";
        var cancellation = TestContext.Current.CancellationToken;
        Assert.NotEqual(0, IgnoredHere() & (1L << (SigPipe - 1)));
        var id = await StartAsync(Shell($"{shown}; exec sleep 1000"));
        var path = await LogAsync(id, lines: 2);
        string[] expected = ["SigIgn:\t0000000000000000", "y"];
        Assert.Equal(expected, File.ReadAllLines(path).Select(line => line.Split(' ', 4)[3]));
        Assert.Equal(string.Join('\n', expected) + "\n", await OutputAsync(id, "sh", "-c", shown));

        static long IgnoredHere() => Convert.ToInt64(
            File.ReadLines("/proc/self/status").Single(line => line.StartsWith("SigIgn:")).Split('\t')[1], 16);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_next_agent_finds_what_runs_and_how_what_ended_meanwhile_has_ended()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var runs = await StartAsync(Shell("echo before; sleep 0.5; echo after; sleep 1000") with { Name = "runs" });
        var ends = await StartAsync(Shell("sleep 0.3; echo bye; exit 9") with { Name = "ends" });
        var killed = await StartAsync(Shell("sleep 1000") with { Name = "killed" });
        await _runtime.DisposeAsync();
        while (!File.Exists($"{_directory}/state/containers/{ends}/exit"))
        {
            await Task.Delay(10, cancellation);
        }

        var pids = Directory.GetFiles($"{_directory}/state/containers/{killed}", "*")
            .Where(file => Path.GetFileName(file) is "pid" or "supervisor").Select(File.ReadAllText);
        foreach (var pid in pids)
        {
            _ = NativeMethods.kill(int.Parse(pid), NativeMethods.SigKill);
        }

        _runtime = Open();
        Assert.Equal((9, "Error"), await EndAsync(ends));
        Assert.Equal((255, "Unknown"), await EndAsync(killed));
        Assert.Equal(ContainerRuntimeState.Running, (await _runtime.ContainerStatusAsync(runs, cancellation))!.State);
        Assert.Equal("u-1", Assert.Single(await _runtime.ListSandboxesAsync(cancellation)).Uid);
        var reader = new ContainerLogs(_runtime, new LogReader(TimeProvider.System, NullLogger<LogReader>.Instance));
        var shown = "";
        await foreach (var chunk in reader.ReadAsync(runs, new LogQuery { Follow = true }, cancellation))
        {
            shown += System.Text.Encoding.UTF8.GetString(chunk.Span);
            if (shown.Contains("after", StringComparison.Ordinal))
            {
                break;
            }
        }
        Assert.Equal("before\nafter\n", shown);
        await _runtime.StopContainerAsync(runs, TimeSpan.FromSeconds(10), cancellation);
        Assert.Equal(143, (await ExitedAsync(runs)).ExitCode);

        async Task<(int, string)> EndAsync(string id)
        {
            var status = await ExitedAsync(id);
            return (status.ExitCode, status.Reason);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task What_this_runtime_cannot_do_is_refused_in_words()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var config = Shell("true");
        await FailsAsync(
            "container \"c\" has no command", () => CreateAsync(config with { Command = [], Args = ["x"] }));
        await FailsAsync("asks for user 4711", () => CreateAsync(
            config with { Security = new SecurityConfig { RunAsUser = 4711 } }));
        await CreateAsync(config);
        await FailsAsync("attempt 0 of container c exists", () => CreateAsync(config));
        await FailsAsync("attempt 0 of pod u-1", () => _runtime.RunSandboxAsync(_pod, cancellation));
        await FailsAsync(
            "no running sandbox", () => _runtime.CreateContainerAsync("nobody", config, _pod, cancellation));
        var typo = await CreateAsync(config with { Attempt = 1, Command = ["no-such-command"] });
        await FailsAsync(
            "exec: \"no-such-command\": executable file not found in $PATH",
            () => _runtime.StartContainerAsync(typo, cancellation));
        var status = await ExitedAsync(typo);
        Assert.Equal((128, "StartError"), (status.ExitCode, status.Reason));
        var lost = await CreateAsync(config with { Attempt = 2, WorkingDirectory = "/no/such" });
        await FailsAsync("chdir to cwd (\"/no/such\")", () => _runtime.StartContainerAsync(lost, cancellation));
    }

    /// <summary>The kernel takes 128 KiB for one variable, its name, "=" and the end among them (execve(2)).</summary>
    [Theory(Timeout = 120_000)]
    [InlineData((128 * 1024) - 4, true)]
    [InlineData((128 * 1024) - 3, true)]
    [InlineData((128 * 1024) - 2, false)]
    [InlineData(200_000, false)]
    public async Task An_environment_that_is_too_large_is_a_failed_start(int length, bool starts)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var id = await CreateAsync(Shell("exit 7") with
        {
            Environment = [new("V", new string('v', length))],
        });
        var start = () => _runtime.StartContainerAsync(id, cancellation);
        if (starts)
        {
            await start();
        }
        else
        {
            await FailsAsync("exec: \"sh\": argument list too long", start);
        }

        var status = await ExitedAsync(id);
        Assert.Equal(starts ? (7, "Error") : (128, "StartError"), (status.ExitCode, status.Reason));

        var runs = await StartAsync(Shell("exec sleep 1000") with { Attempt = 1 });
        string[] command = ["true", new string('a', length + 2)];
        var exec = () => _runtime.ExecAsync(runs, command, Bound, cancellation);
        if (starts)
        {
            Assert.Equal(0, (await exec()).ExitCode);
        }
        else
        {
            await FailsAsync("exec: \"true\": argument list too long", exec);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task What_a_process_is_told_is_on_no_disk_and_known_to_the_next_agent()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var runs = await StartAsync(Shell("exec sleep 1000 # hidden-word") with
        {
            Environment = [new("PASSWORD", "hidden-word"), new("LINES", "a\nb=c")],
        });
        var waits = await CreateAsync(Shell("echo hidden-word") with { Attempt = 1 });
        Assert.Equal([], Holding("hidden-word"));
        Assert.NotEmpty(Holding(runs));

        await _runtime.DisposeAsync();
        var record = $"{_directory}/state/containers/{runs}/record.json";
        var old = File.ReadAllText(record).Replace(
            "\"WorkingDirectory\"", "\"Command\":[\"x\"],\"Environment\":{\"P\":\"hidden-word\"},\"WorkingDirectory\"");
        await File.WriteAllTextAsync(record, old, cancellation);
        Assert.Equal([record], Holding("hidden-word"));
        _runtime = Open();
        Assert.Equal([], Holding("hidden-word"));
        Assert.Equal("hidden-word a\nb=c\n", await OutputAsync(runs, "sh", "-c", "echo \"$PASSWORD $LINES\""));
        await FailsAsync("is to be created again", () => _runtime.StartContainerAsync(waits, cancellation));
    }

    private List<string> Holding(string word) =>
        [.. Directory.GetFiles(_directory + "/state", "*", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains(word, StringComparison.Ordinal))];

    [Theory(Timeout = 120_000)]
    [InlineData(10_239, 10_239)]
    [InlineData(10_240, 10_240)]
    [InlineData(10_241, 10_240)]
    public async Task What_a_command_says_is_cut(int length, int expected)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var runs = await StartAsync(Shell("exec sleep 1000"));
        string[] command = ["sh", "-c", $"head -c {length} /dev/zero | tr '\\0' x"];
        Assert.Equal(expected, (await _runtime.ExecAsync(runs, command, Bound, cancellation)).Output.Length);
    }

    [Fact(Timeout = 120_000)]
    public async Task Long_lines_are_cut_into_parts_and_a_renamed_log_is_followed_by_a_new_one()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var id = await StartAsync(Shell(
            "head -c 40000 /dev/zero | tr '\\0' x; echo; while [ ! -e go ]; do sleep 0.02; done; echo second") with
        {
            WorkingDirectory = _directory,
        });
        var path = await LogAsync(id, lines: 3);
        Assert.Equal(["P 16384", "P 16384", "F 7232"], File.ReadAllLines(path).Select(Shape));
        File.Move(path, path + ".old");
        await _runtime.ReopenLogAsync(id, cancellation);
        await File.WriteAllTextAsync(_directory + "/go", "", cancellation);
        await ExitedAsync(id);
        Assert.Equal("F 6", Shape(Assert.Single(File.ReadAllLines(path))));
        Assert.Equal(3, File.ReadAllLines(path + ".old").Length);

        static string Shape(string line) => $"{line.Split(' ', 4)[2]} {line.Split(' ', 4)[3].Length}";
    }

    [Fact(Timeout = 120_000)]
    public async Task A_busy_process_has_figures_and_a_removed_one_leaves_nothing()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var id = await StartAsync(Shell("while true; do :; done") with { Labels = _pod.Labels });
        ContainerStats? mine;
        do
        {
            mine = (await _runtime.StatsAsync(null, cancellation)).FirstOrDefault(stats => stats.ContainerId == id);
        }
        while (mine is not { CpuUsageNanoseconds: > 0, MemoryWorkingSetBytes: > 0, PodUid: "u-1" });
        await _runtime.RemoveContainerAsync(id, cancellation);
        Assert.Null(await _runtime.ContainerStatusAsync(id, cancellation));
        Assert.Empty(await _runtime.StatsAsync(null, cancellation));
        await _runtime.RemoveSandboxAsync(_sandbox, cancellation);
        Assert.Empty(Directory.GetDirectories(_directory + "/state/sandboxes"));
        Assert.Empty(Directory.GetDirectories(_directory + "/state/containers"));
    }

    private const int SigPipe = 13;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private ProcessRuntime Open() =>
        new(_directory + "/state", TimeProvider.System, NullLogger<ProcessRuntime>.Instance);

    private static ContainerConfig Shell(string script) => new()
    {
        Name = "c", Image = "none", Command = ["sh", "-c", script], LogPath = "c/0.log",
    };

    private Task<string> CreateAsync(ContainerConfig config) => _runtime.CreateContainerAsync(
        _sandbox, config with { LogPath = $"{config.Name}/{config.Attempt}.log" }, _pod, Cancellation);

    private async Task<string> StartAsync(ContainerConfig config)
    {
        var id = await CreateAsync(config);
        await _runtime.StartContainerAsync(id, Cancellation);
        return id;
    }

    /// <returns>The file of the log, once it has so many lines.</returns>
    private async Task<string> LogAsync(string id, int lines)
    {
        var path = (await _runtime.ContainerStatusAsync(id, Cancellation))!.LogPath;
        while (!File.Exists(path) || File.ReadAllLines(path).Length < lines)
        {
            await Task.Delay(10, Cancellation);
        }

        return path;
    }

    private async Task<ContainerRuntimeStatus> ExitedAsync(string id)
    {
        while (true)
        {
            var status = await _runtime.ContainerStatusAsync(id, Cancellation);
            if (status!.State == ContainerRuntimeState.Exited)
            {
                return status;
            }

            await Task.Delay(10, Cancellation);
        }
    }

    private async Task<string> OutputAsync(string id, params string[] command) =>
        (await _runtime.ExecAsync(id, command, TimeSpan.FromSeconds(20), Cancellation)).Output;

    private static async Task FailsAsync(string complaint, Func<Task> call)
    {
        var failure = await Assert.ThrowsAsync<ContainerRuntimeException>(call);
        Assert.Contains(complaint, failure.Message);
    }
}
