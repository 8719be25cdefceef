using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Domain;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Actors.Projections;

/// <summary>What the projections that act work with.</summary>
public sealed record ProjectionServices
{
    public required ClusterView View { get; init; }

    public required IEntityRegion Region { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }

    public required Action<Effect.RecordEvent> RecordEvent { get; init; }

    public required IJournalStore Store { get; init; }

    public required JournalTail Tail { get; init; }

    /// <summary>What is kept at least; up to twice as much is.</summary>
    public required WatchWindow WatchWindow { get; init; }
}
