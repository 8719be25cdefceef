using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.ReplicaSets;

namespace ActorOrchestrator.Domain.Jobs;

/// <summary>How a Job creates and deletes its pods.</summary>
internal static class JobPods
{
    /// <summary>What a claimed pod is asked to be.</summary>
    public static Pod Manifest(Job job, JobPodClaim claim)
    {
        var pod = PodFromTemplate.Create(job, job.Spec.Template, claim);
        return pod with
        {
            Metadata = pod.Metadata with { Finalizers = pod.Metadata.Finalizers.Add(Finalizers.JobTracking) },
        };
    }

    public static void Create(OwnerDraft<JobState, Job> draft, int count, IIdSource ids)
    {
        var job = draft.Shown;
        var taken = draft.State.Claims.Values.Select(claim => claim.Name).ToHashSet();
        var claims = new List<JobPodClaim>();
        for (var i = 0; i < count; i++)
        {
            claims.Add(new JobPodClaim(
                ids.NewUid(), PodFromTemplate.NewName(job.Metadata.Name!, taken, ids)));
        }

        var claimed = new JobPodsClaimed(
            claims.Select(claim => new ClaimedJobPod(claim.Uid, claim.Name)).ToValueList(), IsAdoption: false);
        OwnedPods.Create(draft, claimed, claims.Select(claim => Manifest(job, claim)));
    }

    /// <summary>Deletes as many as are too many, those that have got least far first.</summary>
    public static void Delete(EntityKey self, OwnerDraft<JobState, Job> draft, int count, DateTimeOffset now)
    {
        var wanted = draft.State.Claims.Values.Where(IsWanted).ToList();
        Delete(self, draft, PodRanking.FirstToGo(wanted, count, minReadySeconds: 0, now));
    }

    /// <summary>Deletes all that may be running.</summary>
    public static void DeleteAll(EntityKey self, OwnerDraft<JobState, Job> draft) =>
        Delete(self, draft, [.. draft.State.Claims.Values.Where(IsWanted)]);

    public static bool IsWanted(JobPodClaim claim) => claim is { IsActive: true, IsDeletionRequested: false };

    private static void Delete(
        EntityKey self, OwnerDraft<JobState, Job> draft, IReadOnlyList<PodClaim> claims)
    {
        if (claims.Count == 0)
        {
            return;
        }

        OwnedPods.Delete(self, draft, draft.Shown, claims);
        foreach (var claim in claims)
        {
            draft.Decision.RecordEvent(
                draft.Shown, "Normal", "SuccessfulDelete", $"Deleted pod: {claim.Name}", JobNames.Component);
        }
    }
}
