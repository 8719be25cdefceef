using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.PersistentVolumeClaims;

/// <summary>
/// A StatefulSet asks the claim of one of its pods to be there, and to have the owner that its retention policy gives
/// it. Answered with a <see cref="VolumeClaimProvided"/>; asked twice, nothing changes.
/// </summary>
/// <param name="Set">Who asks, and is answered.</param>
/// <param name="SetUid">Its uid.</param>
/// <param name="Pod">The name of the pod whose claim it is.</param>
/// <param name="PodUid">The pod's uid; null before there is one.</param>
/// <param name="Claim">The claim to be, with the one owner that it is to have of the two, or none.</param>
/// <param name="Creates">It is made if it is not there.</param>
public sealed record ProvideVolumeClaim(
    EntityKey Set, string SetUid, string Pod, string? PodUid, PersistentVolumeClaim Claim, bool Creates) : Message
{
    /// <summary>The uid of the owner that it is to have; null for none.</summary>
    public string? Keeper => Claim.Metadata.OwnerReferences is [var only] ? only.Uid : null;
}

public enum VolumeClaimOutcome
{
    /// <summary>It was there, and has the owner that it is to have.</summary>
    Kept,

    /// <summary>It was made.</summary>
    Created,

    /// <summary>It is not there, and was not to be made.</summary>
    Missing,

    /// <summary>It is being deleted, or is about to be with its former owner: what is stored there goes with
    /// it.</summary>
    Leaving,

    /// <summary>It was not admitted.</summary>
    Refused,
}

/// <summary>How a claim stands; it repeats the question that it answers.</summary>
/// <param name="SetUid">Whom it answers.</param>
/// <param name="Name">The claim.</param>
/// <param name="Keeper">The owner that it was to have.</param>
/// <param name="Creates">It was to be made.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Refusal">Why it was not admitted; null otherwise.</param>
public sealed record VolumeClaimProvided(
    string SetUid, string Name, string? Keeper, bool Creates, VolumeClaimOutcome Outcome, Status? Refusal) : Message;
