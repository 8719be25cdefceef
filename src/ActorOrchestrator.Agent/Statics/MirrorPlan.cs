using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Agent.Statics;

/// <summary>Something that the API is asked for: a mirror made or removed.</summary>
/// <param name="Key">What is not asked for twice at once.</param>
/// <param name="To">The mirror.</param>
/// <param name="Command">What is asked.</param>
internal sealed record MirrorStep(string Key, EntityKey To, Command Command);

/// <summary>
/// Which mirrors are to be made and removed. Pure.
/// <code>
///   static pod                       its mirror
///   runs                             none            made
///   runs                             being deleted   removed at once; then made anew
///   ends, as its file changed        of its uid      stays until it has ended
///   is gone, or never was            any             removed
///   runs, after a shutdown           of before it    removed; then made anew
/// </code>
/// </summary>
internal static class MirrorPlan
{
    /// <param name="wanted">The static pods of the manifests.</param>
    /// <param name="mirrors">The mirrors that the API has for this node.</param>
    /// <param name="isHere">Whether the node still has a pod of a uid.</param>
    /// <param name="isOutlived">Whether a mirror is of before the machine was shut down.</param>
    /// <param name="node">The node as the API has it; null while it has none.</param>
    public static IEnumerable<MirrorStep> Next(
        IReadOnlyCollection<Pod> wanted, IReadOnlyCollection<Pod> mirrors, Func<string, bool> isHere,
        Func<Pod, bool> isOutlived, Node? node)
    {
        foreach (var mirror in mirrors)
        {
            var isStale = !isHere(StaticPods.UidOnNode(mirror) ?? "");
            if (isStale || isOutlived(mirror) || mirror.Metadata.DeletionTimestamp is not null)
            {
                yield return Removal(mirror);
            }
        }

        if (node?.Metadata.Uid is not { Length: > 0 })
        {
            yield break;
        }

        var taken = mirrors.Select(EntityKey.Of).ToHashSet();
        foreach (var pod in wanted.Where(pod => isHere(pod.Metadata.Uid ?? "")))
        {
            if (!taken.Contains(EntityKey.Of(pod)))
            {
                yield return Creation(pod, node);
            }
        }
    }

    private static MirrorStep Creation(Pod pod, Node node)
    {
        var mirror = pod with
        {
            Metadata = pod.Metadata with
            {
                Uid = null,
                Annotations = pod.Metadata.Annotations.With(
                    StaticPods.MirrorAnnotation, pod.Metadata.Annotations[StaticPods.HashAnnotation]),
                OwnerReferences =
                [
                    new OwnerReference
                    {
                        ApiVersion = "v1",
                        Kind = "Node",
                        Name = node.Metadata.Name ?? "",
                        Uid = node.Metadata.Uid ?? "",
                        Controller = true,
                    },
                ],
            },
        };
        return new MirrorStep($"create {EntityKey.Of(mirror)}", EntityKey.Of(mirror), new Create(mirror));
    }

    private static MirrorStep Removal(Pod mirror) => new(
        $"delete {mirror.Metadata.Uid}", EntityKey.Of(mirror), new Delete(new DeleteOptions
        {
            GracePeriodSeconds = 0,
            Preconditions = new Preconditions { Uid = mirror.Metadata.Uid },
        }));
}
