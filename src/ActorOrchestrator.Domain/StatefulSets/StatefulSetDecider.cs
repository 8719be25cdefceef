using System.Collections.Immutable;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.ControllerRevisions;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.PersistentVolumeClaims;

namespace ActorOrchestrator.Domain.StatefulSets;

/// <summary>
/// A StatefulSet (apps/v1) keeps pods that are numbered, with names, hosts and claims of their own. On each
/// <see cref="Reconcile"/> it recomputes the next step from its claims: see <see cref="StatefulPlanner"/> for the
/// order, <see cref="RevisionHistory"/> for what old is, <see cref="VolumeClaimOwners"/> for what becomes of the
/// PersistentVolumeClaims.
/// <para>
/// Of one number there is never more than one pod: a pod's name is its number, another one of the name cannot be made
/// before the former is gone, and it is gone when its machine has stopped it, or when somebody who must know says so
/// (<c>--force</c>, the Node's deletion).
/// </para>
/// </summary>
public sealed class StatefulSetDecider : RevisionedOwnerBehavior<StatefulSetState, StatefulSet>
{
    internal const string ControllerName = "statefulset-controller";

    protected override StatefulSetState Initial => StatefulSetState.Absent;

    protected override string Component => ControllerName;

    /// <summary>Every child has answered, every number has its pod, of the revision that it is to be of, and the status
    /// shows it.</summary>
    public override bool IsAtRest(StatefulSetState state)
    {
        if (state.Set is not { } set)
        {
            return true;
        }

        return Rest.IsComplete(set) && base.IsAtRest(state) && state.Update is { IsConfirmed: true } update
            && StatefulSetReconciler.IsSettled(state, update);
    }

    protected override LabelSelector? SelectorOf(StatefulSet owner) => owner.Spec.Selector;

    /// <summary>A pod that was never made, and would not be made so any more, is not made.</summary>
    protected override Pod? ManifestOf(StatefulSetState state, StatefulSet owner, PodClaim claim)
    {
        if (claim is not StatefulPodClaim pod || state.Update is not { } update
            || OrdinalOf(owner, claim.Name) is not { } ordinal
            || !StatefulPodFromTemplate.IsInRange(owner.Spec, ordinal))
        {
            return null;
        }

        var wanted = StatefulSetReconciler.InputOf(state, update).RevisionOf(ordinal);
        var revision = state.Revisions.FirstOrDefault(revision => revision.Name == wanted);
        return pod.Revision == wanted && revision is { Template: { } template }
            ? StatefulPodFromTemplate.Create(owner, template, pod, ordinal)
            : null;
    }

    protected override IEnumerable<DomainEvent> Claimed(IReadOnlyList<PodClaim> pods)
    {
        var numbered = pods.OfType<StatefulPodClaim>()
            .Select(pod => new ClaimedStatefulPod(pod.Uid, pod.Name, pod.Revision)).ToValueList();
        return
        [
            .. numbered.Count == 0 ? Array.Empty<DomainEvent>() : [new StatefulPodsClaimed(numbered)],
            .. OwnedPods.Claimed(pods.Where(pod => pod is not StatefulPodClaim)),
        ];
    }

    /// <summary>Also one that has ended: it has the name, and is replaced.</summary>
    protected override bool IsWorthAdopting(StatefulSet owner, KubeObject candidate) =>
        candidate.Metadata.DeletionTimestamp is null && IsWorthTaking(owner, candidate);

    /// <summary>Whatever its labels say, a pod without a number is none of the set's.</summary>
    protected override bool IsWorthTaking(StatefulSet owner, KubeObject stray) =>
        stray is not Pod || OrdinalOf(owner, stray.Metadata.Name!) is not null;

    /// <summary>A pod has the one name that its number gives it.</summary>
    protected override bool FindsAnotherName(Claim claim) => claim is RevisionClaim;

    protected override void AskFacts(StatefulSetState state, Decision decision)
    {
        foreach (var volume in state.Volumes.Values.Where(volume => !volume.IsSettled))
        {
            decision.Tell(StatefulSetReconciler.KeyOf(volume.Question), volume.Question);
        }
    }

    protected override Decision OnOtherMessage(
        EntityKey self, StatefulSetState state, StatefulSet owner, Message message, in DecisionContext context)
    {
        var decision = new Decision();
        if (message is not VolumeClaimProvided answer || answer.SetUid != owner.Metadata.Uid
            || !state.Volumes.TryGetValue(answer.Name, out var volume)
            || (answer.Keeper, answer.Creates) != (volume.Question.Keeper, volume.Question.Creates)
            || answer.Outcome == volume.Outcome)
        {
            return decision;
        }

        if (answer.Outcome == VolumeClaimOutcome.Created)
        {
            decision.RecordEvent(owner, "Normal", "SuccessfulCreate",
                $"create Claim {answer.Name} Pod {volume.Question.Pod} in StatefulSet {self.Name} success",
                ControllerName);
        }

        return decision.Emit(new VolumeAnswered(answer.Name, answer.Outcome, answer.Refusal));
    }

    protected override StatefulSetState ApplyOwn(StatefulSetState state, DomainEvent @event) => @event switch
    {
        VolumeAsked asked => state with
        {
            Volumes = state.Volumes.SetItem(asked.Volume.Question.Claim.Metadata.Name!, asked.Volume),
        },
        VolumeAnswered answered when state.Volumes.TryGetValue(answered.Name, out var volume) => state with
        {
            Volumes = state.Volumes.SetItem(
                answered.Name, volume with { Outcome = answered.Outcome, Refusal = answered.Refusal }),
        },
        VolumesForgotten forgotten => state with { Volumes = state.Volumes.RemoveRange(forgotten.Names) },
        StatefulPodFailed failed => state with
        {
            Failures = state.Failures.SetItem(
                failed.Name, PodFailures.After(state.Failures.GetValueOrDefault(failed.Name), failed.At)),
        },
        BrokenPodTold told => state with { ToldToGo = state.ToldToGo.SetItem(told.Uid, told.At) },
        WaitTold told => state with { Told = told.Wait },
        PodsUnclaimed unclaimed => base.ApplyOwn(state, @event) with
        {
            Volumes = Without(state, unclaimed), ToldToGo = state.ToldToGo.RemoveRange(unclaimed.Uids),
        },
        ActivationBegan => base.ApplyOwn(state, @event) with
        {
            Volumes = StatefulSetState.Absent.Volumes,
            Failures = StatefulSetState.Absent.Failures,
            ToldToGo = StatefulSetState.Absent.ToldToGo,
            Told = null,
        },
        _ => base.ApplyOwn(state, @event),
    };

    protected override void OnHashTaken(OwnerDraft<StatefulSetState, StatefulSet> draft) => draft.Shown =
        draft.Shown with
        {
            Status = draft.Shown.Status with { CollisionCount = (draft.Shown.Status.CollisionCount ?? 0) + 1 },
        };

    protected override void OnCreated(OwnerDraft<StatefulSetState, StatefulSet> draft, Claim claim)
    {
        if (claim is PodClaim)
        {
            draft.Decision.RecordEvent(draft.Shown, "Normal", "SuccessfulCreate",
                $"create Pod {claim.Name} in StatefulSet {draft.Shown.Metadata.Name} successful", Component);
        }
    }

    protected override void OnCreationFailed(
        OwnerDraft<StatefulSetState, StatefulSet> draft, Claim claim, string message, DateTimeOffset now)
    {
        var what = claim is PodClaim ? $"Pod {claim.Name}" : $"ControllerRevision {claim.Name}";
        draft.Decision.RecordEvent(draft.Shown, "Warning", "FailedCreate",
            $"create {what} in StatefulSet {draft.Shown.Metadata.Name} failed error: {message}", Component);
    }

    protected override void Converge(
        EntityKey self, OwnerDraft<StatefulSetState, StatefulSet> draft, in DecisionContext context) =>
        new StatefulSetReconciler(self, draft, context).Converge();

    private static int? OrdinalOf(StatefulSet owner, string pod) =>
        StatefulPodFromTemplate.OrdinalOf(owner.Metadata.Name!, pod);

    /// <summary>Whoever deletes a pod may have deleted its claims, too: the next pod of the number asks for them
    /// anew.</summary>
    private static ImmutableSortedDictionary<string, StatefulVolume> Without(
        StatefulSetState state, PodsUnclaimed unclaimed)
    {
        var names = unclaimed.Uids.Select(uid => state.Claims.GetValueOrDefault(uid)?.Name).ToHashSet();
        return state.Volumes.RemoveRange(
            state.Volumes.Where(volume => names.Contains(volume.Value.Question.Pod)).Select(volume => volume.Key));
    }
}
