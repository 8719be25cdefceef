using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Projections;
using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Domain.Nodes;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Actors;

/// <summary>What a member's control plane is made of.</summary>
public sealed record ControlPlaneOptions
{
    public required IJournalStore Store { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Runs the journal's writer: a thread of its own, or the simulator's process.</summary>
    public required Action<Action> WriterThread { get; init; }

    public required ILoggerFactory Loggers { get; init; }

    public required IIdSource Ids { get; init; }

    /// <summary>Make the processes that span entities (scheduler, garbage collection …): each anew when it starts
    /// anew.</summary>
    public IReadOnlyList<Func<IProjection>> Projections { get; init; } = [];

    /// <summary>How the member finds the others; null: by Akka's seeds, or it is a cluster of its own.</summary>
    public MemberFinder? Finder { get; init; }

    /// <summary>What only members of the cluster know, now: by it they prove heartbeats that go by UDP. Null: this
    /// member sends and answers none.</summary>
    public Func<byte[]>? HeartbeatKey { get; init; }

    /// <summary>Objects that are created on start where they are missing (namespaces …).</summary>
    public IReadOnlyList<KubeObject> InitialObjects { get; init; } = [];

    public Behaviors Behaviors { get; init; } = Behaviors.Standard(NodeSettings.Default);

    /// <summary>How long pods that do not say so stay on nodes that are lost.</summary>
    public DefaultTolerations Tolerations { get; init; } = DefaultTolerations.Standard;

    /// <summary>After how long without a message an entity at rest leaves memory.</summary>
    public TimeSpan PassivateAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Rows after which an entity stores a snapshot.</summary>
    public int SnapshotEvery { get; init; } = 32;

    /// <summary>What is kept of the journal for watches that are resumed, at least.</summary>
    public WatchWindow WatchWindow { get; init; } = new(Rows: 100_000, Bytes: 512 << 20);

    /// <summary>How long a command may wait for its answer.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a core/v1 Event is kept after it was last seen.</summary>
    public TimeSpan EventLifetime { get; init; } = TimeSpan.FromHours(1);
}
