using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;

namespace ActorOrchestrator.Domain.ReplicaSets;

/// <summary>A ReplicaSet's pods, counted at one instant.</summary>
public sealed record ReplicaSetTally
{
    /// <summary>Claims that may be running replicas (apps/v1 ReplicaSetStatus.replicas). Never behind the claims: it
    /// rises in the very decision that claims a pod, and falls only when the pod reports that it goes.</summary>
    public int Active { get; private init; }

    public int Wanted { get; private init; }
    public int Unconfirmed { get; private init; }
    public int Unobserved { get; private init; }

    /// <summary>Orphans that have not answered yet whether they are ours now.</summary>
    public int Adopting { get; private init; }

    public int FullyLabeled { get; private init; }

    /// <summary>Ready and available leave out pods that were told to go: they are lost, only not yet stopped.</summary>
    public int Ready { get; private init; }

    public int Available { get; private init; }
    public int Terminating { get; private init; }

    /// <summary>When the next ready pod becomes available; null if none is about to.</summary>
    public DateTimeOffset? NextAvailableAt { get; private init; }

    public static ReplicaSetTally Of(ReplicaSet set, IEnumerable<PodClaim> claims, DateTimeOffset now)
    {
        int active = 0, wanted = 0, unconfirmed = 0, unobserved = 0, adopting = 0;
        int labeled = 0, ready = 0, available = 0, terminating = 0;
        DateTimeOffset? next = null;
        foreach (var claim in claims)
        {
            active += claim.MayBeActive ? 1 : 0;
            wanted += claim.IsWanted ? 1 : 0;
            unconfirmed += claim is { MayBeActive: true, IsConfirmed: false } ? 1 : 0;
            unobserved += claim is { MayBeActive: true, Observation: null }
                && (claim.IsConfirmed || claim.IsAdoption) ? 1 : 0;
            adopting += claim is { MayBeActive: true, Observation: null, IsAdoption: true } ? 1 : 0;
            terminating += claim is { IsGone: false, Observation: { IsTerminating: true, IsFinished: false } } ? 1 : 0;
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

        return new ReplicaSetTally
        {
            Active = active, Wanted = wanted, Unconfirmed = unconfirmed, Unobserved = unobserved, Adopting = adopting,
            FullyLabeled = labeled, Ready = ready, Available = available, Terminating = terminating,
            NextAvailableAt = next,
        };
    }

    /// <summary>apps/v1 ReplicaSetStatus, as it is now to be shown.</summary>
    public ReplicaSetStatus Status(ReplicaSet set, CreationFailure? failure) => set.Status with
    {
        Replicas = Active,
        FullyLabeledReplicas = FullyLabeled,
        ReadyReplicas = Ready,
        AvailableReplicas = Available,
        TerminatingReplicas = Terminating,
        ObservedGeneration = set.Metadata.Generation ?? 1,
        Conditions = Conditions(set.Status.Conditions, failure),
    };

    private static ValueList<ReplicaSetCondition> Conditions(
        ValueList<ReplicaSetCondition> current, CreationFailure? failure)
    {
        const string type = "ReplicaFailure";
        var others = current.Where(condition => condition.Type != type);
        return failure is null
            ? others.ToValueList()
            : others.Append(new ReplicaSetCondition
            {
                Type = type,
                Status = "True",
                Reason = "FailedCreate",
                Message = failure.Message,
                LastTransitionTime = ObjectLifecycle.Truncate(failure.Since),
            }).ToValueList();
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
