using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Projections;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Admission;
using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Actors.Entities;

/// <summary>What the entities of one member work with: their way to each other, the member's view of the cluster, and
/// their numbers.</summary>
public sealed record EntityServices
{
    public required Behaviors Behaviors { get; init; }

    public required IIdSource Ids { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }

    public required JournalTail Tail { get; init; }

    public required IEntityRegion Region { get; init; }

    /// <summary>What new objects are judged by, as this member's view has it.</summary>
    public required Func<ClusterFacts> Facts { get; init; }

    /// <summary>Takes down a core/v1 Event.</summary>
    public required Action<Effect.RecordEvent> RecordEvent { get; init; }

    /// <summary>Brings an entity's question to the projection that answers it.</summary>
    public required Action<ProjectionQuestion> Ask { get; init; }

    /// <summary>Hears of entities that stopped with work left.</summary>
    public required IActorRef Waker { get; init; }

    /// <summary>After how long without a message an entity at rest leaves memory.</summary>
    public required TimeSpan PassivateAfter { get; init; }

    /// <summary>Rows after which an entity stores a snapshot: what a recovery reads at most.</summary>
    public required int SnapshotEvery { get; init; }
}
