using ActorOrchestrator.Actors.Journal;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Persistence.Sql;
using Akka.TestKit;

namespace ActorOrchestrator.Actors.Tests.Journal;

/// <summary>Members tell each other of rows. On one member, on virtual time; and between two real ones.</summary>
public sealed class RowsGossipTests : Akka.TestKit.Xunit.TestKit
{
    private const int TellsMax = 200;

    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(100);

    private readonly ScriptedStore _store = new() { IsExclusive = false };
    private readonly RecordingListener _listener = new();
    private readonly JournalTail _tail;
    private readonly JournalWriter _writer;

    public RowsGossipTests() : base(
        ConfigurationFactory.ParseString(
            """akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """)
            .WithFallback(ConfigurationFactory.ParseString(TestSettings.Akka("unused.db"))))
    {
        _tail = new JournalTail(_store, _listener);
        _writer = new JournalWriter(_store, _tail, work => work(), TimeProvider.System, new RecordingLogger());
    }

    private TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Rows_that_another_member_tells_of_are_read_at_once_unless_they_are_known()
    {
        var gossip = Start(Sys, _tail, _writer);
        var reads = 0;
        _store.OnRead = _ => reads++;
        var ordering = Stored("a");
        Heard(gossip, new RowsCommitted(ordering));
        Assert.Equal(ordering, _tail.Ordering);
        Stored("b");
        Heard(gossip, new RowsCommitted(ordering));
        Assert.Equal((1, ordering), (reads, _tail.Ordering));
    }

    [Fact]
    public void Rows_that_nobody_told_of_are_found_within_a_second()
    {
        var gossip = Start(Sys, _tail, _writer);
        var ordering = Stored("a");
        Pass(gossip, TimeSpan.FromSeconds(1));
        Assert.Equal(ordering, _tail.Ordering);
    }

    [Fact]
    public void What_retention_removed_elsewhere_is_forgotten_within_a_minute_and_a_look_that_fails_is_repeated()
    {
        var gossip = Start(Sys, _tail, _writer);
        Heard(gossip, new RowsCommitted(Stored("a")));
        _listener.Gone.Add(Entries.Id("a"));
        _store.TrimByAnother(floor: 1, 1);
        _store.ReadProblem = "away";
        Pass(gossip, TimeSpan.FromMinutes(1));
        Assert.Equal(1, _tail.Find(Entries.Id("a")).Ordering);
        _store.ReadProblem = null;
        Pass(gossip, TimeSpan.FromMinutes(1));
        Assert.Equal(0, _tail.Find(Entries.Id("a")).Ordering);
    }

    [Fact]
    public async Task Members_are_told_of_a_commit_while_they_are_in_the_cluster()
    {
        using var mine = Member();
        using var other = Member();
        var heard = new TaskCompletionSource<RowsCommitted>(TaskCreationOptions.RunContinuationsAsynchronously);
        other.ActorOf(Props.Create(() => new Listener(heard)), RowsGossip.Name);
        await JoinAsync(mine, Cluster.Get(mine).SelfAddress);
        Start(mine, _tail, _writer);
        await JoinAsync(other, Cluster.Get(mine).SelfAddress);

        // The teller hears that the other is up some time after it is, so the first commits may go untold.
        var rows = heard.Task;
        for (var number = 1; number <= TellsMax && !rows.IsCompleted; number++)
        {
            await _writer.WriteAsync(Entries.Write("a", number));
            await Task.WhenAny(rows, Task.Delay(TellEvery, Cancellation));
        }

        Assert.True(rows.IsCompleted, "the other member heard of no commit");
        Assert.InRange((await rows).Ordering, 1, _tail.Ordering);
        await Task.WhenAll(mine.Terminate(), other.Terminate());
    }

    private static ActorSystem Member() => ActorSystem.Create("orchestrator", ActorSystemSetup.Create(
        BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString(TestSettings.Akka("unused.db"))
            .WithFallback(SqlPersistence.DefaultConfiguration))));

    private static async Task JoinAsync(ActorSystem system, Address seed)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        timeout.CancelAfter(WaitMax);
        await Cluster.Get(system).JoinAsync(seed, timeout.Token);
    }

    private static IActorRef Start(ActorSystem system, JournalTail tail, JournalWriter writer) =>
        system.ActorOf(Props.Create(() => new RowsGossip(tail, writer)), RowsGossip.Name);

    private long Stored(string name) => _store.StoreByAnother(Entries.Id(name), 1, Entries.Created(name));

    private void Heard(IActorRef gossip, RowsCommitted rows)
    {
        gossip.Tell(rows, ActorRefs.NoSender);
        TakeIn(gossip);
    }

    private void Pass(IActorRef actor, TimeSpan time)
    {
        TakeIn(actor);
        Clock.Advance(time);
        TakeIn(actor);
    }

    private void TakeIn(IActorRef actor)
    {
        actor.Tell(new Identify(null), TestActor);
        ExpectMsg<ActorIdentity>(cancellationToken: Cancellation);
    }

    /// <summary>Stands where another member's gossip would.</summary>
    private sealed class Listener(TaskCompletionSource<RowsCommitted> heard) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is RowsCommitted rows)
            {
                heard.TrySetResult(rows);
            }
        }
    }
}
