using System.Diagnostics;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Tests.Containerd;
using ActorOrchestrator.Agent.Tests.Pods;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Tests.Nodes;

/// <summary>Pods in real containers of a real containerd, with a whole agent around them.</summary>
public sealed class RealPodTests(ContainerdFixture containerd, ITestOutputHelper output)
{
    [Fact]
    public async Task A_pod_runs_restarts_and_ends()
    {
        await using var node = await RealNode.StartAsync(containerd, "life");
        var pod = RealNode.Pod("life", RealNode.Shell("main", "trap 'exit 0' TERM; echo ready; sleep 1000 & wait"));
        var since = Stopwatch.GetTimestamp();
        node.Assign(pod);
        var running = await node.StatusAsync(pod, s => s.Phase == "Running", "Running");
        output.WriteLine($"assigned to Running: {Stopwatch.GetElapsedTime(since).TotalMilliseconds:0} ms");
        Assert.NotNull(running.PodIP);
        Assert.StartsWith("containerd://", running.ContainerStatuses[0].ContainerID);

        var id = running.ContainerStatuses[0].ContainerID!["containerd://".Length..];
        since = Stopwatch.GetTimestamp();
        await ContainerdFixture.RunAsync(
            "ctr", "-a", containerd.Settings.SocketPath, "-n", "k8s.io", "tasks", "kill", "-s", "KILL", id);
        var again = await node.StatusAsync(pod, s => IsRunning(s, restarts: 1), "running again");
        output.WriteLine($"killed to running again: {Stopwatch.GetElapsedTime(since).TotalMilliseconds:0} ms");
        Assert.Equal(137, again.ContainerStatuses[0].LastState.Terminated!.ExitCode);
        Assert.Equal("Error", again.ContainerStatuses[0].LastState.Terminated!.Reason);

        // Running is only its process: a signal before the shell has set its trap is lost.
        await node.SaysAsync(pod, "main", attempt: 1, "ready");
        since = Stopwatch.GetTimestamp();
        node.Delete(pod);
        var final = await node.StoppedAsync(pod);
        output.WriteLine($"deleted to stopped: {Stopwatch.GetElapsedTime(since).TotalMilliseconds:0} ms");
        Assert.Equal(0, final.ContainerStatuses[0].State.Terminated!.ExitCode);
    }

    [Fact]
    public async Task A_pod_sees_its_volumes_environment_hosts_and_limits()
    {
        await using var node = await RealNode.StartAsync(containerd, "vols");
        node.Cluster.Store(new ConfigMap
        {
            Metadata = new ObjectMeta { Name = "conf", Namespace = "default" },
            Data = ValueMap<string>.From([new("a.txt", "hello")]),
        });
        node.Cluster.Store(new Secret
        {
            Metadata = new ObjectMeta { Name = "pass", Namespace = "default" },
            Data = ValueMap<string>.From([new("word", Convert.ToBase64String("open"u8))]),
        });
        var pod = PodWithEveryVolume();
        node.Assign(pod);

        var status = await node.StatusAsync(pod, s => s.Phase == "Failed", "Failed");

        var ended = status.ContainerStatuses[0].State.Terminated!;
        Assert.Equal((3, "bye\n"), (ended.ExitCode, ended.Message));
        var log = node.Log(pod, "main", 0);
        Assert.Equal(
            ["hellohellotmpfs", "tmpfs", "open1", "open", "440 4242", "made", "made", "1000", "ro"],
            log.Where(l => !l.Contains("touch", StringComparison.Ordinal)));
        node.Delete(pod);
        await node.StoppedAsync(pod);
        await node.GoneAsync(pod);
    }

    [Fact]
    public async Task A_new_agent_takes_over_what_runs_and_ends_what_is_not_wanted()
    {
        var pod = RealNode.Pod("stay", RealNode.Shell("main", "sleep 1000"));
        var orphan = RealNode.Pod("orphan", RealNode.Shell("main", "trap 'exit 0' TERM; while :; do sleep 0.1; done"));
        PodStatus before;
        await using (var first = await RealNode.StartAsync(containerd, "take"))
        {
            first.Assign(pod);
            first.Assign(orphan);
            before = await first.StatusAsync(pod, s => s.Phase == "Running", "Running");
            await first.StatusAsync(orphan, s => s.Phase == "Running", "Running");
        }

        await using var second = await RealNode.StartAsync(containerd, "take", pod with { Status = before });
        await second.GoneAsync(orphan);
        var running = (await containerd.NewRuntime("take").ListContainersAsync(second.Cancellation)).Single();

        Assert.Equal(before.ContainerStatuses[0].ContainerID, $"containerd://{running.Id}");
        Assert.Equal(ContainerRuntimeState.Running, running.State);
        second.Delete(pod, graceSeconds: 0);
        await second.StoppedAsync(pod);
    }

    [Fact]
    public async Task Twenty_pods_with_probes_become_ready()
    {
        await using var node = await RealNode.StartAsync(containerd, "many");
        var serve = RealNode.Shell("main", "mkdir /w; echo ok > /w/ok; exec httpd -f -p 8080 -h /w") with
        {
            ReadinessProbe = PodSpecs.Http(period: 1) with
            {
                HttpGet = new HTTPGetAction { Path = "/ok", Port = 8080 },
            },
        };
        var pods = Enumerable.Range(0, 20).Select(i => RealNode.Pod($"many-{i}", serve)).ToList();
        var since = Stopwatch.GetTimestamp();
        pods.ForEach(node.Assign);
        foreach (var pod in pods)
        {
            await node.StatusAsync(pod, s => s.Conditions.Any(c => c is { Type: "Ready", Status: "True" }), "Ready");
        }

        output.WriteLine($"20 pods to Ready: {Stopwatch.GetElapsedTime(since).TotalMilliseconds:0} ms");
        pods.ForEach(p => node.Delete(p, graceSeconds: 0));
        foreach (var pod in pods)
        {
            await node.StoppedAsync(pod);
        }
    }

    private static Pod PodWithEveryVolume()
    {
        const string Script = "cat /conf/a.txt /one/file.txt; stat -f -c %T /secret /tmpfs; cat /secret/word; "
            + "grep -c vols /etc/hosts; echo $WORD; stat -c '%a %g' /secret/..data/word; cat /sub/made; "
            + "ls /sub; id -u; touch /conf/x || echo ro; echo bye > /dev/termination-log; exit 3";
        var main = RealNode.Shell("main", Script) with
        {
            Env = [new EnvVar { Name = "WORD", ValueFrom = new EnvVarSource
                { SecretKeyRef = new SecretKeySelector { Name = "pass", Key = "word" } } }],
            SecurityContext = new SecurityContext { RunAsUser = 1000 },
            Resources = new ResourceRequirements
            {
                Limits = ValueMap<Quantity>.From([new("memory", Quantity.FromBytes(64L << 20))]),
            },
            VolumeMounts =
            [
                new VolumeMount { Name = "conf", MountPath = "/conf" },
                new VolumeMount { Name = "conf", MountPath = "/one/file.txt", SubPath = "a.txt" },
                new VolumeMount { Name = "secret", MountPath = "/secret" },
                new VolumeMount { Name = "memory", MountPath = "/tmpfs" },
                new VolumeMount { Name = "scratch", MountPath = "/sub", SubPath = "deep/er" },
            ],
        };
        var pod = RealNode.Pod("vols", main);
        return pod with
        {
            Spec = pod.Spec with
            {
                RestartPolicy = "Never",
                SecurityContext = new PodSecurityContext { FsGroup = 4242 },
                InitContainers =
                [
                    RealNode.Shell("init", "echo made > /scratch/deep/er/made || "
                        + "(mkdir -p /scratch/deep/er; echo made > /scratch/deep/er/made)") with
                    {
                        VolumeMounts = [new VolumeMount { Name = "scratch", MountPath = "/scratch" }],
                    },
                ],
                Volumes =
                [
                    new Volume { Name = "conf", ConfigMap = new ConfigMapVolumeSource { Name = "conf" } },
                    new Volume
                    {
                        Name = "secret", Secret = new SecretVolumeSource { SecretName = "pass", DefaultMode = 256 },
                    },
                    new Volume { Name = "memory", EmptyDir = new EmptyDirVolumeSource
                        { Medium = "Memory", SizeLimit = Quantity.FromBytes(1L << 20) } },
                    new Volume { Name = "scratch", EmptyDir = new EmptyDirVolumeSource() },
                ],
            },
        };
    }

    private static bool IsRunning(PodStatus status, int restarts) =>
        status.ContainerStatuses is [{ State.Running: not null } only] && only.RestartCount == restarts;
}
