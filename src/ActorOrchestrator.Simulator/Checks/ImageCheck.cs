using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Machines;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// No image goes from a machine's disk that a pod uses which runs there, in a container or as a volume. Judged at each
/// removal, of pods that have run for a while: a removal may have been decided before its agent had heard of the pod.
/// </summary>
internal sealed class ImageCheck : Check
{
    private static readonly TimeSpan KnownWithin = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, DateTimeOffset> _runsSince = new(StringComparer.Ordinal);

    public override string Guarantee => "images";

    public override void OnChange(ObjectChange change, Decided decided)
    {
        if ((change.New ?? change.Old) is not Pod pod)
        {
            return;
        }

        if (change.New is not null && Runs(pod))
        {
            _runsSince.TryAdd(pod.Metadata.Uid!, World.Loop.Now);
        }
        else
        {
            _runsSince.Remove(pod.Metadata.Uid!);
        }
    }

    public override void OnImageRemoved(string machine, string image)
    {
        var user = World.Truth.All<Pod>().FirstOrDefault(pod => pod.Spec.NodeName == machine
            && _runsSince.TryGetValue(pod.Metadata.Uid!, out var since) && since + KnownWithin < World.Loop.Now
            && Images(pod).Contains(image));
        if (user is not null)
        {
            Violate($"{image} was removed from {machine}, and {EntityKey.Of(user)} there uses it");
        }
    }

    private static bool Runs(Pod pod) =>
        pod is { Metadata.DeletionTimestamp: null, Status.Phase: "Running", Spec.NodeName.Length: > 0 };

    private static IEnumerable<string> Images(Pod pod) =>
        pod.Spec.AllContainers().Select(container => container.Image)
            .Concat(pod.Spec.Volumes.Select(volume => volume.Image?.Reference))
            .OfType<string>().Select(ImageCatalogue.FullName);
}
