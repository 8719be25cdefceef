using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Domain.ReplicaSets;

/// <summary>A ReplicaSet's pods, counted at one instant.</summary>
public sealed record ReplicaSetTally
{
    private const string ReplicaFailure = "ReplicaFailure";

    /// <summary>Claims that may be running replicas.</summary>
    public int Active { get; private init; }

    /// <summary>How many pods may be running (apps/v1 ReplicaSetStatus.replicas): it rises in the very decision that
    /// claims a pod, and falls only when the pod reports that it goes. After a restart all claims are silent, those on
    /// pods that had gone before among them; they count for no more than what was known of them then, or users would
    /// see more pods than there may be:
    /// <code>
    ///   claims                                      status before   active   upper bound
    ///   3 of which 1 is shutting down                     2            2          2
    ///   the same, restarted, 3 silent                     2            3          2
    ///   then 1 has reported that it runs                  2            3          2
    ///   then 1 has reported that it shuts down            2            2          2
    ///   instead, scaled up to 4: 1 claimed                2            4          3
    /// </code></summary>
    public int PodsUpperBound { get; private init; }

    public int Wanted { get; private init; }
    public int Unconfirmed { get; private init; }
    public int Unobserved { get; private init; }

    /// <summary>Orphans that have not answered yet whether they are ours now.</summary>
    public int Adopting { get; private init; }

    public int FullyLabeled { get; private init; }

    /// <summary>Ready and available leave out pods that were told to go: they are lost, only not yet stopped.</summary>
    public int Ready { get; private init; }

    public int Available { get; private init; }

    /// <summary>Pods that are to go when others are available in their place, and those of them that are not available
    /// themselves.</summary>
    public int Replaced { get; private init; }

    public int ReplacedUnavailable { get; private init; }

    /// <summary>Pods that are shutting down, and silent ones of which no more is known than that they had gone
    /// before: Recreate waits for the last.</summary>
    public int Terminating { get; private init; }

    /// <summary>Failed pods that their nodes did not take, and when the last of them was made.</summary>
    public int Rejected { get; private init; }

    public DateTimeOffset? LastRejectedAt { get; private init; }

    /// <summary>What the node of the last of them said, and when the first of them was made.</summary>
    public NodeRejection? Rejection { get; private init; }

    public DateTimeOffset? FirstRejectedAt { get; private init; }

    /// <summary>When the next ready pod becomes available; null if none is about to.</summary>
    public DateTimeOffset? NextAvailableAt { get; private init; }

    public static ReplicaSetTally Of(ReplicaSetState state, DateTimeOffset now)
    {
        var set = state.Set!;
        int active = 0, inherited = 0, wanted = 0, unconfirmed = 0, unobserved = 0, adopting = 0;
        int labeled = 0, ready = 0, available = 0, terminating = 0, replaced = 0, unavailable = 0;
        var rejected = state.Claims.Values.Where(claim => claim is { IsGone: false, Observation.IsRejected: true })
            .OrderBy(claim => claim.Observation!.CreatedAt).ThenBy(claim => claim.Name, StringComparer.Ordinal)
            .Select(claim => claim.Observation!).ToList();
        DateTimeOffset? next = null;
        foreach (var claim in state.Claims.Values)
        {
            active += claim.MayBeActive ? 1 : 0;
            inherited += claim is { MayBeActive: true, IsInherited: true } ? 1 : 0;
            wanted += claim.IsWanted ? 1 : 0;
            unconfirmed += claim is { MayBeActive: true, IsConfirmed: false } ? 1 : 0;
            unobserved += claim is { MayBeActive: true, Observation: null }
                && (claim.IsConfirmed || claim.IsAdoption) ? 1 : 0;
            adopting += claim is { MayBeActive: true, Observation: null, IsAdoption: true } ? 1 : 0;
            terminating += claim is { IsGone: false, Observation: { IsTerminating: true, IsFinished: false } } ? 1 : 0;
            replaced += claim.AwaitsReplacement ? 1 : 0;
            unavailable += claim.AwaitsReplacement
                && !claim.Observation!.IsAvailable(set.Spec.MinReadySeconds, now) ? 1 : 0;
            labeled += claim.MayBeActive && IsFullyLabeled(set, claim) ? 1 : 0;
            if (!claim.IsWanted || claim.Observation is not { IsReady: true } observation)
            {
                continue;
            }

            ready++;
            var at = observation.AvailableAt(set.Spec.MinReadySeconds);
            available += at <= now ? 1 : 0;
            next = at > now && !(at > next) ? at : next;
        }

        var gone = Math.Max(0, inherited - state.InheritedMax);
        return new ReplicaSetTally
        {
            Active = active, Wanted = wanted, Unconfirmed = unconfirmed, Unobserved = unobserved, Adopting = adopting,
            PodsUpperBound = active - gone,
            Rejected = rejected.Count,
            LastRejectedAt = rejected.LastOrDefault()?.CreatedAt,
            Rejection = rejected.LastOrDefault()?.Rejection,
            FirstRejectedAt = rejected.FirstOrDefault()?.CreatedAt,
            Replaced = replaced, ReplacedUnavailable = unavailable,
            FullyLabeled = labeled, Ready = ready, Available = available, Terminating = terminating + gone,
            NextAvailableAt = next,
        };
    }

    /// <summary>apps/v1 ReplicaSetStatus, as it is now to be shown.</summary>
    /// <param name="set">The set.</param>
    /// <param name="isShort">Pods are missing, and cannot be made at once.</param>
    /// <param name="failure">That the last one could not be made.</param>
    public ReplicaSetStatus Status(ReplicaSet set, bool isShort, CreationFailure? failure) => set.Status with
    {
        Replicas = PodsUpperBound,
        FullyLabeledReplicas = Math.Min(FullyLabeled, PodsUpperBound),
        ReadyReplicas = Ready,
        AvailableReplicas = Available,
        TerminatingReplicas = Terminating,
        ObservedGeneration = set.Metadata.Generation ?? 1,
        Conditions =
        [
            .. set.Status.Conditions.Where(condition => condition.Type != ReplicaFailure),
            .. isShort && Obstacle(failure) is { } obstacle ? [obstacle] : Array.Empty<ReplicaSetCondition>(),
        ],
    };

    /// <summary>Why pods are missing: they cannot be made, or their nodes do not take them.</summary>
    private ReplicaSetCondition? Obstacle(CreationFailure? failure)
    {
        return failure is not null ? Make("FailedCreate", failure.Message, failure.Since)
            : Rejection is { } rejection
                ? Make("PodsRejected", $"nodes do not take the pods: {rejection}", FirstRejectedAt)
            : null;

        static ReplicaSetCondition Make(string reason, string message, DateTimeOffset? since) => new()
        {
            Type = ReplicaFailure, Status = "True", Reason = reason, Message = message,
            LastTransitionTime = since is { } at ? ObjectLifecycle.Truncate(at) : null,
        };
    }

    /// <summary>A pod that has not reported yet has the labels that it was asked for with.</summary>
    private static bool IsFullyLabeled(ReplicaSet set, PodClaim claim)
    {
        if (claim.Observation is not { } observation)
        {
            return true;
        }

        foreach (var (key, value) in set.Spec.Template.Metadata.Labels)
        {
            if (observation.Labels.GetValueOrDefault(key) != value)
            {
                return false;
            }
        }

        return true;
    }
}
