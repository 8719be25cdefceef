using ActorOrchestrator.Domain.ConfigRollouts;
using System.Collections.Immutable;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.ControllerRevisions;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.PersistentVolumeClaims;

namespace ActorOrchestrator.Domain.StatefulSets;

/// <summary>A StatefulSet: the object, its durable claims on pods and revisions, and what it has heard since
/// activation.</summary>
public sealed record StatefulSetState(KubeObject? Object) : OwnerState<Claim>(Object)
{
    public static new readonly StatefulSetState Absent = new((KubeObject?)null);

    /// <summary>By name, the PersistentVolumeClaims that were asked for. They are asked for by name, so what is asked
    /// again after a restart makes no second one, and nothing of this is stored.</summary>
    public ImmutableSortedDictionary<string, StatefulVolume> Volumes { get; init; } =
        ImmutableSortedDictionary.Create<string, StatefulVolume>(StringComparer.Ordinal);

    /// <summary>By name, the pods that failed one after the other.</summary>
    public ImmutableSortedDictionary<string, PodFailures> Failures { get; init; } =
        ImmutableSortedDictionary.Create<string, PodFailures>(StringComparer.Ordinal);

    /// <summary>By uid, when a pod that seems broken was told to go. That is not stored: if the pod has come up, it
    /// stays.</summary>
    public ImmutableSortedDictionary<string, DateTimeOffset> ToldToGo { get; init; } =
        ImmutableSortedDictionary.Create<string, DateTimeOffset>(StringComparer.Ordinal);

    /// <summary>What it waits for, if an Event has told it.</summary>
    public StatefulWait? Told { get; init; }

    public StatefulSet? Set => (StatefulSet?)Object;

    public IEnumerable<RevisionClaim> Revisions => Claims.Values.OfType<RevisionClaim>();

    /// <summary>The revision of the template; null while it is still to be made.</summary>
    public RevisionClaim? Update => RevisionHistory.Find(Revisions, Set!.Pinned());

    /// <summary>The revision of the pods that are not updated, as the status has it; that of the template when there is
    /// no such revision (any more).</summary>
    public RevisionClaim? Current => Revisions.FirstOrDefault(revision =>
        revision is { IsKept: true, Template: not null } && revision.Name == Set!.Status.CurrentRevision) ?? Update;

    /// <summary>Pods that exist have not said how they stand, and may yet.</summary>
    public bool AwaitsReports(DateTimeOffset now) => IsFresh(now) && Claims.Values.OfType<PodClaim>()
        .Any(claim => claim is { IsGone: false, IsObserved: false } && (claim.IsConfirmed || claim.IsAdoption));

    public override bool HasOutstanding => base.HasOutstanding || Volumes.Values.Any(volume => !volume.IsSettled);
}

/// <summary>A claim of a pod's, as it was asked to be, and what came of it; null before the answer.</summary>
/// <param name="Ordinal">The pod's number.</param>
/// <param name="Question">What was asked.</param>
/// <param name="Outcome">The answer.</param>
/// <param name="Refusal">Why it was refused; null otherwise.</param>
public sealed record StatefulVolume(
    int Ordinal, ProvideVolumeClaim Question, VolumeClaimOutcome? Outcome = null, Status? Refusal = null)
{
    /// <summary>It is there, or does not have to be. One that leaves is asked for again until it is gone.</summary>
    public bool IsSettled => Outcome switch
    {
        null => false,
        VolumeClaimOutcome.Kept or VolumeClaimOutcome.Created => true,
        _ => !Question.Creates,
    };

    /// <summary>It answers this, or more than this.</summary>
    public bool Covers(ProvideVolumeClaim question) =>
        Question.Keeper == question.Keeper && (Question.Creates || !question.Creates);
}

/// <summary>A claim is asked for.</summary>
public sealed record VolumeAsked(StatefulVolume Volume) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}

/// <summary>A claim answered.</summary>
public sealed record VolumeAnswered(string Name, VolumeClaimOutcome Outcome, Status? Refusal) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}

/// <summary>The claims do not matter for now.</summary>
public sealed record VolumesForgotten(ValueList<string> Names) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}

/// <summary>A failed pod is taken away.</summary>
public sealed record StatefulPodFailed(string Name, DateTimeOffset At) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}

/// <summary>A pod that seems broken is told to go.</summary>
public sealed record BrokenPodTold(string Uid, DateTimeOffset At) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}

/// <summary>An Event told what it waits for, or (null) it waits no more.</summary>
public sealed record WaitTold(StatefulWait? Wait) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}
