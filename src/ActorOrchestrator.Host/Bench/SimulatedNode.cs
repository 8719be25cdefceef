using ActorOrchestrator.Actors;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Host.Bench;

/// <summary>A machine without a machine: takes its pods from the real assignments, and reports them running at once and
/// stopped at once, as a real agent would report them.</summary>
internal sealed class SimulatedNode(ControlPlane plane, string name, int number, TimeProvider time)
{
    private static readonly ResourceKind Pods = KindRegistry.Of<Pod>();
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(2);

    private static readonly string[] Ready = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady"];

    private int _started;

    public async Task RunAsync(CancellationToken stop)
    {
        plane.Tell(EntityKey.Of(KindRegistry.Of<Node>(), null, name), new RegisterNode(Describe()));
        var heart = BeatAsync(stop);
        using var subscription = plane.Assignments.Subscribe(name);
        try
        {
            await foreach (var assignment in subscription.Assignments.ReadAllAsync(stop))
            {
                foreach (var pod in PodsOf(assignment))
                {
                    Serve(pod);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await heart;
        }
    }

    private static IReadOnlyList<Pod> PodsOf(Assignment assignment) => assignment switch
    {
        Assignment.Snapshot all => all.Pods,
        Assignment.Changed changed => [changed.Pod],
        _ => [],
    };

    private void Serve(Pod pod)
    {
        if (pod.Metadata.DeletionTimestamp is not null)
        {
            Tell(pod, new PodStopped(pod.Metadata.Uid!, pod.Status));
        }
        else if (pod.Status.Phase == "Pending")
        {
            Start(pod);
        }
    }

    private async Task BeatAsync(CancellationToken stop)
    {
        var key = EntityKey.Of(KindRegistry.Of<Node>(), null, name);
        while (!stop.IsCancellationRequested)
        {
            plane.Tell(key, new NodeHeartbeat(Describe().Status));
            await Task.Delay(HeartbeatInterval, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Start(Pod pod)
    {
        var now = ObjectLifecycle.Truncate(time.GetUtcNow());
        var ip = $"10.{number >> 8 & 255}.{number & 255}.{Interlocked.Increment(ref _started) & 255}";
        var status = new PodStatus
        {
            Phase = "Running",
            HostIP = $"172.16.{number >> 8 & 255}.{number & 255}",
            PodIP = ip,
            PodIPs = [new PodIP { Ip = ip }],
            StartTime = now,
            QosClass = pod.Status.QosClass,
            Conditions = [.. Ready.Select(
                type => new PodCondition { Type = type, Status = "True", LastTransitionTime = now })],
            ContainerStatuses = [.. pod.Spec.Containers.Select(container => new ContainerStatus
            {
                Name = container.Name,
                Image = container.Image ?? "",
                ImageID = "sha256:0",
                ContainerID = $"simulated://{pod.Metadata.Uid}",
                Ready = true,
                Started = true,
                State = new ContainerState { Running = new ContainerStateRunning { StartedAt = now } },
            })],
        };
        Tell(pod, new PodStatusReported(pod.Metadata.Uid!, status));
    }

    private void Tell(Pod pod, Message message) =>
        plane.Tell(EntityKey.Of(Pods, pod.Metadata.Namespace, pod.Metadata.Name!), message);

    private Node Describe()
    {
        var amounts = ValueMap<Quantity>.From(
        [
            KeyValuePair.Create("cpu", Quantity.Parse("32")),
            KeyValuePair.Create("memory", Quantity.Parse("256Gi")),
            KeyValuePair.Create("ephemeral-storage", Quantity.Parse("1Ti")),
            KeyValuePair.Create("pods", Quantity.Parse("250")),
        ]);
        return new Node
        {
            Metadata = new ObjectMeta
            {
                Name = name,
                Labels = ValueMap<string>.From([KeyValuePair.Create("kubernetes.io/hostname", name)]),
            },
            Status = new NodeStatus
            {
                Capacity = amounts,
                Allocatable = amounts,
                Conditions = [new NodeCondition
                {
                    Type = "Ready", Status = "True", Reason = "Simulated",
                    LastHeartbeatTime = ObjectLifecycle.Truncate(time.GetUtcNow()),
                }],
                NodeInfo = new NodeSystemInfo { KubeletVersion = "simulated", OperatingSystem = "linux" },
            },
        };
    }
}
