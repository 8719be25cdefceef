using System.Globalization;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Workloads;

/// <summary>What fails is restarted, what is gone is replaced, what is not ready is not counted.</summary>
public sealed class SelfHealingTests(SharedCluster shared)
{
    [Fact]
    public async Task A_killed_container_is_restarted_in_its_pod()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.Deployment("web", 1));
        await space.Kubectl.RolledOutAsync("web");
        var before = Assert.Single(await PodsAsync(space));
        await KillContainerAsync(space, before.Name);
        var after = await Eventually.BecomesAsync("one restart and readiness", () => PodsAsync(space),
            pods => pods is [{ Restarts: 1, Ready: true }]);
        Assert.Equal(before.Uid, after[0].Uid);
        Assert.Equal("137", await space.Kubectl.PathAsync(
            $"pod/{before.Name}", ".status.containerStatuses[0].lastState.terminated.exitCode"));
    }

    [Fact]
    public async Task A_deleted_pod_is_replaced()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.Deployment("web", 2));
        await space.Kubectl.RolledOutAsync("web");
        var before = await PodsAsync(space);
        await space.Kubectl.OkAsync("delete", "pod", before[0].Name);
        var after = await Eventually.BecomesAsync("two ready pods, one of them new", () => PodsAsync(space),
            pods => pods.Count(pod => pod.Available) == 2 && pods.All(pod => pod.Uid != before[0].Uid));
        Assert.Contains(after, pod => pod.Uid == before[1].Uid);
    }

    [Fact]
    public async Task A_crashing_container_backs_off()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.Pod("crash", "echo going down; exit 7"));
        (await Eventually.BecomesAsync("the back-off to be shown", () => space.Kubectl.OkAsync("get", "pod", "crash"),
            output => output.Text.Contains("CrashLoopBackOff"))).Says("0/1");
        await space.Kubectl.DescribesAsync(["pod", "crash"], "Exit Code:    7", "Back-off restarting");
    }

    /// <summary>The runs before the last two go, and so does what gone pods have left.</summary>
    [Fact]
    public async Task What_has_ended_for_good_leaves_the_disk()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.Pod("crash", "echo going down; exit 7"));
        var logs = Path.Combine(space.Cluster.DataDirectory, "logs/pods");
        var uid = await space.Kubectl.PathAsync("pod/crash", ".metadata.uid");
        var gone = Directory.CreateDirectory(Path.Combine(logs, "gone_gone_00000000-dead"));
        var remains = Directory.CreateDirectory(
            Path.Combine(space.Cluster.DataDirectory, "pods/00000000-dead/volumes"));
        await Eventually.BecomesAsync(
            "a third run", () => space.Kubectl.PathAsync("pod/crash", ".status.containerStatuses[0].restartCount"),
            restarts => restarts is not ("" or "0" or "1"));
        var directory = Path.Combine(logs, $"{space.Name}_crash_{uid}/main");
        await Eventually.HoldsAsync("its first log to be gone", () => !File.Exists(Path.Combine(directory, "0.log")));
        await Eventually.BecomesAsync(
            "the log of the run before the last", () => space.Kubectl.RunAsync("logs", "crash", "--previous"),
            output => output.Text == "going down\n");
        await Eventually.BecomesAsync(
            "two logs at most", () => Task.FromResult(Directory.GetFiles(directory)), files => files.Length is 1 or 2);
        await Eventually.HoldsAsync(
            "what gone pods left to be removed",
            () => !Directory.Exists(gone.FullName) && !Directory.Exists(remains.FullName),
            TimeSpan.FromMinutes(4));
    }

    [Theory]
    [InlineData("Never", "exit 0", "Succeeded")]
    [InlineData("Never", "exit 4", "Failed")]
    [InlineData("OnFailure", "exit 0", "Succeeded")]
    public async Task A_pod_ends_as_its_restart_policy_says(string policy, string script, string phase)
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.Pod("p", script, spec: $"restartPolicy: {policy}\n"));
        await Eventually.BecomesAsync($"the phase {phase}", () =>
            space.Kubectl.PathAsync("pod/p", ".status.phase"), found => found == phase);
        Assert.Equal("0", await space.Kubectl.PathAsync("pod/p", ".status.containerStatuses[0].restartCount"));
    }

    [Fact]
    public async Task Liveness_restarts_after_its_threshold_of_failures()
    {
        await using var space = await shared.NewSpaceAsync();
        const string probe = "livenessProbe:\n  exec: {command: [test, -e, /tmp/alive]}\n"
            + "  periodSeconds: 1\n  timeoutSeconds: 30\n  failureThreshold: 3\n";
        await space.Kubectl.CreateAsync(Manifests.Pod("p", "touch /tmp/alive; exec sleep 1000", probe));
        await space.Kubectl.WaitAsync("pod/p", "condition=Ready");
        (await space.Cluster.CtrAsync(
            "tasks", "exec", "--exec-id", "e", await ContainerIdAsync(space, "p"), "rm", "/tmp/alive")).Ok();
        await Eventually.BecomesAsync("a restart", () => space.Kubectl.PathAsync(
            "pod/p", ".status.containerStatuses[0].restartCount"), count => count == "1");
        await space.Kubectl.DescribesAsync(
            ["pod", "p"], "Unhealthy", "Liveness probe failed", "failed liveness probe, will be restarted");
    }

    [Theory]
    [InlineData("httpGet: {path: /, port: 80}")]
    [InlineData("tcpSocket: {port: 80}")]
    [InlineData("exec: {command: [test, -e, /usr/share/nginx/html/index.html]}")]
    public async Task Readiness_is_probed_in_every_way(string handler)
    {
        await using var space = await shared.NewSpaceAsync();
        var probe = $"readinessProbe:\n  {handler}\n  periodSeconds: 1\n";
        await space.Kubectl.CreateAsync(Manifests.Deployment("web", 1, container: probe));
        await space.Kubectl.RolledOutAsync("web");
    }

    [Fact]
    public async Task An_unready_pod_runs_but_does_not_count()
    {
        await using var space = await shared.NewSpaceAsync();
        const string probe = "readinessProbe:\n  httpGet: {path: /missing, port: 80}\n  periodSeconds: 1\n";
        await space.Kubectl.CreateAsync(Manifests.Deployment("web", 1, container: probe));
        await Eventually.BecomesAsync("the failing probe to be reported", async () =>
            (await space.Kubectl.OkAsync("get", "events")).Text, text => text.Contains("Readiness probe failed"));
        (await space.Kubectl.OkAsync("get", "pods")).Says("0/1", "Running");
        (await space.Kubectl.OkAsync("get", "deployment", "web")).Says("0/1");
    }

    [Fact]
    public async Task Init_containers_run_one_after_the_other_before_the_rest()
    {
        await using var space = await shared.NewSpaceAsync();
        const string spec = """
            volumes: [{name: shared, emptyDir: {}}]
            initContainers:
            - name: one
              image: busybox:1.35
              command: [sh, -c, "echo 1 >> /shared/order"]
              volumeMounts: [{name: shared, mountPath: /shared}]
            - name: two
              image: busybox:1.35
              command: [sh, -c, "echo 2 >> /shared/order"]
              volumeMounts: [{name: shared, mountPath: /shared}]
            """;
        await space.Kubectl.CreateAsync(Manifests.Pod(
            "p", "cat /shared/order; exec sleep 1000", "volumeMounts: [{name: shared, mountPath: /shared}]\n",
            spec + "\n"));
        await space.Kubectl.WaitAsync("pod/p", "condition=Ready");
        await Eventually.BecomesAsync("the order to be logged", async () =>
            (await space.Kubectl.OkAsync("logs", "p")).Lines, lines => lines.SequenceEqual(["1", "2"]));
    }

    [Fact]
    public async Task Configuration_reaches_the_container_as_files_and_variables()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.ConfigMap("settings", ("color", "red")));
        await space.Kubectl.OkAsync("create", "secret", "generic", "login", "--from-literal=password=hunter2");
        const string container = """
            env:
            - {name: COLOR, valueFrom: {configMapKeyRef: {name: settings, key: color}}}
            - {name: PASSWORD, valueFrom: {secretKeyRef: {name: login, key: password}}}
            - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
            volumeMounts:
            - {name: settings, mountPath: /settings}
            - {name: login, mountPath: /login}
            """;
        const string volumes = "volumes:\n- {name: settings, configMap: {name: settings}}\n"
            + "- {name: login, secret: {secretName: login}}\n";
        await space.Kubectl.CreateAsync(Manifests.Pod(
            "p", "echo $COLOR $PASSWORD $POD $(cat /settings/color) $(cat /login/password)", container + "\n",
            volumes + "restartPolicy: Never\n"));
        await Eventually.BecomesAsync("the container's end", () =>
            space.Kubectl.PathAsync("pod/p", ".status.phase"), phase => phase == "Succeeded");
        Assert.Equal(["red hunter2 p red hunter2"], (await space.Kubectl.OkAsync("logs", "p")).Lines);
    }

    private static async Task<List<PodSeen>> PodsAsync(Space space)
    {
        using var api = space.Api();
        var list = await api.GetAsync(space.Pods);
        return [.. list["items"]!.AsArray().Select(pod => PodSeen.Of(pod!))];
    }

    private static async Task<string> ContainerIdAsync(Space space, string pod) =>
        (await space.Kubectl.PathAsync($"pod/{pod}", ".status.containerStatuses[0].containerID"))
        .Replace("containerd://", "", StringComparison.Ordinal);

    /// <summary>SIGKILL to the container's first process, from the machine: nobody tells the orchestrator.</summary>
    private static async Task KillContainerAsync(Space space, string pod)
    {
        var id = await ContainerIdAsync(space, pod);
        var line = (await space.Cluster.CtrAsync("tasks", "ls")).Ok().Lines.Single(each => each.StartsWith(id));
        var pid = int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        (await Tool.RunAsync("/bin/kill", ["-KILL", $"{pid}"])).Ok();
    }
}
