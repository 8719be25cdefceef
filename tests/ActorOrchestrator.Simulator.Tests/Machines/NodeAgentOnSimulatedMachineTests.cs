using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Simulator.Actors;
using ActorOrchestrator.Simulator.Machines;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Simulator.Tests.Machines;

/// <summary>The real agent on a simulated machine.</summary>
public sealed class NodeAgentOnSimulatedMachineTests
{
    private static readonly RuntimeWeather s_storm = new()
    {
        FailBeforeChance = 0.05,
        FailAfterChance = 0.05,
        HangChance = 0.02,
        LostExitChance = 0.2,
        BrokenStreamChance = 0.2,
        CrashMean = TimeSpan.FromMinutes(2),
        SandboxCrashMean = TimeSpan.FromMinutes(10),
        StuckKillChance = 0.1,
        ProbeLossChance = 0.05,
        FilesFailChance = 0.05,
    };

    [Fact]
    public void A_pod_runs_ends_is_restarted_is_deleted_and_leaves_no_trace()
    {
        var node = new AgentWorld(1);
        node.StartAgent(Pod("web", "app:1"));
        node.Until("the pod runs", () => node.Phase == "Running");
        Assert.Equal("node-1", node.Cluster.Nodes.Single().Metadata.Name);
        Assert.StartsWith("10.0.1.", node.Cluster.Reports[^1].PodIP);
        Assert.Equal("uid-web", Assert.Single(node.Files.Known()).Uid);

        node.World.Weather = new RuntimeWeather { CrashMean = TimeSpan.FromSeconds(1) };
        node.Until("the container crashes", () => node.Has(ContainerChangeKind.Exited));
        node.World.Weather = RuntimeWeather.Fair;
        node.Until("it is restarted", () => node.Restarts > 0 && node.Phase == "Running" && node.IsReady);

        node.Cluster.Bind(Deleted(Pod("web", "app:1")));
        node.Until("the pod has stopped", () => node.Cluster.Stopped.Count > 0);
        node.Cluster.Remove(Pod("web", "app:1"));
        node.Until("its traces are gone", () => node.Files.Known().Count == 0);

        Assert.Empty(node.World.Runtime.Containers);
        Assert.Empty(node.World.Runtime.Sandboxes);
    }

    [Fact]
    public void Readiness_and_liveness_follow_the_image()
    {
        var unready = new AgentWorld(1);
        unready.StartAgent(Pod("web", "unready:1"));
        unready.World.Advance(600);
        Assert.Equal(("Running", false, 0), (unready.Phase, unready.IsReady, unready.Restarts));

        var unhealthy = new AgentWorld(1);
        unhealthy.StartAgent(Pod("web", "unhealthy:1"));
        unhealthy.Until("it is killed by its liveness probe", () => unhealthy.Restarts > 0);
    }

    [Fact]
    public void A_killed_agents_containers_run_on_and_the_next_agent_takes_them_over()
    {
        var node = new AgentWorld(1);
        node.StartAgent(Pod("web", "app:1"));
        node.Until("the pod runs", () => node.Phase == "Running");
        var status = node.Cluster.Reports[^1];
        node.World.Agent.Kill();
        node.World.Advance(100);

        node.StartAgent(Pod("web", "app:1") with { Status = status });
        node.World.Advance(100);

        Assert.Single(node.World.Changes, c => c.Kind == ContainerChangeKind.Started);
        Assert.Equal(ContainerRuntimeState.Running, node.World.Runtime.Containers.Single().State);
    }

    [Fact]
    public void After_a_loss_of_power_the_pod_runs_again()
    {
        var node = new AgentWorld(1);
        node.StartAgent(Pod("web", "app:1"));
        node.Until("the pod runs", () => node.Phase == "Running");
        var status = node.Cluster.Reports[^1];
        node.World.Agent.Kill();
        node.World.Runtime.PowerOff();
        node.World.Advance(100);
        node.World.Runtime.PowerOn();

        node.StartAgent(Pod("web", "app:1") with { Status = status });
        node.Until("the pod runs again", () => node.Cluster.Reports.Count > 0 && node.IsReady);

        Assert.Equal(1, node.Restarts);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_same_seed_gives_the_same_story_and_calm_brings_all_to_rest(ulong seed)
    {
        var first = Storm(seed);
        var second = Storm(seed);

        Assert.Equal(first.Changes, second.Changes);
        Assert.Equal(first.Faults, second.Faults);
        Assert.NotEqual(first.Changes, Storm(seed + 100).Changes);
        Assert.True(first.Faults.Distinct().Count() >= 8, string.Join(", ", first.Faults.Distinct()));
    }

    private static (List<string> Changes, List<string> Faults) Storm(ulong seed)
    {
        string[] images = ["app:1", "stubborn:1", "crash:1", "flaky:1", "job:1", "unhealthy:1", "slow:1", "missing:1"];
        var pods = images.Select((image, i) => Pod($"p{i}", image)).ToArray();
        var node = new AgentWorld(seed);
        node.StartAgent(pods);
        node.World.Weather = s_storm;
        node.World.Advance(1_800);
        node.World.Agent.Kill();
        node.World.Advance(30);
        node.StartAgent(pods);
        node.World.Advance(600);

        var stillRunning = new List<string>();
        node.Cluster.OnStopped = uid => stillRunning.AddRange(node.World.RunningOf(uid));
        node.World.Weather = RuntimeWeather.Fair;
        foreach (var pod in pods)
        {
            node.Cluster.Bind(Deleted(pod));
        }

        node.Until("all pods have stopped", () => node.Cluster.Stopped.Distinct().Count() == pods.Length);
        Array.ForEach(pods, node.Cluster.Remove);
        node.Until("nothing is left", () => node.Files.Known().Count == 0);
        Assert.Empty(stillRunning);
        Assert.Empty(node.World.Runtime.Sandboxes);
        Assert.Empty(node.World.Runtime.Containers);
        return ([.. node.World.Changes.Select(c => $"{c.At:O} {c}")], node.World.Faults);
    }

    private static Pod Pod(string name, string image)
    {
        Probe ProbeOf(string path) => new()
        {
            HttpGet = new HTTPGetAction { Path = path, Port = 8080 },
            PeriodSeconds = 5,
            FailureThreshold = 3,
            SuccessThreshold = 1,
            TimeoutSeconds = 1,
        };
        return new Pod
        {
            Metadata = new ObjectMeta { Name = name, Namespace = "shop", Uid = $"uid-{name}", Generation = 1 },
            Spec = new PodSpec
            {
                Containers =
                [
                    new Container
                    {
                        Name = "app", Image = image, ImagePullPolicy = "IfNotPresent",
                        ReadinessProbe = ProbeOf("/ready"),
                        LivenessProbe = ProbeOf("/live") with { InitialDelaySeconds = 90 },
                    },
                ],
                RestartPolicy = "Always",
                TerminationGracePeriodSeconds = 30,
            },
            Status = new PodStatus { Phase = "Pending" },
        };
    }

    private static Pod Deleted(Pod pod) => pod with
    {
        Metadata = pod.Metadata with
        {
            DeletionTimestamp = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero),
            DeletionGracePeriodSeconds = 30,
        },
    };

    /// <summary>A machine with the real agent on it.</summary>
    private sealed class AgentWorld
    {
        public AgentWorld(ulong seed)
        {
            World = new MachineWorld(seed);
            Files = new SimulatedFiles(World.Runtime, World.Dice("files"), () => World.Weather)
            {
                OnFault = World.Faults.Add,
            };
        }

        public MachineWorld World { get; }

        public SimulatedFiles Files { get; }

        public ScriptedCluster Cluster { get; private set; } = new();

        public string? Phase => Cluster.Reports.LastOrDefault()?.Phase;

        public bool IsReady => Container?.Ready == true;

        public int Restarts => Container?.RestartCount ?? 0;

        private ContainerStatus? Container =>
            Cluster.Reports.LastOrDefault()?.ContainerStatuses is [var only] ? only : null;

        public bool Has(ContainerChangeKind kind) => World.Changes.Any(c => c.Kind == kind);

        public void StartAgent(params Pod[] pods)
        {
            World.NewAgent();
            Cluster = new ScriptedCluster();
            Array.ForEach(pods, Cluster.Bind);
            var props = NodeSupervisor.Props(
                new NodeSettings { NodeName = World.Runtime.Machine, HostIps = [World.Runtime.HostIp], Version = "v1" },
                new NodePorts(
                    World.Client, Cluster, Files,
                    new SimulatedProber(World.Agent, [World.Runtime], World.Dice("probes"), () => World.Weather)
                    {
                        OnFault = World.Faults.Add,
                    },
                    new SimulatedMachine(World.Runtime.Machine), World.Agent.Clock,
                    NullLogger<NodeAgent>.Instance, AgentInstruments.Shared));
            World.Agent.Enter(() => SimulatedActorSystem.Create(World.Agent).ActorOf(props));
        }

        public void Until(string what, Func<bool> isSo)
        {
            World.Loop.RunUntil(World.Loop.Now + TimeSpan.FromHours(1), isSo);
            Assert.True(isSo(), $"not within an hour: {what}");
        }
    }
}
