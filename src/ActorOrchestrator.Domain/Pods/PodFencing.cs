using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Pods;

/// <summary>
/// Pods that never run twice (decision 24): those that mount a PersistentVolumeClaim, and those that ask for it by an
/// annotation. Their machine ends them when the cluster has not answered it for longer than it waits for
/// (<see cref="Nodes.NodeFences"/>), and nothing takes their place before they have ended.
/// <code>
///   actor-orchestrator/fence    a claim among the volumes    fenced
///   "true"                      either                       yes
///   absent                      yes                          yes
///   absent                      no                           no
///   any other                   either                       no
/// </code>
/// A static pod has nobody who would make another.
/// </summary>
public static class PodFencing
{
    public const string Annotation = FenceAnnotation.Key;

    private const string Asked = "true";

    public static bool IsFenced(Pod pod) => !StaticPods.IsMirror(pod) && IsFenced(pod.Metadata, pod.Spec);

    public static bool IsFenced(PodTemplateSpec template) => IsFenced(template.Metadata, template.Spec);

    private static bool IsFenced(ObjectMeta metadata, PodSpec spec) =>
        metadata.Annotations.TryGetValue(Annotation, out var asked)
            ? asked == Asked
            : spec.Volumes.Any(volume => volume.PersistentVolumeClaim is not null);
}
