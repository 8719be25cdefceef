using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Simulator.Runs;

/// <summary>What one decision did to an object.</summary>
/// <param name="Events">Those of its row that watchers see the outcome of.</param>
/// <param name="Last">The object as it last was: before the last of the events where that removed it.</param>
internal sealed record Decided(IReadOnlyList<DomainEvent> Events, KubeObject? Last)
{
    public bool IsCreation => Has<ObjectCreated>();

    /// <summary>Whether the object was deleted, or told to go.</summary>
    public bool IsDeletion => Has<ObjectDeleted>() || Has<DeletionRequested>();

    public bool Has<T>() where T : DomainEvent => Events.Any(static one => one is T);

    public override string ToString() => string.Join('+', Events.Select(one => one.GetType().Name));
}
