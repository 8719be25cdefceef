using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;

namespace ActorOrchestrator.Domain.ReplicaSets;

/// <summary>What a ReplicaSet asks its pods (again): whatever it has not been answered. All of it may be asked
/// twice.</summary>
public static class ReplicaSetQuestions
{
    /// <summary>Asks every pod, for everything that was heard may be wrong or forgotten.</summary>
    public static Decision AskAll(EntityKey self, ReplicaSetState state, Decision decision)
    {
        foreach (var claim in state.Claims.Values)
        {
            Ask(self, state.Set!, claim, decision);
        }

        return decision;
    }

    /// <summary>Asks those pods that owe an answer; false if none does.</summary>
    public static bool AskOutstanding(EntityKey self, ReplicaSetState state, Decision decision)
    {
        var any = !state.AdoptableKnown;
        if (any)
        {
            decision.Add(new Effect.FindAdoptable("pods", state.Set!.Spec.Selector ?? LabelSelector.Empty));
        }

        foreach (var claim in state.Claims.Values)
        {
            if (OwesAnswer(claim))
            {
                Ask(self, state.Set!, claim, decision);
                any = true;
            }
        }

        return any;
    }

    public static bool HasOutstanding(ReplicaSetState state) =>
        !state.AdoptableKnown || state.Claims.Values.Any(OwesAnswer);

    /// <summary>Not yet created, adopted or heard; or told to go, and not gone.</summary>
    private static bool OwesAnswer(PodClaim claim) =>
        !claim.IsConfirmed || claim.Observation is null || claim.IsDeletionRequested || claim.Observation.IsTerminating;

    private static void Ask(EntityKey self, ReplicaSet set, PodClaim claim, Decision decision)
    {
        var pod = new EntityKey("pods", self.Namespace, claim.Name);
        switch (claim)
        {
            case { IsConfirmed: false, IsAdoption: true }:
                decision.Tell(pod, new Adopt(self, claim.Uid, PodFromTemplate.ReferenceTo(set)));
                break;
            case { IsDeletionRequested: true, Observation: null or { IsTerminating: false } }:
                decision.Tell(pod, Delete.Exactly(claim.Uid));
                decision.Tell(pod, new ReportToOwner(self, claim.Uid));
                break;
            default:
                // A pod that was never created answers so, and is then asked for again.
                decision.Tell(pod, new ReportToOwner(self, claim.Uid));
                break;
        }
    }
}
