using ActorOrchestrator.Agent.Pods;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Priorities;
using Akka.Actor;

namespace ActorOrchestrator.Agent.Nodes;

/// <summary>How long a machine that is shut down waits for its pods.</summary>
public sealed record ShutdownSettings
{
    /// <summary>For all pods.</summary>
    public TimeSpan GracePeriod { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The last part of that, which critical pods have for themselves.</summary>
    public TimeSpan CriticalGracePeriod { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>Tells a machine's agent that the machine is about to be shut down: it ends its pods, takes no others, and
/// answers with <see cref="ShutdownEnded"/> when that is done.</summary>
public sealed record ShutdownAsked : INoSerializationVerificationNeeded;

/// <summary>The pods of a machine have ended, as far as they did in time.</summary>
/// <param name="Left">Those that did not: namespace and name.</param>
public sealed record ShutdownEnded(IReadOnlyList<string> Left) : INoSerializationVerificationNeeded;

/// <summary>Which pods a machine that is shut down ends, in parts that follow each other.</summary>
internal enum ShutdownPart { Ordinary, Critical, Over }

/// <summary>
/// The shutdown of a machine, by kubelet's order. Pure.
/// <code>
///   asked ─► ordinary pods ─► they have ended, or ─► critical pods, too ─► they have ended, or ─► over
///                             their time is over                           their time is over
/// </code>
/// </summary>
/// <param name="Part">How far it is.</param>
/// <param name="Until">When that part is over at the latest.</param>
internal sealed record NodeShutdown(ShutdownPart Part, DateTimeOffset Until)
{
    private const string Ended = "Terminated";
    private const string EndedMessage = "Pod was terminated in response to imminent node shutdown.";

    public static readonly NodeRejection Rejection = new(
        "NodeShutdown", "Pod was rejected as the node is shutting down.");

    /// <summary>Of a part, what follows upon the last signal to a container: the sandbox, the volumes, the
    /// report.</summary>
    private static readonly TimeSpan Epilogue = TimeSpan.FromSeconds(1);

    public static NodeShutdown Begin(ShutdownSettings settings, DateTimeOffset now) =>
        new(ShutdownPart.Ordinary, now + settings.GracePeriod - settings.CriticalGracePeriod);

    /// <summary>Whether a pod's status says that it was ended, or refused, as its machine was shut down.</summary>
    public static bool HasEnded(PodStatus status) =>
        status is { Phase: PodPhases.Failed or PodPhases.Succeeded, Reason: Ended, Message: EndedMessage }
        || NodeRejection.Of(status) == Rejection;

    /// <summary>What such a status says to the machine's next life, in which the pod has not ended.</summary>
    public static PodStatus Outlived(PodStatus status) => HasEnded(status)
        ? status with { Phase = PodPhases.Pending, Reason = null, Message = null, Conditions = [] }
        : status;

    /// <summary>Why a pod that is to end now is ended.</summary>
    public PodEviction EvictionAt(DateTimeOffset now)
    {
        var left = Until - now - Epilogue;
        return new PodEviction(Ended, EndedMessage, left > TimeSpan.Zero ? left : TimeSpan.Zero) { Spares = now };
    }

    /// <summary>Whether the pod is to end now, or was before.</summary>
    public bool Ends(Pod pod) => Part != ShutdownPart.Ordinary || !IsCritical(pod.Spec);

    /// <summary>The next part, once nothing is left for this one to wait for.</summary>
    /// <param name="settings">How long it may take.</param>
    /// <param name="present">The pods that have not ended.</param>
    /// <param name="now">The time.</param>
    public NodeShutdown Next(ShutdownSettings settings, IEnumerable<Pod> present, DateTimeOffset now)
    {
        var isWaiting = Part == ShutdownPart.Over || (now < Until && present.Any(Ends));
        return isWaiting ? this
            : Part == ShutdownPart.Critical ? new NodeShutdown(ShutdownPart.Over, now)
            : new NodeShutdown(ShutdownPart.Critical, now + settings.CriticalGracePeriod);
    }

    /// <summary>Static pods without a class are ordinary ones, as kubelet has it.</summary>
    private static bool IsCritical(PodSpec spec) =>
        spec.Priority >= SystemPriorityClasses.ClusterCriticalValue
        || (spec.PriorityClassName is { } name && SystemPriorityClasses.Contains(name));
}
