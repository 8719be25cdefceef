using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Workloads;

/// <summary>Pods that go beyond a limit, or ask for what is not to be had.</summary>
public sealed class PodLimitTests(SharedCluster shared)
{
    private const string Ends = "restartPolicy: Never\n";

    private const string Volume = """
        restartPolicy: Never
        volumes:
        - {name: scratch, emptyDir: {sizeLimit: 1Mi}}

        """;

    private const string Mount = "volumeMounts: [{name: scratch, mountPath: /scratch}]";
    private const string Limit = "resources: {limits: {ephemeral-storage: 2Mi}}";

    [Theory]
    [InlineData("/scratch/file", Mount, Volume, "Usage of EmptyDir volume \"scratch\" exceeds the limit \"1Mi\". ")]
    [InlineData("/file", Limit, Ends, "Pod ephemeral local storage usage exceeds the total limit of containers 2Mi. ")]
    public async Task A_pod_that_writes_more_than_it_may_is_evicted(
        string file, string container, string spec, string message)
    {
        await using var space = await shared.NewSpaceAsync();
        var script = $"head -c 1000 /dev/zero > {file}; sleep 15; head -c 5000000 /dev/zero > {file}; exec sleep 1000";
        await space.Kubectl.CreateAsync(Manifests.Pod("p", script, container, spec));
        await space.Kubectl.WaitAsync("pod/p", "condition=Ready");
        Assert.Equal($"Failed Evicted {message}", await Eventually.BecomesAsync(
            "the eviction",
            () => space.Kubectl.PathAsync("pod/p", ".status.phase} {.status.reason} {.status.message"),
            status => status.StartsWith("Failed", StringComparison.Ordinal)));
        await Eventually.BecomesAsync(
            "the event of the eviction", () => space.Kubectl.OkAsync("get", "events"),
            output => new[] { "Warning", "Evicted", message.Trim() }.All(output.Text.Contains));
    }

    [Fact]
    public async Task A_running_pod_is_resized_and_its_cgroup_with_it()
    {
        await using var space = await shared.NewSpaceAsync();
        var kubectl = space.Kubectl;
        await kubectl.CreateAsync(Manifests.Pod(
            "p", "exec sleep 1000",
            "resources: {requests: {cpu: 100m, memory: 32Mi}, limits: {cpu: 200m, memory: 64Mi}}"));
        await kubectl.WaitAsync("pod/p", "condition=Ready");
        (await kubectl.RunAsync(
            "patch", "pod", "p", "--subresource=resize", "--patch", Patch("requests", "300m", "32Mi"))).Fails(
            "spec.containers[0].resources.requests: Invalid value: \"300m\": must be less than or equal to cpu limit");
        await kubectl.OkAsync("patch", "pod", "p", "--subresource=resize", "--patch", Patch("limits", "400m", "128Mi"));
        await Eventually.BecomesAsync(
            "the limits to be in force",
            () => kubectl.PathAsync("pod/p", ".status.containerStatuses[0].resources.limits"),
            limits => limits == """{"cpu":"400m","memory":"128Mi"}""");
        var id = (await kubectl.PathAsync("pod/p", ".status.containerStatuses[0].containerID")).Split("://")[1];
        var info = await space.Cluster.CtrAsync("tasks", "metrics", "--format=json", id);
        info.Ok().Says("134217728");
        Assert.Equal("0", await kubectl.PathAsync("pod/p", ".status.containerStatuses[0].restartCount"));
        (await kubectl.DescribesAsync(["pod", "p"], "ResizeCompleted")).DoesNotSay("PodResizeInProgress");

        static string Patch(string part, string cpu, string memory) => $$$$"""
            {"spec":{"containers":[{"name":"main","resources":{"{{{{part}}}}":
            {"cpu":"{{{{cpu}}}}","memory":"{{{{memory}}}}"}}}]}}
            """;
    }

    [Theory]
    [InlineData("process")]
    [InlineData("cri")]
    public async Task The_last_words_of_a_container_are_the_end_of_a_long_line(string runtime)
    {
        await using var own = runtime == "process" ? await Cluster.StartAsync(new() { Containers = false }) : null;
        var kubectl = (own ?? await shared.GetAsync()).Kubectl();
        await kubectl.CreateAsync(Manifests.Pod(
            "long-line", "head -c 20000 /dev/zero | tr \"\\0\" x; echo; exit 4",
            "terminationMessagePolicy: FallbackToLogsOnError", Ends));
        await kubectl.WaitAsync("pod/long-line", "jsonpath={.status.phase}=Failed");
        var words = await kubectl.PathAsync("pod/long-line", ".status.containerStatuses[0].state.terminated.message");
        Assert.Equal(new string('x', 2047) + "\n", words);
        await kubectl.OkAsync("delete", "pod", "long-line");
    }

    [Fact]
    public async Task A_process_whose_environment_is_too_large_has_failed()
    {
        await using var cluster = await Cluster.StartAsync(new() { Containers = false });
        var kubectl = cluster.Kubectl();
        var variable = $"env: [{{name: V, value: {new string('v', 200_000)}}}]";
        await kubectl.CreateAsync(Manifests.Pod("big", "exit 0", variable, Ends));
        await kubectl.WaitAsync("pod/big", "jsonpath={.status.phase}=Failed");
        const string Ended = ".status.containerStatuses[0].state.terminated";
        Assert.Equal("128 StartError", await kubectl.PathAsync("pod/big", $"{Ended}.exitCode}} {{{Ended}.reason"));
        Assert.DoesNotContain(
            cluster.LogTail(1000).Split('\n'), line => line.Contains(" ERR ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_of_a_pod_is_not_honoured_is_told_at_once_and_again_as_an_event()
    {
        await using var space = await shared.NewSpaceAsync();
        const string Token = """
            volumes:
            - {name: t, projected: {sources: [{serviceAccountToken: {path: token}}]}}

            """;
        const string Told = "spec.volumes[0].projected.sources[0].serviceAccountToken: is not honoured";
        (await space.Kubectl.CreateAsync(Manifests.Pod("p", "exec sleep 1000", spec: Token))).Says($"Warning: {Told}");
        await space.Kubectl.WaitAsync("pod/p", "condition=Ready");
        await space.Kubectl.DescribesAsync(["pod", "p"], "FieldsIgnored", Told);
    }

    /// <summary>Where the machine and its containerd can do it, the pod runs: so it says one or the other.</summary>
    [Fact]
    public async Task Users_of_its_own_are_had_by_a_pod_where_the_runtime_has_them()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(
            Manifests.Pod("p", "cat /proc/self/uid_map; exec sleep 1000", spec: "hostUsers: false\n"));
        const string Refused = "Failed to create pod sandbox: can't set `spec.hostUsers: false`, runtime does not "
            + "support user namespaces";
        var outcome = await Eventually.BecomesAsync(
            "the pod to run or to be told that it cannot",
            async () => await space.Kubectl.PathAsync("pod/p", ".status.phase")
                + (await space.Kubectl.OkAsync("get", "events")).Text,
            seen => seen.StartsWith("Running", StringComparison.Ordinal)
                || seen.Contains(Refused, StringComparison.Ordinal));
        if (outcome.StartsWith("Running", StringComparison.Ordinal))
        {
            (await space.Kubectl.OkAsync("logs", "p")).DoesNotSay("4294967295");
        }
    }

    [Theory]
    [InlineData("securityContext: {appArmorProfile: {type: RuntimeDefault}}", "")]
    [InlineData("", "securityContext: {appArmorProfile: {type: Localhost, localhostProfile: mine}}\n")]
    public async Task A_pod_is_confined_by_AppArmor_or_refused(string container, string spec)
    {
        const string Enabled = "/sys/module/apparmor/parameters/enabled";
        Assert.SkipWhen(
            File.Exists(Enabled) && File.ReadLines(Enabled).First() == "Y", "this machine's kernel has AppArmor");
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.Pod("p", "exec sleep 1000", container, spec));
        Assert.Equal(
            "Failed AppArmor Pod was rejected: Cannot enforce AppArmor: AppArmor is not enabled on the host",
            await Eventually.BecomesAsync(
                "the refusal",
                () => space.Kubectl.PathAsync("pod/p", ".status.phase} {.status.reason} {.status.message"),
                status => status.StartsWith("Failed", StringComparison.Ordinal)));
        (await space.Kubectl.OkAsync("get", "events")).Says("AppArmor is not enabled on the host");
    }
}
