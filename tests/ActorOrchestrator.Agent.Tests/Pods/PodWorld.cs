using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Agent.Pods;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using Akka.Actor;

namespace ActorOrchestrator.Agent.Tests.Pods;

/// <summary>One pod's worker on virtual time with everything around it faked.</summary>
internal sealed class PodWorld : IDisposable
{
    private readonly AgentLoop _loop = new();
    private readonly WorkerLimits _limits = new(4, 4, new UserRanges(2));
    private readonly IActorRef _agent;
    private IActorRef _worker = ActorRefs.Nobody;
    private Pod? _pod;

    public PodWorld()
    {
        Runtime = new FakeRuntime(_loop.Time);
        _agent = _loop.System.ActorOf(Props.Create(() => new AgentInPlace(this)));
    }

    public FakeRuntime Runtime { get; }

    public FakeCluster Cluster { get; } = new();

    public FakePodFiles Files { get; } = new();

    /// <summary>Null: what the runtime runs is in none.</summary>
    public FakePodGroups? Groups { get; set; } = new();

    public FakeProber Prober { get; } = new();

    /// <summary>Why the pod does not move further, as it was logged.</summary>
    public string Reason => Log.Of(4005)[^1].Split(": ", 2)[1];

    public FakeLog Log { get; } = new();

    /// <summary>The worker has ended by itself.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>What the worker said to the agent.</summary>
    public List<object> Told { get; } = [];

    public TimeSpan Skew
    {
        set => _loop.Skew = value;
    }

    public DateTimeOffset Now => _loop.Time.GetUtcNow();

    public PodStatus Status => Cluster.Reports[^1];

    public ContainerStatus Container(string name) =>
        Status.ContainerStatuses.Concat(Status.InitContainerStatuses).First(c => c.Name == name);

    public PodCondition Condition(string type) => Status.Conditions.First(c => c.Type == type);

    public PodWorld Start(Pod pod, PodRemains? remains = null)
    {
        var ports = new WorkerPorts(
            Runtime, Cluster, Files, Prober,
            new NodeView("node-1", ["192.168.0.1"], "containerd")
            {
                AlertsAllContainers = Groups is { AlertAllContainers: true },
            },
            new PodEnvironment(new ClusterDns([], "cluster.local"), DnsConfig.Empty,
                new NodeResources(2000, 1L << 32, 1L << 34)),
            _limits, _loop.Time, Log, AgentInstruments.Shared, _agent) { Groups = Groups };
        HasEnded = false;
        _pod = pod;
        _agent.Tell(PodWorker.Props(
            new PodMessage.Desired(pod), remains ?? PodRemains.None, null, null, ports));
        return Settle();
    }

    /// <summary>Lets everything happen that can happen now, the runtime's events among it.</summary>
    public PodWorld Settle()
    {
        do
        {
            foreach (var told in Runtime.TakeEvents().ToList())
            {
                Post(new PodMessage.RuntimeChanged(told.ContainerId, told.SandboxId));
            }

            _loop.Settle();
        }
        while (Runtime.TakeEvents().Select(Route).Any());
        return this;
    }

    public PodWorld Advance(double seconds)
    {
        _loop.Advance(seconds);
        return Settle();
    }

    public PodWorld Desire(Pod pod)
    {
        _pod = pod;
        Post(new PodMessage.Desired(pod));
        return Settle();
    }

    public PodWorld Delete(Pod pod, long graceSeconds = 30) => Desire(pod with
    {
        Metadata = pod.Metadata with { DeletionTimestamp = Now, DeletionGracePeriodSeconds = graceSeconds },
    });

    public PodWorld Remove()
    {
        Post(new PodMessage.Removed(IsForced: true));
        return Settle();
    }

    public PodWorld Exit(string name, int exitCode, string reason = "")
    {
        Runtime.Exit(name, exitCode, reason);
        return Settle();
    }

    public PodWorld Relist()
    {
        var remains = Remains();
        Post(new PodMessage.Relisted(remains));
        return Settle();
    }

    public PodWorld Store(KubeObject stored)
    {
        Cluster.Store(stored);
        if (_pod is not null && VolumePlan.Uses(_pod, stored.Kind, stored.Metadata.Name!))
        {
            Post(new PodMessage.ConfigurationChanged());
        }

        return Settle();
    }

    /// <summary>
    /// As a new agent finds things: another worker over the same runtime, with the last reported status.
    /// </summary>
    public PodWorld Restart(Pod pod)
    {
        var remains = Remains();
        Runtime.Calls.Clear();
        _loop.System.Stop(_worker);
        Settle();
        return Start(pod with { Status = Status }, remains);
    }

    public PodRemains Remains() =>
        new([.. Runtime.Sandboxes.Select(SandboxView.From)], [.. Runtime.Containers]);

    public void Dispose()
    {
        _loop.System.Stop(_agent);
        _loop.Settle();
    }

    /// <summary>Tells the worker something, which it hears when the world settles.</summary>
    public void Post(object message) => _worker.Tell(message);

    private bool Route(Containers.RuntimeEvent told)
    {
        Post(new PodMessage.RuntimeChanged(told.ContainerId, told.SandboxId));
        return true;
    }

    /// <summary>Stands where the node's agent is.</summary>
    private sealed class AgentInPlace(PodWorld world) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Props worker:
                    world._worker = Context.ActorOf(worker);
                    Context.Watch(world._worker);
                    break;
                case Terminated ended:
                    world.HasEnded |= ended.ActorRef.Equals(world._worker);
                    break;
                default:
                    world.Told.Add(message);
                    break;
            }
        }
    }
}

/// <summary>Pods for tests: one container <c>app</c> of image <c>app:1</c> unless told otherwise.</summary>
internal static class PodSpecs
{
    public static Pod Of(params Container[] containers) => new()
    {
        Metadata = new ObjectMeta { Name = "web", Namespace = "shop", Uid = "u1", Generation = 1 },
        Spec = new PodSpec
        {
            Containers = containers.Length == 0 ? [App("app")] : containers.ToValueList(),
            RestartPolicy = "Always",
            TerminationGracePeriodSeconds = 30,
        },
        Status = new PodStatus { Phase = "Pending" },
    };

    public static Container App(string name, string image = "app:1") =>
        new() { Name = name, Image = image, ImagePullPolicy = "IfNotPresent" };

    public static Pod With(this Pod pod, Func<PodSpec, PodSpec> change) => pod with { Spec = change(pod.Spec) };

    public static Pod Policy(this Pod pod, string policy) => pod.With(s => s with { RestartPolicy = policy });

    public static Pod Inits(this Pod pod, params Container[] inits) =>
        pod.With(s => s with { InitContainers = inits.ToValueList() });

    public static Container Sidecar(string name) => App(name) with { RestartPolicy = "Always" };

    public static Probe Http(int failureThreshold = 3, int period = 10, int initialDelay = 0) => new()
    {
        HttpGet = new HTTPGetAction { Path = "/ok", Port = 80 },
        PeriodSeconds = period,
        FailureThreshold = failureThreshold,
        SuccessThreshold = 1,
        TimeoutSeconds = 1,
        InitialDelaySeconds = initialDelay,
    };
}
