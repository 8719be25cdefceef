using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Pods;

/// <summary>A node does not take a pod that was bound to it: the pod has failed, and nothing of it ever runs. Its
/// status says so as kubelet's does.</summary>
/// <param name="Reason">What is wrong, as a word (<c>OutOfcpu</c>, <c>NodeAffinity</c>).</param>
/// <param name="Message">The same in a sentence.</param>
public sealed record NodeRejection(string Reason, string Message)
{
    private const string Prefix = "Pod was rejected: ";

    /// <summary>As the pod's owner tells it.</summary>
    public override string ToString() => $"{Reason}: {Message}";

    /// <summary>What the status tells of a rejection; null when it tells of none.</summary>
    public static NodeRejection? Of(PodStatus status) =>
        status is { Phase: "Failed", Reason: { Length: > 0 } reason, Message: { } message, ContainerStatuses.Count: 0 }
        && message.StartsWith(Prefix, StringComparison.Ordinal)
            ? new NodeRejection(reason, message[Prefix.Length..])
            : null;

    /// <summary>The pod's status, with the conditions that others have written.</summary>
    public PodStatus StatusOf(Pod pod, DateTimeOffset? since) => pod.Status with
    {
        Phase = "Failed",
        Reason = Reason,
        Message = Prefix + Message,
        StartTime = pod.Status.StartTime ?? since,
        QosClass = pod.Status.QosClass ?? PodQos.ClassOf(pod.Spec),
        ContainerStatuses = [],
        InitContainerStatuses = [],
        ObservedGeneration = pod.Metadata.Generation ?? 0,
    };
}
