using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.PersistentVolumeClaims;

namespace ActorOrchestrator.Domain.StatefulSets;

/// <summary>The PersistentVolumeClaims of a StatefulSet's pods: there before the pod is, and owned as the retention
/// policy says before the pod goes.</summary>
internal sealed class StatefulVolumes(
    EntityKey self, OwnerDraft<StatefulSetState, StatefulSet> draft, DateTimeOffset now)
{
    /// <summary>A claim that keeps a pod from being made, for it is being deleted; null without.</summary>
    public StatefulVolume? Leaving => draft.State.Volumes.Values.FirstOrDefault(volume =>
        volume is { Question.Creates: true, Outcome: VolumeClaimOutcome.Leaving });

    /// <summary>A claim that was refused (a quota) is asked for again after a pause.</summary>
    public void SettleRefusals()
    {
        var refused = draft.State.Volumes.Values.Where(volume => volume.Refusal is not null).ToList();
        if (refused.Count == 0)
        {
            return;
        }

        var (name, message) = (NameOf(refused[0]), refused[0].Refusal!.Message ?? "refused");
        draft.Emit(new CreationFailed(CreationFailure.After(draft.State.Failure, message, now)));
        draft.Decision.RecordEvent(draft.Shown, "Warning", "FailedCreate",
            $"create Claim {name} for Pod {refused[0].Question.Pod} in StatefulSet {self.Name} failed error: {message}",
            StatefulSetDecider.ControllerName);
        Forget(refused);
    }

    /// <summary>Claims of numbers that have no pod, and are to have none, are let be.</summary>
    public void Forget()
    {
        var ordinals = PodsByOrdinal().Select(pod => pod.Ordinal).ToHashSet();
        Forget(draft.State.Volumes.Values.Where(volume => !ordinals.Contains(volume.Ordinal)
            && !StatefulPodFromTemplate.IsInRange(draft.Shown.Spec, volume.Ordinal)).ToList());
    }

    /// <summary>Sees to it that the claims of the pods that are there have the owner that they are to have.</summary>
    /// <returns>The numbers whose claims have not.</returns>
    public IReadOnlySet<int> Keep()
    {
        var unkept = new HashSet<int>();
        foreach (var (ordinal, pod) in PodsByOrdinal())
        {
            if (!Provide(ordinal, pod.Uid, creates: false))
            {
                unkept.Add(ordinal);
            }
        }

        return unkept;
    }

    /// <summary>Whether the claims of a pod that is to be made are there; they are asked for.</summary>
    public bool AreThere(int ordinal) => Provide(ordinal, podUid: null, creates: true);

    private bool Provide(int ordinal, string? podUid, bool creates)
    {
        var isSettled = true;
        foreach (var question in StatefulPodFromTemplate.Claims(self, draft.Shown, ordinal, podUid, creates))
        {
            var name = question.Claim.Metadata.Name!;
            if (!draft.State.Volumes.TryGetValue(name, out var known) || !known.Covers(question))
            {
                draft.Emit(new VolumeAsked(new StatefulVolume(ordinal, question)));
                draft.Decision.Tell(StatefulSetReconciler.KeyOf(question), question);
                isSettled = false;
            }
            else
            {
                isSettled &= known.IsSettled;
            }
        }

        return isSettled;
    }

    private IEnumerable<(int Ordinal, PodClaim Pod)> PodsByOrdinal() =>
        from claim in draft.State.Claims.Values.OfType<PodClaim>()
        let ordinal = StatefulPodFromTemplate.OrdinalOf(self.Name, claim.Name)
        where !claim.IsGone && ordinal is not null
        select (ordinal.Value, claim);

    private void Forget(IReadOnlyCollection<StatefulVolume> volumes)
    {
        if (volumes.Count > 0)
        {
            draft.Emit(new VolumesForgotten(volumes.Select(NameOf).ToValueList()));
        }
    }

    private static string NameOf(StatefulVolume volume) => volume.Question.Claim.Metadata.Name!;
}
