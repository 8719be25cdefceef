using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Ownership;

/// <summary>How owners of pods create and delete them.</summary>
public static class OwnedPods
{
    public const string Resource = "pods";

    /// <summary>Claims pods and asks for them; their claims are new.</summary>
    public static void Create<TState>(
        Draft<TState> draft, KubeObject owner, PodTemplateSpec template, IReadOnlyList<PodClaim> claims)
        where TState : class
    {
        draft.Emit(new PodsClaimed(
            claims.Select(claim => new ClaimedPod(claim.Uid, claim.Name)).ToValueList(), IsAdoption: false));
        foreach (var claim in claims)
        {
            var create = new Create(PodFromTemplate.Create(owner, template, claim));
            draft.Decision.Tell(KeyOf(owner, claim), create);
        }
    }

    public static void Delete<TState>(
        EntityKey self, Draft<TState> draft, KubeObject owner, IReadOnlyList<PodClaim> claims) where TState : class
    {
        draft.Emit(new PodsDeletionRequested(claims.Uids()));
        foreach (var claim in claims)
        {
            AskToDelete(self, KeyOf(owner, claim), claim, draft.Decision);
        }
    }

    /// <summary>Tells a pod (again) what it has not answered.</summary>
    public static void Ask(EntityKey self, EntityKey pod, PodClaim claim, Decision decision)
    {
        if (claim is { IsDeletionRequested: true, Observation: null or { IsTerminating: false } })
        {
            decision.Tell(pod, Domain.Delete.Exactly(claim.Uid));
        }

        decision.Tell(pod, new ReportToOwner(self, claim.Uid));
    }

    private static void AskToDelete(EntityKey self, EntityKey pod, PodClaim claim, Decision decision)
    {
        decision.Tell(pod, Domain.Delete.Exactly(claim.Uid));
        if (!claim.IsConfirmed)
        {
            // Perhaps it was never created; then nobody would report its end.
            decision.Tell(pod, new ReportToOwner(self, claim.Uid));
        }
    }

    private static EntityKey KeyOf(KubeObject owner, PodClaim claim) =>
        new(Resource, owner.Metadata.Namespace ?? "", claim.Name);
}
