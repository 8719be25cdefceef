using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Machines;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>What a pod's status tells is of this pod and no namesake: its containers were made for it.</summary>
internal sealed class ReportCheck : Check
{
    private readonly Dictionary<string, string> _madeFor = new(StringComparer.Ordinal);

    public override string Guarantee => "reports";

    public override void OnContainer(ContainerChange change)
    {
        if (change.Kind == ContainerChangeKind.Created)
        {
            _madeFor[change.Id] = change.PodUid;
        }
    }

    public override void OnChange(ObjectChange change, Decided decided)
    {
        if (change.New is not Pod pod)
        {
            return;
        }

        foreach (var status in pod.Status.ContainerStatuses)
        {
            // containerd://c000001-1
            if (status.ContainerID is { Length: > 0 } told
                && _madeFor.TryGetValue(told[(told.LastIndexOf('/') + 1)..], out var uid) && uid != pod.Metadata.Uid)
            {
                Violate($"{change.Key} ({pod.Metadata.Uid}) tells at {change.Sequence} of {told}, which was made for "
                    + $"the pod {uid}");
            }
        }
    }
}
