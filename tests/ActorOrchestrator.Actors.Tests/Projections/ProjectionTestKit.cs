using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Projections;
using ActorOrchestrator.Actors.Tests.Journal;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain;
using Akka.Actor;
using Akka.TestKit;

namespace ActorOrchestrator.Actors.Tests.Projections;

/// <summary>The actors of a cluster's one set of projections, on a scripted journal and on virtual time.</summary>
public abstract class ProjectionTestKit : Akka.TestKit.Xunit.TestKit
{
    /// <summary>Rows kept for watches in these tests.</summary>
    private protected const long WatchWindow = 10;

    /// <summary>And of which size together.</summary>
    private protected const long WindowBytes = 12 << 20;

    private protected ProjectionTestKit() : this(new EngineParts(isExclusive: false))
    {
    }

    private ProjectionTestKit(EngineParts parts) : base(parts.System, "projections")
    {
        Parts = parts;
        parts.Time.Scheduler = Clock;
        Region = CreateTestProbe();
        Witness = CreateTestProbe();
        Services = new ProjectionServices
        {
            View = parts.View,
            Region = new ProbeRegion(Region.Ref),
            Time = parts.Time,
            Logger = parts.Log,
            RecordEvent = _ => { },
            Store = parts.Store,
            Tail = parts.Tail,
            WatchWindow = new WatchWindow(WatchWindow, WindowBytes),
        };
    }

    private protected EngineParts Parts { get; }

    private protected ScriptedStore Store => Parts.Store;

    private protected ProjectionServices Services { get; }

    /// <summary>Gets what entities are told.</summary>
    private protected TestProbe Region { get; }

    private protected TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private TestProbe Witness { get; }

    /// <summary>A ReplicaSet whose status shows so many of its pods ready: with all of them it is at rest.</summary>
    private protected static ReplicaSet Set(string name, int ready, int wanted = 2) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default", Uid = $"uid-{name}", Generation = 1 },
        Spec = new ReplicaSetSpec { Replicas = wanted },
        Status = new ReplicaSetStatus
        {
            Replicas = wanted, ReadyReplicas = ready, AvailableReplicas = ready, ObservedGeneration = 1,
        },
    };

    private protected static EntityKey KeyOf(string set) => new("replicasets.apps", "default", set);

    /// <summary>The journal gets a change, and the view has it.</summary>
    private protected async Task PutAsync(KubeObject value)
    {
        var id = EntityKey.Of(value).ToString();
        Store.StoreByAnother(id, 1 + Store.Rows.Count(row => row.PersistenceId == id), new ObjectCreated(value));
        await Parts.Tail.CatchUpAsync();
    }

    private protected async Task RemoveAsync(KubeObject value)
    {
        var id = EntityKey.Of(value).ToString();
        Store.StoreByAnother(id, 1 + Store.Rows.Count(row => row.PersistenceId == id), new ObjectDeleted());
        await Parts.Tail.CatchUpAsync();
    }

    /// <summary>Returns when the actor has taken in what it got: Akka answers this for it, behind all that.</summary>
    private protected void TakeIn(IActorRef actor)
    {
        actor.Tell(new Identify(null), Witness.Ref);
        Witness.ExpectMsg<ActorIdentity>(cancellationToken: Cancellation);
    }

    private protected void Pass(IActorRef actor, TimeSpan time)
    {
        TakeIn(actor);
        Clock.Advance(time);
        TakeIn(actor);

        // What it told itself meanwhile came behind that.
        TakeIn(actor);
    }

    /// <summary>The names of the entities that were woken since this was last asked, in order.</summary>
    private protected string Woken(IActorRef actor)
    {
        TakeIn(actor);
        var names = new List<string>();
        while (Region.HasMessages)
        {
            var envelope = Region.ExpectMsg<EntityEnvelope>(cancellationToken: Cancellation);
            Assert.Equal(Wake.Instance, envelope.Message);
            names.Add(envelope.To.Name);
        }

        return string.Join(' ', names);
    }

    private sealed class ProbeRegion(IActorRef region) : IEntityRegion
    {
        public void Tell(EntityEnvelope envelope, IActorRef? sender = null) =>
            region.Tell(envelope, sender ?? ActorRefs.NoSender);
    }
}
