using System.Collections.Immutable;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>The images that a container needs before it can start: its own, and those of the volumes that it mounts.
/// </summary>
internal static class ImagePlan
{
    /// <returns>Whether all of them are on this machine.</returns>
    public static bool Ensure(PodDraft draft, PodContainer container)
    {
        var isHere = Ensure(draft, draft.Track(container).Image, new PodAction.EnsureImage(container));
        foreach (var volume in ImageVolumes.Of(draft.Pod, container.Spec))
        {
            // Whether this node mounts images at all is found with the volumes.
            isHere &= draft.State.Volumes == VolumePhase.Ready
                && Ensure(draft, draft.State.VolumeImage(volume.Name), new PodAction.EnsureVolumeImage(volume));
        }

        return isHere;
    }

    /// <summary>The image that the container waits for, as it cannot be had: a volume's rather than its own, as with
    /// kubelet. Null when there is none.</summary>
    public static MissingImage? Missing(PodDraft draft, PodContainer container)
    {
        foreach (var volume in ImageVolumes.Of(draft.Pod, container.Spec))
        {
            if (draft.State.VolumeImage(volume.Name) is ImageProgress.Failing failing)
            {
                return new MissingImage(volume.Image!.Reference ?? "", null, failing);
            }
        }

        return draft.Track(container).Image is ImageProgress.Failing own
            ? new MissingImage(container.Spec.Image ?? "", container, own)
            : null;
    }

    /// <summary>By volume that the container mounts: the runtime's id of the image.</summary>
    public static ImmutableSortedDictionary<string, string> OfVolumes(PodDraft draft, PodContainer container) =>
        ImageVolumes.Of(draft.Pod, container.Spec)
            .Select(volume => (volume.Name, Image: draft.State.VolumeImage(volume.Name) as ImageProgress.Present))
            .Where(volume => volume.Image is not null)
            .ToImmutableSortedDictionary(
                volume => volume.Name, volume => volume.Image!.Image.Id, StringComparer.Ordinal);

    private static bool Ensure(PodDraft draft, ImageProgress progress, PodAction action)
    {
        switch (progress)
        {
            case ImageProgress.Present:
                return true;
            case ImageProgress.Failing failing when !failing.IsDue(draft.Now):
                draft.WaitsUntil(action.Key, failing.RetryAt);
                if (failing.FailedAt + ImageProgress.Failing.ShownFor is var shownUntil && shownUntil > draft.Now)
                {
                    draft.Wake(shownUntil);
                }

                return false;
            default:
                draft.Do(action);
                return false;
        }
    }
}

/// <summary>An image that cannot be had.</summary>
/// <param name="Reference">As the spec names it.</param>
/// <param name="Container">Whose own it is; null: a volume's.</param>
/// <param name="Progress">Why, and when it is tried again.</param>
internal sealed record MissingImage(string Reference, PodContainer? Container, ImageProgress.Failing Progress);
