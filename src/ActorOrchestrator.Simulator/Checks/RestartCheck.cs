using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Simulator.Machines;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>A container that ended, of a pod that is to run always, starts again: at the latest after the longest
/// back-off, while nothing is wrong with its machine.</summary>
internal sealed class RestartCheck() : PeriodicCheck(TimeSpan.FromSeconds(30))
{
    /// <summary>The longest back-off is 5 minutes; an init container may have to run again before.</summary>
    private static readonly TimeSpan RestartMax = TimeSpan.FromMinutes(8);

    private readonly Dictionary<(string Uid, string Container), ContainerChange> _ended = [];

    public override string Guarantee => "restarts";

    public override void OnContainer(ContainerChange change)
    {
        if (change.Kind == ContainerChangeKind.Exited)
        {
            _ended[(change.PodUid, change.Container)] = change;
        }
        else if (change.Kind == ContainerChangeKind.Started)
        {
            _ended.Remove((change.PodUid, change.Container));
        }
    }

    protected override void Look()
    {
        foreach (var pod in World.Truth.All<Pod>())
        {
            var isToRun = pod is
            {
                Metadata.DeletionTimestamp: null, Spec: { RestartPolicy: "Always", NodeName.Length: > 0 },
                Status.Phase: not ("Succeeded" or "Failed"),
            };
            if (!isToRun)
            {
                continue;
            }

            var quietSince = World.Calm.TroubledAt(pod.Spec.NodeName!);
            foreach (var container in pod.Spec.Containers)
            {
                if (_ended.TryGetValue((pod.Metadata.Uid!, container.Name), out var end)
                    && end.Machine == pod.Spec.NodeName && end.At + RestartMax < World.Loop.Now
                    && quietSince + RestartMax < World.Loop.Now && World.Machines.ContainsKey(end.Machine))
                {
                    Violate($"{end} at {end.At:HH:mm:ss} and has not started again; {end.Machine} is well since "
                        + $"{quietSince:HH:mm:ss}");
                }
            }
        }
    }
}
