using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Domain.PersistentVolumeClaims;

/// <summary>A PersistentVolumeClaim (v1): stored like a document, and provided to the StatefulSet that asks for it. A
/// set never takes what a claim stands for away: it only says whose end is to be the claim's.</summary>
public sealed class PersistentVolumeClaimDecider : ObjectBehavior<ObjectState>
{
    public const string Resource = "persistentvolumeclaims";

    protected override ObjectState Initial => ObjectState.Absent;

    protected override bool ReconcilesOnChange => false;

    protected override Decision OnMessage(
        EntityKey self, ObjectState state, Message message, in DecisionContext context) =>
        message is ProvideVolumeClaim ask ? Provide(self, state, ask, context) : new Decision();

    private Decision Provide(EntityKey self, ObjectState state, ProvideVolumeClaim ask, in DecisionContext context)
    {
        if (state.Object is not PersistentVolumeClaim current)
        {
            return ask.Creates
                ? Create(self, state, ask, context)
                : Answer(self, new Decision(), ask, VolumeClaimOutcome.Missing);
        }

        if (current.Metadata.DeletionTimestamp is not null
            || VolumeClaimOwners.Next(current.Metadata.OwnerReferences, ask) is not { } owners)
        {
            return Answer(self, new Decision(), ask, VolumeClaimOutcome.Leaving);
        }

        var decision = owners == current.Metadata.OwnerReferences
            ? new Decision()
            : ObjectLifecycle.Write(
                self, current, current with { Metadata = current.Metadata with { OwnerReferences = owners } });
        return Answer(self, decision, ask, VolumeClaimOutcome.Kept);
    }

    /// <summary>A set's templates of claims are hardly checked when it is written, and a claim has no
    /// controller.</summary>
    private Decision Create(EntityKey self, ObjectState state, ProvideVolumeClaim ask, in DecisionContext context)
    {
        if (Validator.Validate(ask.Claim) is { Count: > 0 } errors)
        {
            return Answer(self, new Decision(), ask, VolumeClaimOutcome.Refused,
                errors.ToStatus(KindRegistry.Of(ask.Claim), self.Name));
        }

        var decision = Decide(self, state, new Create(ask.Claim), context);
        var refusal = decision.Effects.OfType<Effect.Answer>().Select(answer => answer.Reply)
            .OfType<Reply.Rejected>().FirstOrDefault()?.Status;
        return refusal is null
            ? Answer(self, decision, ask, VolumeClaimOutcome.Created)
            : Answer(self, decision, ask, VolumeClaimOutcome.Refused, refusal);
    }

    private static Decision Answer(
        EntityKey self, Decision decision, ProvideVolumeClaim ask, VolumeClaimOutcome outcome,
        Status? refusal = null) =>
        decision.Tell(ask.Set, new VolumeClaimProvided(
            ask.SetUid, self.Name, ask.Keeper, ask.Creates, outcome, refusal));
}
