using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.ReplicaSets;

namespace ActorOrchestrator.Domain.Jobs;

/// <summary>How a Job creates and deletes its pods.</summary>
internal static class JobPods
{
    /// <summary>What a claimed pod is asked to be.</summary>
    public static Pod Manifest(JobState state, Job job, JobPodClaim claim)
    {
        var pod = claim.MadeForIndex is { } index
            ? IndexedPodFromTemplate.Create(state, job, claim, index)
            : PodFromTemplate.Create(job, job.Spec.Template, claim);
        return pod with
        {
            Metadata = pod.Metadata with { Finalizers = pod.Metadata.Finalizers.Add(Finalizers.JobTracking) },
        };
    }

    public static void Create(OwnerDraft<JobState, Job> draft, int count, IIdSource ids) =>
        Create(draft, Enumerable.Repeat((int?)null, count), ids);

    public static void Create(OwnerDraft<JobState, Job> draft, IEnumerable<int> indexes, IIdSource ids) =>
        Create(draft, indexes.Cast<int?>(), ids);

    /// <summary>The event that claims pods, which all have an index, or none has.</summary>
    public static DomainEvent Claimed(IReadOnlyList<JobPodClaim> claims, bool isAdoption) =>
        claims.All(claim => claim.MadeForIndex is not null)
            ? new IndexedPodsClaimed(claims.Select(
                claim => new ClaimedIndexedPod(claim.Uid, claim.Name, claim.MadeForIndex!.Value)).ToValueList())
            : new JobPodsClaimed(
                claims.Select(claim => new ClaimedJobPod(claim.Uid, claim.Name)).ToValueList(), isAdoption);

    private static void Create(OwnerDraft<JobState, Job> draft, IEnumerable<int?> indexes, IIdSource ids)
    {
        var (state, job) = (draft.State, draft.Shown);
        var taken = state.Claims.Values.Select(claim => claim.Name).ToHashSet();
        var claims = new List<JobPodClaim>();
        foreach (var index in indexes)
        {
            var owner = index is { } number
                ? IndexedPodFromTemplate.NamePrefix(job.Metadata.Name!, number)
                : job.Metadata.Name!;
            claims.Add(new JobPodClaim(ids.NewUid(), PodFromTemplate.NewName(owner, taken, ids))
            {
                MadeForIndex = index,
            });
        }

        OwnedPods.Create(
            draft, Claimed(claims, isAdoption: false), claims.Select(claim => Manifest(state, job, claim)));
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

    /// <summary>Deletes these.</summary>
    public static void Delete(
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

    /// <summary>Not while they only are on their way out.</summary>
    public static bool AreReplacedWhenEnded(Job job) =>
        job.Spec.PodReplacementPolicy == "Failed" || PodFencing.IsFenced(job.Spec.Template);

    public static bool IsWanted(JobPodClaim claim) => claim is { IsActive: true, IsDeletionRequested: false };
}
