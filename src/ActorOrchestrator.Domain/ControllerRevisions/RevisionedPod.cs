using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Domain.ControllerRevisions;

/// <summary>How a pod ended, if it did.</summary>
public enum PodEnd
{
    None,
    Failed,
    Succeeded,
}

/// <summary>A pod of an owner that keeps revisions, as its arithmetic sees it.</summary>
public sealed record RevisionedPod(string Name)
{
    /// <summary>What the pod is of; null if it does not say.</summary>
    public string? Revision { get; init; }

    /// <summary>Of the present revision.</summary>
    public bool IsNew { get; init; }

    /// <summary>It is known to exist: it was not only asked for.</summary>
    public bool IsConfirmed { get; init; } = true;

    /// <summary>How it stands is known. After a restart it is not until it has reported, and what is not known to be
    /// broken is not treated as such.</summary>
    public bool IsKnown { get; init; } = true;

    /// <summary>It was asked to go, or goes.</summary>
    public bool IsLeaving { get; init; }

    /// <summary>It was seen to go: it is no running pod any more.</summary>
    public bool IsTerminating { get; init; }

    public PodEnd End { get; init; }

    /// <summary>Its node did not take it, and why.</summary>
    public NodeRejection? Rejection { get; init; }

    public bool IsBound { get; init; } = true;

    public bool IsReady { get; init; }

    /// <summary>From when on it is available; null while it is not ready.</summary>
    public DateTimeOffset? AvailableAt { get; init; }

    /// <summary>Since when it has been as ready, or not, as it is.</summary>
    public DateTimeOffset? ReadySince { get; init; }

    /// <summary>One of its containers runs, and none of them has had to be started again.</summary>
    public bool IsStarting { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>It is to stay, and has not ended.</summary>
    public bool IsRunning => !IsLeaving && End == PodEnd.None;

    public bool IsAvailable(DateTimeOffset now) => IsRunning && AvailableAt <= now;

    /// <param name="claim">The claim on the pod.</param>
    /// <param name="revision">What it is of (<see cref="RevisionOf"/>).</param>
    /// <param name="present">The revision of the owner's template.</param>
    /// <param name="minReadySeconds">How long it must be ready to be available.</param>
    public static RevisionedPod Of(PodClaim claim, string? revision, string present, int minReadySeconds) =>
        new(claim.Name)
        {
            Revision = revision,
            IsNew = revision == present,
            IsConfirmed = claim.IsConfirmed,
            IsKnown = claim.IsObserved,
            IsLeaving = claim.IsDeletionRequested || claim.Observation is { IsTerminating: true },
            IsTerminating = claim.Observation is { IsTerminating: true },
            End = claim.Observation?.Phase switch
            {
                "Failed" => PodEnd.Failed,
                "Succeeded" => PodEnd.Succeeded,
                _ => PodEnd.None,
            },
            Rejection = claim.Observation?.Rejection,
            IsBound = claim.Observation is { Node: not null } || (claim.IsConfirmed && claim.Observation is null),
            IsReady = claim.Observation is { IsReady: true },
            AvailableAt = claim.Observation?.AvailableAt(minReadySeconds),
            ReadySince = claim.Observation?.ReadySince ?? claim.Observation?.CreatedAt,
            IsStarting = claim.Observation is { Runs: true, RestartsMax: 0 },
            CreatedAt = claim.Observation?.CreatedAt,
        };

    /// <summary>What its label says, and before it was seen what it was claimed to be.</summary>
    public static string? RevisionOf(PodClaim claim, string? claimed) => claim.Observation is { } observation
        ? observation.Labels.GetValueOrDefault(RevisionHistory.HashLabel)
        : claimed;
}
