using ActorOrchestrator.Api.Apps;

namespace ActorOrchestrator.Domain.ControllerRevisions;

/// <summary>A ControllerRevision (apps/v1): stored like a document, but for its number, which its owner
/// raises.</summary>
public sealed class ControllerRevisionDecider : ObjectBehavior<ObjectState>
{
    protected override ObjectState Initial => ObjectState.Absent;

    protected override bool ReconcilesOnChange => false;

    protected override Decision OnMessage(
        EntityKey self, ObjectState state, Message message, in DecisionContext context) =>
        message is RenumberRevision renumber ? Renumber(self, state.Object as ControllerRevision, renumber) : new();

    private static Decision Renumber(EntityKey self, ControllerRevision? revision, RenumberRevision renumber)
    {
        if (revision?.Metadata.Uid != renumber.Uid)
        {
            return new Decision().Tell(renumber.Owner, new ChildReport(self, renumber.Uid, null));
        }

        return renumber.Number > revision.Revision
            && ObjectLifecycle.ControllerOf(revision)?.Uid == renumber.OwnerUid
            ? ObjectLifecycle.Write(self, revision, revision with { Revision = renumber.Number })
            : new Decision().Tell(renumber.Owner, new ChildReport(self, renumber.Uid, revision));
    }
}
