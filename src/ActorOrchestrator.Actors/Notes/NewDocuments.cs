using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Serialization;
using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Admission;

namespace ActorOrchestrator.Actors.Notes;

/// <summary>
/// Stores documents that nobody can have heard of yet, because their names are new: the row is the one that their
/// entity would have persisted, and the entity is not brought into memory for it. Two Events come with each pod, so
/// this spares a busy cluster two thirds of its actors. Should somebody have been faster with the same name, the
/// journal refuses the row as it would refuse a second activation's.
/// </summary>
internal sealed class NewDocuments(JournalWriter writer, IIdSource ids, TimeProvider time)
{
    private static readonly IBehavior Behavior = new DocumentBehavior();

    private readonly string _writer = ids.NewUid();

    /// <returns>Whether it was stored; why it was not is in the writer's log.</returns>
    public async Task<bool> StoreAsync(KubeObject document)
    {
        var key = EntityKey.Of(document);
        var now = time.GetUtcNow();
        var decision = Behavior.Decide(
            key, Behavior.Empty, new Create(document), new DecisionContext(now, 0, ids, ClusterFacts.None));
        if (decision.Events.Count == 0)
        {
            return false;
        }

        var entry = new JournalEntry(
            key.Resource, decision.Events, EntryFormat.Encode(key.Resource, decision.Events));
        try
        {
            await writer.WriteAsync(
                new JournalWrite(key.ToString(), 1, entry, _writer, now.ToUnixTimeMilliseconds()));
            return true;
        }
        catch (JournalException)
        {
            return false;
        }
    }
}
