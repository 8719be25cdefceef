using System.Globalization;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Workloads;

/// <summary>What parts containers from each other and from the machine, as a process in them sees it.</summary>
public sealed class BoundaryTests(SharedCluster shared)
{
    private const string Sleeper = "exec sleep 1000";
    private static readonly string[] Kinds = ["ipc", "mnt", "net", "pid", "uts"];

    [Fact]
    public async Task Containers_share_network_and_ipc_and_see_processes_of_their_own_only()
    {
        await using var space = await shared.NewSpaceAsync();
        await RunningAsync(space, Pair());
        var (main, beside) = (await NamespacesAsync(space, "main"), await NamespacesAsync(space, "beside"));
        Assert.Equal(["ipc", "net", "uts"], Same(main, beside));
        Assert.Empty(Same(main, OfTheMachine()));
        Assert.StartsWith("sleep 1000", await InAsync(space, "main", "cat /proc/1/cmdline | tr '\\0' ' '"));
        Assert.DoesNotContain("sleep 2000", await InAsync(space, "main", "ps"));

        await InAsync(space, "main", "echo answered | nc -l -p 7000 >/dev/null 2>&1 &");
        Assert.Equal("answered", await Eventually.BecomesAsync(
            "an answer by localhost", () => InAsync(space, "beside", "nc 127.0.0.1 7000 </dev/null || true"),
            text => text.Length > 0));
        await InAsync(space, "main", "echo mine >/tmp/file; touch /file");
        Assert.Equal("none", await InAsync(space, "beside", "ls /tmp/file /file 2>/dev/null || echo none"));
    }

    [Fact]
    public async Task With_shareProcessNamespace_they_see_each_others_processes()
    {
        await using var space = await shared.NewSpaceAsync();
        await RunningAsync(space, Pair("shareProcessNamespace: true"));
        var (main, beside) = (await NamespacesAsync(space, "main"), await NamespacesAsync(space, "beside"));
        Assert.Equal(["ipc", "net", "pid", "uts"], Same(main, beside));
        var seen = await InAsync(space, "main", "ps");
        Assert.Contains("sleep 1000", seen);
        Assert.Contains("sleep 2000", seen);
        Assert.DoesNotContain("sleep", await InAsync(space, "main", "cat /proc/1/cmdline"));
    }

    [Fact]
    public async Task The_machines_namespaces_are_had_by_who_asks_for_them()
    {
        await using var space = await shared.NewSpaceAsync();
        await RunningAsync(
            space, Manifests.Pod("p", Sleeper, spec: "hostNetwork: true\nhostPID: true\nhostIPC: true\n"));
        Assert.Equal(
            ["ipc", "net", "pid", "uts"], Same(await NamespacesAsync(space, "main"), OfTheMachine()));
    }

    [Fact]
    public async Task What_exceeds_its_memory_is_killed_and_what_exceeds_its_processor_waits()
    {
        await using var space = await shared.NewSpaceAsync();
        const string resources = "resources: {limits: {memory: 32Mi, cpu: 100m}}\n";
        await space.Kubectl.CreateAsync(Manifests.Pod(
            "eats", "x=0123456789abcdef; while true; do x=$x$x; done", resources, "restartPolicy: Never\n"));
        await space.Kubectl.CreateAsync(Manifests.Pod("spins", "while true; do true; done", resources));
        await space.Kubectl.WaitAsync("pod/eats", "jsonpath={.status.phase}=Failed");
        await Eventually.BecomesAsync(
            "the reason", () => space.Kubectl.PathAsync(
                "pod/eats", ".status.containerStatuses[0].state.terminated['reason','exitCode']"),
            text => text == "OOMKilled 137");
        await space.Kubectl.DescribesAsync(["pod", "eats"], "OOMKilled", "Exit Code:    137");

        await space.Kubectl.WaitAsync("pod/spins", "condition=Ready");
        await Eventually.BecomesAsync(
            "its processor time to be cut off again and again",
            () => InAsync(space, "main", "cat /sys/fs/cgroup/cpu.stat /sys/fs/cgroup/cpu/cpu.stat 2>/dev/null | "
                + "grep nr_throttled | cut -d ' ' -f 2", "spins"),
            count => int.Parse(count, CultureInfo.InvariantCulture) > 10);
        var (from, before) = (await UptimeAsync(space), await UsedAsync(space));
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        var (after, until) = (await UsedAsync(space), await UptimeAsync(space));
        Assert.InRange((after - before) / (until - from), 0, 0.2);
    }

    [Fact]
    public async Task A_restricted_container_can_do_nothing_to_its_files_and_the_machine()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.OkAsync(
            "label", "namespace", space.Name, "pod-security.kubernetes.io/enforce=restricted");
        await space.Kubectl.CreateAsync(Manifests.Pod("p", Sleeper,
            """
            securityContext:
              runAsUser: 1000
              runAsNonRoot: true
              allowPrivilegeEscalation: false
              readOnlyRootFilesystem: true
              capabilities: {drop: [ALL]}
              seccompProfile: {type: RuntimeDefault}

            """));
        await space.Kubectl.WaitAsync("pod/p", "condition=Ready");
        Assert.Equal(
            ["CapEff: 0000000000000000", "NoNewPrivs: 1", "Seccomp: 2"],
            (await InAsync(space, "main", "grep -E '^(CapEff|NoNewPrivs|Seccomp):' /proc/self/status"))
                .Replace('\t', ' ').Split('\n'));
        foreach (var harm in new[]
        {
            "touch /file", "touch /tmp/file", "mount -t tmpfs none /mnt", "mknod /tmp/disk b 8 0", "chown 0 /tmp",
            "unshare -n true", "kill -9 1; test ! -e /proc/1", "sysctl -w net.ipv4.ip_forward=1", "hostname other",
            "cat /proc/kcore", "chroot / true", "nice -n -5 true", "dmesg -c",
        })
        {
            var tried = await space.Kubectl.RunAsync("exec", "p", "--", "sh", "-c", harm);
            Assert.True(tried.ExitCode != 0, $"'{harm}' was allowed: {tried}");
        }
    }

    [Fact]
    public async Task Privileges_are_had_by_who_asks_for_them()
    {
        await using var space = await shared.NewSpaceAsync();
        var kubectl = space.Kubectl;
        await kubectl.CreateAsync(Manifests.Pod("usual", Sleeper));
        await kubectl.CreateAsync(Manifests.Pod(
            "more", Sleeper, "securityContext: {capabilities: {add: [NET_ADMIN], drop: [MKNOD]}}\n"));
        await kubectl.CreateAsync(Manifests.Pod("all", Sleeper, "securityContext: {privileged: true}\n"));
        foreach (var name in new[] { "usual", "more", "all" })
        {
            await kubectl.WaitAsync($"pod/{name}", "condition=Ready");
        }

        // The fourteen of containers by default; with NET_ADMIN and without MKNOD; all that this kernel has.
        Assert.Equal("00000000a80425fb", await CapabilitiesAsync("usual"));
        Assert.Equal("00000000a00435fb", await CapabilitiesAsync("more"));
        Assert.Equal(
            (await File.ReadAllLinesAsync("/proc/1/status", TestContext.Current.CancellationToken))
                .Single(line => line.StartsWith("CapBnd:", StringComparison.Ordinal)).Split('\t')[1],
            await CapabilitiesAsync("all"));
        await kubectl.OkAsync("exec", "more", "--", "ip", "link", "set", "lo", "mtu", "1400");
        (await kubectl.RunAsync("exec", "usual", "--", "ip", "link", "set", "lo", "mtu", "1400"))
            .Fails("Operation not permitted");

        Task<string> CapabilitiesAsync(string pod) =>
            InAsync(space, "main", "grep CapEff /proc/self/status | cut -f 2", pod);
    }

    /// <summary>A pod of two containers that sleep for different times.</summary>
    private static string Pair(string spec = "") =>
        $$"""
        apiVersion: v1
        kind: Pod
        metadata:
          name: p
        spec:
          terminationGracePeriodSeconds: 2
          {{spec}}
          containers:
          - {name: main, image: "busybox:1.35", command: [sleep, "1000"]}
          - {name: beside, image: "busybox:1.35", command: [sleep, "2000"]}
        """;

    private static async Task RunningAsync(Space space, string pod)
    {
        await space.Kubectl.CreateAsync(pod);
        await space.Kubectl.WaitAsync("pod/p", "condition=Ready");
    }

    private static async Task<string> InAsync(Space space, string container, string script, string pod = "p") =>
        (await space.Kubectl.OkAsync("exec", pod, "-c", container, "--", "sh", "-c", script)).Text.Trim();

    /// <summary>Which namespaces a container's process is in, by kind.</summary>
    private static async Task<Dictionary<string, string>> NamespacesAsync(Space space, string container) =>
        ByKind(await InAsync(
            space, container, $"for kind in {string.Join(' ', Kinds)}; do readlink /proc/self/ns/$kind; done"));

    private static Dictionary<string, string> OfTheMachine() =>
        ByKind(string.Join('\n', Kinds.Select(kind => new FileInfo($"/proc/self/ns/{kind}").LinkTarget)));

    private static Dictionary<string, string> ByKind(string links) =>
        links.Split('\n').ToDictionary(link => link.Split(':')[0], link => link.Split(':')[1]);

    private static string[] Same(Dictionary<string, string> one, Dictionary<string, string> other) =>
        [.. one.Where(each => other[each.Key] == each.Value).Select(each => each.Key)];

    /// <summary>Seconds of processor time that the first process has had.</summary>
    private static async Task<double> UsedAsync(Space space) =>
        (await NumbersAsync(space, "cut -d ' ' -f 14,15 /proc/1/stat")).Sum() / 100;

    /// <summary>Seconds since the machine's start.</summary>
    private static async Task<double> UptimeAsync(Space space) => (await NumbersAsync(space, "cat /proc/uptime"))[0];

    private static async Task<double[]> NumbersAsync(Space space, string script) =>
    [
        .. (await InAsync(space, "main", script, "spins")).Split(' ')
            .Select(word => double.Parse(word, CultureInfo.InvariantCulture)),
    ];
}
