using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.Ownership;

/// <summary>What an owner asks its children (again): whatever it has not been answered. All of it may be asked
/// twice.</summary>
public abstract partial class OwnerBehavior<TState, TOwner, TClaim>
{
    /// <summary>Asks (again) for what the kind has to know besides its children and has not heard.</summary>
    protected virtual void AskFacts(TState state, Decision decision)
    {
    }

    /// <summary>Asks every child, for everything that was heard may be wrong or forgotten.</summary>
    private Decision AskAll(EntityKey self, TState state, Decision decision)
    {
        AskFacts(state, decision);
        foreach (var claim in state.Claims.Values)
        {
            AskOne(self, state, claim, decision);
        }

        return decision;
    }

    private Decision AskOutstanding(EntityKey self, TState state, AskAgain again, in DecisionContext context)
    {
        var decision = new Decision();
        if (!state.HasOutstanding)
        {
            return decision.Emit(new ReminderSet(null));
        }

        if (!state.AdoptableKnown)
        {
            decision.Add(FindAdoptable((TOwner)state.Object!));
        }

        AskFacts(state, decision);
        foreach (var claim in state.Claims.Values.Where(claim => claim.OwesAnswer))
        {
            AskOne(self, state, claim, decision);
        }

        return Remind(decision, again.Attempt + 1, context).Reconcile();
    }

    private void AskOne(EntityKey self, TState state, TClaim claim, Decision decision)
    {
        var owner = (TOwner)state.Object!;
        if (claim.IsAdoption)
        {
            decision.Tell(KeyOf(self, claim), new Adopt(self, claim.Uid, Owners.ReferenceTo(owner)));
        }
        else
        {
            // A child that was never created answers a question so, and is then asked for again.
            Ask(self, owner, claim, decision);
        }
    }

    private Effect FindAdoptable(TOwner owner) =>
        new Effect.FindAdoptable(SelectorOf(owner) ?? LabelSelector.Empty);

    private static Decision Remind(Decision decision, int attempt, in DecisionContext context)
    {
        var again = new AskAgain(attempt);
        return decision.Emit(new ReminderSet(attempt))
            .SetTimer(AskAgain.Timer, again.Due(context.Now), again)
            .SetTimer(Resync.Timer, context.Now + Resync.Period, Resync.Instance);
    }
}
