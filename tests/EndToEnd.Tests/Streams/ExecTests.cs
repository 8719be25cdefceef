using System.Security.Cryptography;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Streams;

/// <summary>exec, attach and cp by real kubectl, over WebSocket (1.35) and over SPDY/3.1 (1.20).</summary>
public sealed class ExecTests(SharedCluster shared)
{
    private const int CopyBytes = 100 * 1024 * 1024;
    private static readonly TimeSpan CopyBound = TimeSpan.FromMinutes(4);

    [Theory]
    [InlineData(Kubectl.New)]
    [InlineData(Kubectl.Old)]
    public async Task A_command_has_its_streams_and_its_exit_code(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = await RunningAsync(space, "exec sleep 1000");

        var both = await kubectl.RunAsync("exec", "box", "--", "sh", "-c", "echo out; echo err >&2; exit 3");
        Assert.Equal((3, "out\n"), (both.ExitCode, both.Text));
        both.Says("err\n", "command terminated with exit code 3");

        Assert.Equal("given\n", (await kubectl.RunAsync(["exec", "-i", "box", "--", "cat"], "given\n")).Ok().Text);

        var much = await kubectl.OkAsync("exec", "box", "--", "seq", "2000000");
        Assert.Equal(
            string.Concat(Enumerable.Range(1, 2_000_000).Select(number => $"{number}\n")).Length, much.Text.Length);

        (await kubectl.RunAsync("exec", "box", "--", "nosuch"))
            .Fails("\"nosuch\": executable file not found in $PATH");
        (await kubectl.RunAsync("exec", "box", "-c", "other", "--", "true"))
            .Fails("container other is not valid for pod box");
    }

    [Theory]
    [InlineData(Kubectl.New)]
    [InlineData(Kubectl.Old)]
    public async Task A_command_that_leaves_its_input_unread_has_its_exit_code(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = await RunningAsync(space, "exec sleep 1000");
        var much = string.Concat(Enumerable.Repeat("1\n", 3_000_000));

        var first = await kubectl.RunAsync(["exec", "-i", "box", "--", "head", "-n", "1"], much);
        Assert.Equal((0, "1\n"), (first.ExitCode, first.Text));

        Assert.Equal(7, (await kubectl.RunAsync(["exec", "-i", "box", "--", "sh", "-c", "exit 7"], much)).ExitCode);

        // A command that closed its outputs may go on for longer than the end of others is waited for.
        var silent = await kubectl.RunAsync(
            ["exec", "-i", "box", "--", "sh", "-c", "exec >&- 2>&-; sleep 8; exit 3"], much);
        Assert.Equal(3, silent.ExitCode);

        var endless = await Tool.RunAsync(
            "/bin/bash",
            ["-c", $"yes | {kubectl.Line("exec", "-i", "box", "--", "sh", "-c", "'echo out; exit 7'")}; "
                + "exit ${PIPESTATUS[1]}"],
            kubectl.Variables);
        Assert.Equal((7, "out\n"), (endless.ExitCode, endless.Text));
    }

    [Fact]
    public async Task A_command_that_leaves_its_input_unread_ends_with_its_container()
    {
        await using var space = await shared.NewSpaceAsync();
        var kubectl = await RunningAsync(space, "until [ -e /tmp/end ]; do sleep 0.1; done; exit 1");
        var endless = Tool.RunAsync(
            "/bin/bash",
            ["-c", $"yes | {kubectl.Line("exec", "-i", "box", "--", "sh", "-c", "'touch /tmp/here; sleep 1000'")}; "
                + "exit ${PIPESTATUS[1]}"],
            kubectl.Variables);
        await Eventually.HoldsAsync("the command to run", async () =>
            (await kubectl.RunAsync("exec", "box", "--", "test", "-e", "/tmp/here")).ExitCode == 0);
        await kubectl.RunAsync("exec", "box", "--", "touch", "/tmp/end");
        Assert.Equal(137, (await endless).ExitCode);
    }

    [Theory]
    [InlineData(Kubectl.New)]
    [InlineData(Kubectl.Old)]
    public async Task A_file_of_100_MB_is_copied_there_and_back(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = await RunningAsync(space, "exec sleep 1000");
        var directory = Places.NewScratch("cp");
        try
        {
            var (there, back) = (Path.Combine(directory, "there"), Path.Combine(directory, "back"));
            var bytes = new byte[CopyBytes];
            new Random(1).NextBytes(bytes);
            await File.WriteAllBytesAsync(there, bytes, TestContext.Current.CancellationToken);
            var sum = Convert.ToHexStringLower(SHA256.HashData(bytes));

            (await kubectl.RunAsync(["cp", there, "box:/tmp/file"], "", CopyBound)).Ok();
            (await kubectl.OkAsync("exec", "box", "--", "sha256sum", "/tmp/file")).Says(sum);
            (await kubectl.RunAsync(["cp", "box:/tmp/file", back], "", CopyBound)).Ok();
            Assert.Equal(sum, Convert.ToHexStringLower(SHA256.HashData(
                await File.ReadAllBytesAsync(back, TestContext.Current.CancellationToken))));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Theory]
    [InlineData(Kubectl.New)]
    [InlineData(Kubectl.Old)]
    public async Task A_terminal_has_the_size_of_its_clients_and_follows_it(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = await RunningAsync(space, "exec sleep 1000");

        // script(1) gives kubectl a terminal, whose size is changed when the command has told the first one. The
        // runtime hands that on only after the start, as in Kubernetes.
        const string inside = "until [ \"$(stty size 2>/dev/null)\" = \"30 90\" ]; do sleep 0.1; done; stty size; tty; "
            + "while [ \"$(stty size)\" = \"30 90\" ]; do sleep 0.1; done; stty size; exit 7";
        var directory = Places.NewScratch("terminal");
        try
        {
            var told = Path.Combine(directory, "told");
            var shown = await Tool.RunAsync(
                "/usr/bin/script",
                ["-qefc", $"stty rows 30 cols 90; t=$(tty); (for i in $(seq 600); do grep -q '^30 90' {told} && break; "
                    + "sleep 0.1; done; stty rows 44 cols 123 <$t) & "
                    + kubectl.Line("exec", "-it", "box", "--", "sh", "-c", $"'{inside}'"), told],
                kubectl.Variables);
            Assert.Equal(7, shown.ExitCode);
            shown.Says("30 90", "/dev/pts/", "44 123");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Theory]
    [InlineData(Kubectl.New)]
    [InlineData(Kubectl.Old)]
    public async Task A_container_is_attached_to_with_and_without_its_input(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = space.Kubectl;
        await kubectl.ApplyAsync(Manifests.Pod("reader", "exec cat", "stdin: true\nstdinOnce: true"));
        await kubectl.ApplyAsync(Manifests.Pod("ticker", "while true; do echo tick; sleep 1; done"));
        await kubectl.WaitAsync("pod/reader", "condition=Ready");
        await kubectl.WaitAsync("pod/ticker", "condition=Ready");

        await using (var following = kubectl.Follow("attach", "ticker"))
        {
            await following.SeesAsync("ticks", lines => lines.Count(line => line == "tick") >= 2);
        }

        (await kubectl.RunAsync(["attach", "-i", "reader"], "one\ntwo\n")).Ok().Says("one\ntwo");

        // Its input has ended with the first who gave it one.
        await Eventually.BecomesAsync(
            "the reader to have ended",
            () => kubectl.PathAsync("pod/reader", ".status.containerStatuses[0].restartCount"), count => count == "1");
    }

    [Theory]
    [InlineData(Kubectl.New)]
    [InlineData(Kubectl.Old)]
    public async Task Run_attaches_to_what_it_starts(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var output = await space.Kubectl.RunAsync(
            [
                "run", "once", "--image=busybox:1.35", "--image-pull-policy=IfNotPresent", "--restart=Never",
                "-i", "--rm", "--command", "--", "sh", "-c", "cat; sleep 2; exit 5",
            ],
            "given\n");
        Assert.Equal(5, output.ExitCode);
        output.Says("given\n");
    }

    private static async Task<Kubectl> RunningAsync(Space space, string script)
    {
        await space.Kubectl.ApplyAsync(Manifests.Pod("box", script));
        await space.Kubectl.WaitAsync("pod/box", "condition=Ready");
        return space.Kubectl;
    }
}
