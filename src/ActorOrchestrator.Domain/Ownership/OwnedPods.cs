using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Ownership;

/// <summary>How owners of pods create and delete them.</summary>
public static class OwnedPods
{
    public const string Resource = "pods";

    /// <summary>The events that claim pods of which nothing more is to be kept than uid and name.</summary>
    public static IEnumerable<DomainEvent> Claimed(IEnumerable<PodClaim> claims) =>
        from claim in claims
        group new ClaimedPod(claim.Uid, claim.Name) by claim.IsAdoption into pods
        orderby pods.Key
        select new PodsClaimed(pods.ToValueList(), pods.Key);

    /// <summary>Claims pods and asks for them; their claims are new.</summary>
    public static void Create<TState>(
        Draft<TState> draft, KubeObject owner, PodTemplateSpec template, IReadOnlyList<PodClaim> claims)
        where TState : class
    {
        var claimed = new PodsClaimed(
            claims.Select(claim => new ClaimedPod(claim.Uid, claim.Name)).ToValueList(), IsAdoption: false);
        Create(draft, claimed, claims.Select(claim => PodFromTemplate.Create(owner, template, claim)));
    }

    /// <summary>Claims pods and asks for them, for owners whose pods differ from each other.</summary>
    public static void Create<TState>(Draft<TState> draft, DomainEvent claimed, IEnumerable<Pod> pods)
        where TState : class
    {
        draft.Emit(claimed);
        foreach (var pod in pods)
        {
            draft.Decision.Tell(EntityKey.Of(pod), new Create(pod));
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
            decision.Tell(pod, claim.Deletion);
        }

        decision.Tell(pod, new ReportToOwner(self, claim.Uid));
    }

    private static void AskToDelete(EntityKey self, EntityKey pod, PodClaim claim, Decision decision)
    {
        decision.Tell(pod, claim.Deletion);
        if (!claim.IsConfirmed)
        {
            // Perhaps it was never created; then nobody would report its end.
            decision.Tell(pod, new ReportToOwner(self, claim.Uid));
        }
    }

    private static EntityKey KeyOf(KubeObject owner, PodClaim claim) =>
        new(Resource, owner.Metadata.Namespace ?? "", claim.Name);
}
