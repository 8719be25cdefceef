using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Tests.Journal;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Admission;
using Akka.Actor;
using Akka.TestKit;

namespace ActorOrchestrator.Actors.Tests.Entities;

/// <summary>
/// The real <see cref="EntityActor"/> with the real write path, on a journal in memory and on virtual time. What leaves
/// an entity comes to one probe, in order.
/// </summary>
public abstract class EntityTestKit : Akka.TestKit.Xunit.TestKit
{
    /// <summary>Rows after which an entity of these tests stores a snapshot.</summary>
    private protected const int SnapshotEvery = 4;

    private protected static readonly TimeSpan PassivateAfter = TimeSpan.FromMinutes(2);
    private protected static readonly EntityKey A = new("configmaps", "default", "a");
    private protected static readonly EntityKey B = new("configmaps", "default", "b");

    private static readonly Command Question = Delete.Background with { DryRun = true };

    private long _lastRequest;

    private protected EntityTestKit(bool isExclusive = true) : this(new EngineParts(isExclusive))
    {
    }

    private EntityTestKit(EngineParts parts) : base(parts.System, "entities")
    {
        Parts = parts;
        parts.Time.Scheduler = Clock;
        (Outside, Waker, Shards) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe());
        Services = new EntityServices
        {
            Behaviors = new Behaviors(new Dictionary<string, IBehavior> { ["configmaps"] = Behavior }),
            Ids = new RandomIds(),
            Time = parts.Time,
            Logger = parts.Log,
            Tail = parts.Tail,
            Region = new ProbeRegion(Outside.Ref),
            Facts = () => ClusterFacts.None,
            RecordEvent = record => Outside.Ref.Tell(new Recorded(record), ActorRefs.NoSender),
            Ask = question => Outside.Ref.Tell(question, ActorRefs.NoSender),
            Waker = Waker.Ref,
            PassivateAfter = PassivateAfter,
            SnapshotEvery = SnapshotEvery,
        };
        var observer = Shards.Ref;
        var services = Services;
        Shard = Sys.ActorOf(Props.CreateBy(new ShardProducer(services, observer)));
    }

    private protected EngineParts Parts { get; }

    private protected ScriptedStore Store => Parts.Store;

    private protected RecordingLogger Logged => Parts.Log;

    private protected ScriptedBehavior Behavior { get; } = new();

    private protected EntityServices Services { get; }

    private protected IActorRef Shard { get; }

    /// <summary>Gets what entities tell each other, and the answers of commands.</summary>
    private protected TestProbe Outside { get; }

    private protected TestProbe Waker { get; }

    /// <summary>Hears from the shard of activations that want to leave and that have ended.</summary>
    private protected TestProbe Shards { get; }

    private TestProbe Witness => field ??= CreateTestProbe();

    private protected TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected static ConfigMap Map(string value, string name = "a") => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Data = ValueMap<string>.From([KeyValuePair.Create("key", value)]),
    };

    private protected static string ValueOf(CommandAnswer answer) =>
        ((ConfigMap)Assert.IsType<Reply.Accepted>(answer.Reply).Object).Data["key"];

    private protected static string VersionOf(CommandAnswer answer) =>
        Assert.IsType<Reply.Accepted>(answer.Reply).Object.Metadata.ResourceVersion!;

    private protected void Tell(Message message, EntityKey? to = null) =>
        Shard.Tell(new EntityEnvelope(to ?? A, message), ActorRefs.NoSender);

    /// <summary>Sends a command, whose answer comes to <see cref="Outside"/>.</summary>
    private protected long Command(Command command, EntityKey? to = null)
    {
        Shard.Tell(new EntityEnvelope(to ?? A, command, ++_lastRequest), Outside.Ref);
        return _lastRequest;
    }

    private protected CommandAnswer Answer(Command command, EntityKey? to = null)
    {
        var request = Command(command, to);
        var answer = Outside.ExpectMsg<CommandAnswer>(cancellationToken: Cancellation);
        Assert.Equal(request, answer.RequestId);
        return answer;
    }

    private protected CommandFailed Failure(Command command)
    {
        var request = Command(command);
        var failed = Outside.ExpectMsg<CommandFailed>(cancellationToken: Cancellation);
        Assert.Equal(request, failed.RequestId);
        return failed;
    }

    /// <summary>Returns when the entity has done all that it was sent: it answers a question that changes
    /// nothing.</summary>
    private protected void Settle()
    {
        var request = Command(Question);
        Outside.FishForMessage<CommandAnswer>(
            answer => answer.RequestId == request, cancellationToken: Cancellation);
    }

    /// <summary>Time passes, and the entity takes in what rang.</summary>
    private protected void Pass(TimeSpan time)
    {
        Clock.Advance(time);
        Settle();
    }

    /// <summary>Time passes in which nobody talks to the entity.</summary>
    private protected void Idle(TimeSpan time)
    {
        TakeIn();
        Clock.Advance(time);
        TakeIn();
    }

    /// <summary>One alarm serves many messages, so an entity is idle when two of its waits have passed.</summary>
    private protected void IdleTwice(TimeSpan wait)
    {
        Idle(wait);
        Idle(wait);
    }

    /// <summary>The activation that wants to leave is let go.</summary>
    private protected void LetLeave()
    {
        Shards.ExpectMsg<Leaving>(cancellationToken: Cancellation);
        Shard.Tell(new LetLeave(A), ActorRefs.NoSender);
        Shards.ExpectMsg<Ended>(cancellationToken: Cancellation);
    }

    /// <summary>Its activation ends, and the next message starts another.</summary>
    private protected void Restart()
    {
        Shard.Tell(new LetLeave(A), ActorRefs.NoSender);
        Shards.ExpectMsg<Ended>(cancellationToken: Cancellation);
    }

    /// <summary>Returns when the entity has taken in what it got: Akka answers this for it, behind all that.</summary>
    private protected void TakeIn()
    {
        Sys.ActorSelection(Shard.Path / "*").Tell(new Identify(null), Witness.Ref);
        Witness.ExpectMsg<ActorIdentity>(cancellationToken: Cancellation);
    }

    /// <summary>A core/v1 Event was recorded.</summary>
    private protected sealed record Recorded(Effect.RecordEvent Event) : INoSerializationVerificationNeeded;

    private sealed class ProbeRegion(IActorRef outside) : IEntityRegion
    {
        public void Tell(EntityEnvelope envelope, IActorRef? sender = null) =>
            outside.Tell(envelope, sender ?? ActorRefs.NoSender);
    }

    private sealed class ShardProducer(EntityServices services, IActorRef observer) : IIndirectActorProducer
    {
        public Type ActorType => typeof(TestShard);

        public ActorBase Produce() => new TestShard(
            key => Props.CreateBy(new EntityProducer(key, services, "")), observer);

        public void Release(ActorBase actor)
        {
        }
    }
}
