using System.Globalization;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Scheduling;

namespace ActorOrchestrator.Domain.Ownership;

/// <summary>What an owner remembers of a pod's last report: just what counting and ranking need.</summary>
public sealed record PodObservation
{
    /// <summary>int32 annotation of a pod: what its deletion costs compared to its siblings (default 0).</summary>
    public const string DeletionCostAnnotation = "controller.kubernetes.io/pod-deletion-cost";

    public required string Phase { get; init; }
    public string? Node { get; init; }

    /// <summary>The one node that it may be bound to, as its node affinity says (as the pods of DaemonSets have it);
    /// null without.</summary>
    public string? PinnedNode { get; init; }

    public bool IsTerminating { get; init; }

    /// <summary>Nothing may take its place before it has ended (<see cref="PodFencing"/>).</summary>
    public bool IsFenced { get; init; }

    /// <summary>It is to go when another one is available in its place (<see cref="Replacement"/>).</summary>
    public bool AwaitsReplacement { get; init; }

    public bool IsReady { get; init; }

    /// <summary>When the Ready condition last changed; null while it never did.</summary>
    public DateTimeOffset? ReadySince { get; init; }

    /// <summary>A container of it runs at present.</summary>
    public bool Runs { get; init; }

    public int RestartsMax { get; init; }
    public int SidecarRestartsMax { get; init; }
    public int DeletionCost { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public ValueMap<string> Labels { get; init; } = ValueMap<string>.Empty;

    /// <summary>The uid of the pod's controller; null for an orphan.</summary>
    public string? ControllerUid { get; init; }

    /// <summary>Its node did not take it, and why: another one at once would fare no better.</summary>
    public NodeRejection? Rejection { get; init; }

    public bool IsRejected => Rejection is not null;

    /// <summary>Succeeded or Failed: its containers will not run again.</summary>
    public bool IsFinished => Phase is "Succeeded" or "Failed";

    /// <summary>Counts as a replica: neither finished nor on its way out.</summary>
    public bool IsActive => !IsTerminating && !IsFinished;

    /// <summary>Its place is not free: it is a replica, or one that may run until it is gone.</summary>
    public bool HoldsPlace => IsActive || (IsFenced && !IsFinished);

    public static PodObservation Of(Pod pod)
    {
        var ready = pod.Status.Conditions.FirstOrDefault(condition => condition.Type == "Ready");
        return new PodObservation
        {
            Phase = pod.Status.Phase ?? "Pending",
            Node = pod.Spec.NodeName is { Length: > 0 } node ? node : null,
            PinnedNode = PinnedTo(pod.Spec),
            Rejection = NodeRejection.Of(pod.Status),
            IsTerminating = pod.Metadata.DeletionTimestamp is not null,
            IsFenced = PodFencing.IsFenced(pod),
            AwaitsReplacement = Replacement.IsAwaited(pod),
            IsReady = ready?.Status == "True",
            ReadySince = ready?.LastTransitionTime,
            Runs = pod.Status.ContainerStatuses.Concat(pod.Status.InitContainerStatuses)
                .Any(status => status.State?.Running is not null),
            RestartsMax = MaxRestarts(pod.Status.ContainerStatuses),
            SidecarRestartsMax = SidecarRestarts(pod),
            DeletionCost = CostOf(pod.Metadata.Annotations),
            CreatedAt = pod.Metadata.CreationTimestamp,
            Labels = pod.Metadata.Labels,
            ControllerUid = ObjectLifecycle.ControllerOf(pod)?.Uid,
        };
    }

    /// <summary>From when on the pod is available (ready for <paramref name="minReadySeconds"/>); null if not
    /// ready.</summary>
    public DateTimeOffset? AvailableAt(int minReadySeconds)
    {
        if (!IsReady)
        {
            return null;
        }

        return minReadySeconds == 0 ? DateTimeOffset.MinValue : ReadySince?.Later(minReadySeconds);
    }

    public bool IsAvailable(int minReadySeconds, DateTimeOffset now) => AvailableAt(minReadySeconds) <= now;

    /// <summary>A sidecar is an init container that is restarted always (v1 Container.restartPolicy).</summary>
    private static int SidecarRestarts(Pod pod)
    {
        var sidecars = pod.Spec.InitContainers
            .Where(container => container.RestartPolicy == "Always").Select(container => container.Name).ToHashSet();
        return sidecars.Count == 0
            ? 0
            : MaxRestarts(pod.Status.InitContainerStatuses.Where(status => sidecars.Contains(status.Name)));
    }

    private static string? PinnedTo(PodSpec spec) =>
        spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution is { } required
        && NodeSelectors.PinnedNames(required) is [var only]
            ? only
            : null;

    private static int MaxRestarts(IEnumerable<ContainerStatus> statuses) =>
        statuses.Select(status => status.RestartCount).DefaultIfEmpty(0).Max();

    /// <summary>A text that is no canonical int32 counts as 0, as in Kubernetes (which refuses signs and leading
    /// zeros so that costs compare as they read).</summary>
    private static int CostOf(ValueMap<string> annotations)
    {
        var text = annotations.GetValueOrDefault(DeletionCostAnnotation);
        var canonical = text is { Length: > 0 } && (text == "0" || text[0] is not ('+' or '0'));
        return canonical
            && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var cost)
            ? cost
            : 0;
    }
}
