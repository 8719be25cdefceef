using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Simulator.Machines;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>A pod's status tells which of its containers run: at the latest some time after one began or ended, while
/// nothing is wrong with its machine and the control plane.</summary>
internal sealed class FreshnessCheck() : PeriodicCheck(TimeSpan.FromSeconds(30))
{
    /// <summary>What a stopped stream of events, a listing of the runtime and a report that is asked for again
    /// cost.</summary>
    private static readonly TimeSpan ReportMax = TimeSpan.FromMinutes(3);

    private readonly Dictionary<(string Uid, string Container), ContainerChange> _last = [];

    public override string Guarantee => "reports";

    public override void OnContainer(ContainerChange change)
    {
        if (change.Kind is ContainerChangeKind.Started or ContainerChangeKind.Exited)
        {
            _last[(change.PodUid, change.Container)] = change;
        }
    }

    protected override void Look()
    {
        var since = World.Loop.Now - ReportMax;
        foreach (var pod in World.Truth.All<Pod>())
        {
            if (pod is { Metadata.DeletionTimestamp: null, Spec.NodeName: { Length: > 0 } node }
                && World.Machines.ContainsKey(node) && World.Calm.TroubledAt(node) < since)
            {
                HoldStatus(pod, node, since);
            }
        }
    }

    private void HoldStatus(Pod pod, string node, DateTimeOffset since)
    {
        foreach (var container in pod.Spec.Containers)
        {
            if (!_last.TryGetValue((pod.Metadata.Uid!, container.Name), out var last) || last.At > since
                || last.Machine != node)
            {
                continue;
            }

            var shown = pod.Status.ContainerStatuses.FirstOrDefault(status => status.Name == container.Name);
            var isShownRunning = shown?.State?.Running is not null;
            if (isShownRunning != (last.Kind == ContainerChangeKind.Started))
            {
                Violate($"{last} at {last.At:HH:mm:ss}, and the pod shows it "
                    + $"{(isShownRunning ? "running" : "not running")} still");
            }
        }
    }
}
