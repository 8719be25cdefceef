using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Workloads;

/// <summary>kubectl debug: containers that are added to a running pod, copies of pods, and pods that see a whole
/// node.</summary>
public sealed class DebugTests(SharedCluster shared)
{
    private const string Image = "--image=busybox:1.35";
    private const string Sleeper = "exec sleep 1000";

    [Fact]
    public async Task A_container_is_added_to_a_running_pod_and_sees_the_processes_of_its_target()
    {
        await using var space = await shared.NewSpaceAsync();
        var kubectl = await RunningAsync(space.Kubectl, Sleeper);
        var before = await kubectl.PathAsync("pod/p", ".status.containerStatuses[0]['containerID','restartCount']");
        await DebugAsync(kubectl, "sees", "echo hello; exec sleep 2000", "--target=main");
        await DebugAsync(kubectl, "alone", "exec sleep 3000");

        await FirstProcessAsync(kubectl, "sees", "sleep\01000");
        await FirstProcessAsync(kubectl, "alone", "sleep\03000");
        Assert.DoesNotContain("sleep 1000", await InAsync(kubectl, "alone", "ps"));
        await InAsync(kubectl, "sees", "echo mine >/proc/1/root/tmp/file");
        Assert.Equal("mine\n", await InAsync(kubectl, "main", "cat /tmp/file"));
        Assert.Equal(
            await InAsync(kubectl, "main", "readlink /proc/self/ns/net; readlink /proc/self/ns/ipc"),
            await InAsync(kubectl, "alone", "readlink /proc/self/ns/net; readlink /proc/self/ns/ipc"));
        await LogsAsync(kubectl, "sees", "hello\n");
        await kubectl.DescribesAsync(["pod", "p"], "Ephemeral Containers:", "  sees:", "Started container sees");

        Assert.Equal(before, await kubectl.PathAsync(
            "pod/p", ".status.containerStatuses[0]['containerID','restartCount']"));
        (await kubectl.OkAsync("get", "pod", "p")).Says("1/1", "Running");
        (await kubectl.RunAsync("debug", "p", Image, "-c", "lost", "--target=other", "--", "true"))
            .Fails("targetContainerName: Not found: \"other\"");
    }

    [Fact]
    public async Task It_is_attached_to_with_its_input_and_with_a_terminal()
    {
        await using var space = await shared.NewSpaceAsync();
        var kubectl = await RunningAsync(space.Kubectl, Sleeper);
        var directory = Places.NewScratch("debug");
        try
        {
            // Its input stays open: the runtime lets go of the output of who has nothing more to say.
            var given = await Tool.RunAsync(
                "/bin/sh",
                ["-c", $"mkfifo {directory}/in; " + kubectl.Line(
                    "debug", "p", "-i", Image, "-c", "reads", "--", "sh", "-c",
                    "'read line; echo \"<$line>\"; sleep 2'")
                    + $" <{directory}/in & exec 3>{directory}/in; echo x >&3; wait $!"],
                kubectl.Variables);
            given.Ok().Says("<x>");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        const string inside = "until [ \"$(stty size 2>/dev/null)\" = \"30 90\" ]; do sleep 0.1; done; stty size; tty; "
            + "sleep 2";
        var shown = await Tool.RunAsync(
            "/usr/bin/script",
            ["-qec", "stty rows 30 cols 90; "
                + kubectl.Line("debug", "p", "-it", Image, "-c", "terminal", "--", "sh", "-c", $"'{inside}'"),
                "/dev/null"],
            kubectl.Variables);
        shown.Ok().Says("30 90", "/dev/pts/", "the ephemeral container will not be restarted");
    }

    [Fact]
    public async Task It_runs_once_and_its_pod_ends_when_its_own_containers_have_ended()
    {
        await using var space = await shared.NewSpaceAsync();
        var kubectl = await RunningAsync(
            space.Kubectl, "until [ -e /tmp/end ]; do sleep 0.2; done", "restartPolicy: Never\n", grace: 30);
        (await kubectl.OkAsync("debug", "p", Image, "-c", "fails", "--", "sh", "-c", "exit 3")).Ok();
        await StateAsync(kubectl, "fails", "\"exitCode\":3");
        await DebugAsync(kubectl, "stays", "trap \"exit 4\" TERM; echo ready; while true; do sleep 0.2; done");
        await LogsAsync(kubectl, "stays", "ready\n");
        Assert.Equal("Running True", await kubectl.PathAsync(
            "pod/p", ".status.phase} {.status.conditions[?(@.type==\"Ready\")].status"));

        await InAsync(kubectl, "main", "touch /tmp/end");
        await kubectl.WaitAsync("pod/p", "jsonpath={.status.phase}=Succeeded");
        await StateAsync(kubectl, "stays", "\"exitCode\":4");
        Assert.Equal("0 0", await kubectl.PathAsync("pod/p", ".status.ephemeralContainerStatuses[*].restartCount"));
    }

    [Fact]
    public async Task A_killed_server_finds_it_again_and_it_ends_with_its_pod()
    {
        await using var cluster = await Cluster.StartAsync();
        var kubectl = await RunningAsync(cluster.Kubectl(), Sleeper);
        await kubectl.OkAsync("debug", "p", Image, "-c", "ended", "--", "sh", "-c", "exit 3");
        await StateAsync(kubectl, "ended", "\"exitCode\":3");
        await DebugAsync(kubectl, "runs", "exec sleep 2000", "--target=main");
        const string containers = ".status..containerID";
        var before = await kubectl.PathAsync("pod/p", containers);

        await cluster.KillServerAsync();
        await cluster.StartServerAsync();
        await DebugAsync(kubectl, "later", "exec sleep 3000");
        await FirstProcessAsync(kubectl, "runs", "sleep\01000");
        var after = (await kubectl.PathAsync("pod/p", containers)).Split(' ');
        Assert.Empty(before.Split(' ').Except(after));
        Assert.Equal("0 0 0 0", await kubectl.PathAsync("pod/p", ".status..restartCount"));

        await kubectl.OkAsync("delete", "pod", "p");
        Assert.DoesNotContain("RUNNING", (await cluster.CtrAsync("tasks", "ls")).Ok().Text);
    }

    [Fact]
    public async Task A_namespace_that_enforces_a_standard_has_none_that_break_it()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.OkAsync(
            "label", "namespace", space.Name, "pod-security.kubernetes.io/enforce=restricted");
        var kubectl = await RunningAsync(
            space.Kubectl, Sleeper, "securityContext: {runAsUser: 1000}\n",
            """
            securityContext:
              runAsNonRoot: true
              allowPrivilegeEscalation: false
              capabilities: {drop: [ALL]}
              seccompProfile: {type: RuntimeDefault}

            """);
        (await kubectl.RunAsync("debug", "p", Image, "--profile=general", "-c", "bad", "--", "true"))
            .Fails("violates PodSecurity \"restricted:latest\"", "container \"bad\"");
        await DebugAsync(kubectl, "good", Sleeper, "--profile=restricted");
        Assert.Equal("1000\n", await InAsync(kubectl, "good", "id -u"));
    }

    [Fact]
    public async Task An_administrators_one_has_privileges_that_its_pod_has_not()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.OkAsync("label", "namespace", space.Name, "pod-security.kubernetes.io/warn=baseline");
        var kubectl = await RunningAsync(space.Kubectl, Sleeper);
        (await kubectl.OkAsync("debug", "p", Image, "-c", "admin", "--profile=sysadmin", "--", "sleep", "1000")).Says(
            "Warning: would violate PodSecurity \"baseline:latest\": privileged (container \"admin\" must not set");
        await StateAsync(kubectl, "admin", "\"running\"");
        await InAsync(kubectl, "admin", "mkdir /there; mount -t tmpfs none /there");
        Assert.NotEqual(0, (await kubectl.RunAsync(
            "exec", "p", "--", "sh", "-c", "mkdir /there; mount -t tmpfs none /there")).ExitCode);
    }

    [Theory]
    [InlineData(Kubectl.New)]
    [InlineData(Kubectl.Old)]
    public async Task A_pod_is_copied_with_one_more_container(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = await RunningAsync(space.Kubectl, Sleeper);
        await kubectl.OkAsync(
            "debug", "p", "--copy-to=copy", "--share-processes", Image, "-c", "more", "--", "sleep", "2000");
        await kubectl.WaitAsync("pod/copy", "condition=Ready");
        (await kubectl.OkAsync("exec", "copy", "-c", "more", "--", "ps")).Says("sleep 1000", "sleep 2000");
    }

    [Theory]
    [InlineData(Kubectl.New)]
    [InlineData(Kubectl.Old)]
    public async Task A_node_is_seen_from_a_pod_with_its_namespaces_and_files(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var node = await space.Kubectl.PathAsync("node", ".items[0].metadata.name");
        var made = await space.Kubectl.OkAsync("debug", $"node/{node}", Image, "--", "sleep", "1000");
        made.Says("Creating debugging pod node-debugger-", $"on node {node}");
        var pod = made.ToString().Split(' ').First(
            word => word.StartsWith("node-debugger-", StringComparison.Ordinal));
        await space.Kubectl.WaitAsync($"pod/{pod}", "condition=Ready");
        var seen = await space.Kubectl.OkAsync(
            "exec", pod, "--", "sh", "-c",
            "for kind in ipc net pid; do readlink /proc/self/ns/$kind; done; ls /host" + space.Cluster.Kubeconfig);
        string[] machine = [.. new[] { "ipc", "net", "pid" }.Select(
            kind => new FileInfo($"/proc/self/ns/{kind}").LinkTarget!)];
        Assert.Equal(
            [.. machine, $"/host{space.Cluster.Kubeconfig}"],
            seen.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task With_the_process_runtime_it_is_one_process_more()
    {
        await using var cluster = await Cluster.StartAsync(new() { Containers = false });
        var kubectl = await RunningAsync(cluster.Kubectl(), Sleeper);
        await DebugAsync(kubectl, "more", "echo hello; exec sleep 2000", "--target=main");
        await LogsAsync(kubectl, "more", "hello\n");
        Assert.Equal("in it\n", await InAsync(kubectl, "more", "echo in it"));
        await kubectl.OkAsync("delete", "pod", "p");
    }

    private static async Task<Kubectl> RunningAsync(
        Kubectl kubectl, string script, string spec = "", string container = "", int grace = Manifests.Grace)
    {
        await kubectl.CreateAsync(Manifests.Pod("p", script, container, spec, grace));
        await kubectl.WaitAsync("pod/p", "condition=Ready");
        return kubectl;
    }

    /// <summary>Adds a container, and waits until it runs.</summary>
    private static async Task DebugAsync(Kubectl kubectl, string name, string script, params string[] more)
    {
        await kubectl.OkAsync(["debug", "p", Image, "-c", name, .. more, "--", "sh", "-c", script]);
        await StateAsync(kubectl, name, "\"running\"");
    }

    private static Task StateAsync(Kubectl kubectl, string name, string part) => Eventually.BecomesAsync(
        $"the state of {name} to have {part}",
        () => kubectl.PathAsync("pod/p", $".status.ephemeralContainerStatuses[?(@.name==\"{name}\")].state"),
        state => state.Contains(part, StringComparison.Ordinal));

    private static async Task<string> InAsync(Kubectl kubectl, string container, string script) =>
        (await kubectl.OkAsync("exec", "p", "-c", container, "--", "sh", "-c", script)).Text;

    /// <summary>A shell that runs becomes another program a moment later.</summary>
    private static Task FirstProcessAsync(Kubectl kubectl, string container, string program) => Eventually.BecomesAsync(
        $"{container} to see {program}", () => InAsync(kubectl, container, "cat /proc/1/cmdline"),
        line => line.StartsWith(program, StringComparison.Ordinal));

    private static Task LogsAsync(Kubectl kubectl, string container, string text) => Eventually.BecomesAsync(
        $"the log of {container}", async () => (await kubectl.OkAsync("logs", "p", "-c", container)).Text,
        log => log == text);
}
