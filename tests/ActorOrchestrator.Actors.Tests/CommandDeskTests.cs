using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Projections;
using ActorOrchestrator.Actors.Tests.Journal;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Actors.Tests;

/// <summary>Commands of one member on their way to entities that a test speaks for, and what comes back.</summary>
public sealed class CommandDeskTests : IAsyncLifetime
{
    private const int PerEntityMax = 1_000;
    private const int WaitingMax = 10_000;

    private static readonly EntityKey A = new("configmaps", "", "a");

    private static readonly ConfigMap Map = new() { Metadata = new ObjectMeta { Name = "a" } };

    private readonly ScriptedStore _store = new() { IsExclusive = false };
    private readonly ManualTimeProvider _time = new();
    private readonly SilentFabric _fabric = new();
    private readonly ControlPlane _plane;
    private readonly ActorSystem _system = ActorSystem.Create("desk", "akka { loggers = [], stdout-loglevel = OFF }");

    public CommandDeskTests() => _plane = new ControlPlane(new ControlPlaneOptions
    {
        Store = _store,
        Time = _time,
        WriterThread = work => work(),
        Loggers = NullLoggerFactory.Instance,
        Ids = new RandomIds(),
    });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private (EntityEnvelope Envelope, IActorRef? Sender) Last => _fabric.Told[^1];

    public async ValueTask InitializeAsync() => await _plane.StartAsync(_system, _fabric, Cancellation);

    public async ValueTask DisposeAsync() => await _system.Terminate();

    [Fact]
    public async Task The_answer_comes_to_whoever_asked()
    {
        var (one, other) = (Send(), Send());
        Answer(_fabric.Told[1], "2");
        Answer(_fabric.Told[0], "1");
        Assert.Equal(("1", "2"), (Name(await one), Name(await other)));
    }

    [Fact]
    public async Task More_commands_than_one_entity_can_take_are_refused_while_messages_and_other_entities_pass()
    {
        var waiting = Enumerable.Range(0, PerEntityMax).Select(_ => Send()).ToList();
        var refused = Refusal(await Send());
        Assert.Equal((429, "TooManyRequests"), (refused.Code, refused.Reason));
        Assert.Equal(PerEntityMax, _fabric.Told.Count);
        Assert.DoesNotContain(waiting, task => task.IsCompleted);

        _plane.Tell(A, new ReportToOwner(A, "u"));
        Assert.Equal(new ReportToOwner(A, "u"), Last.Envelope.Message);
        var other = Send(A with { Name = "other" });
        Answer(Last, "other");
        Assert.Equal("other", Name(await other));

        // A place that becomes free is free.
        Answer(_fabric.Told[0], "first");
        await waiting[0];
        var next = Send();
        Assert.Equal(A, Last.Envelope.To);
        Answer(Last, "next");
        Assert.Equal("next", Name(await next));
    }

    [Fact]
    public async Task A_member_takes_so_many_commands_for_all_entities_together()
    {
        for (var i = 0; i < WaitingMax; i++)
        {
            _ = Send(A with { Name = $"a{i % 100}" });
        }

        Assert.Equal(429, Refusal(await Send()).Code);
    }

    [Fact]
    public async Task A_wait_that_is_over_says_what_was_waited_for_and_a_late_answer_harms_nobody()
    {
        var asked = Send();
        var (late, desk) = (Last, Last.Sender);
        PassTime(TimeSpan.FromSeconds(30));
        var status = Refusal(await asked);
        Assert.Equal((504, "Timeout"), (status.Code, status.Reason));
        Assert.Contains(
            "no answer from configmaps \"a\" within 30 s; the write may still happen", status.Message,
            StringComparison.Ordinal);
        var next = Send();
        Answer(late, "late");
        desk!.Tell(new CommandFailed(late.Envelope.RequestId, CommandFailure.Faulted, null));
        Assert.False(next.IsCompleted);
        Answer(Last, "next");
        Answer(Last, "twice");
        Assert.Equal("next", Name(await next));
    }

    [Fact]
    public async Task Whoever_gives_up_is_let_go_and_leaves_its_place()
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var given = Enumerable.Range(0, PerEntityMax)
            .Select(_ => _plane.SendAsync(A, new Create(Map), leaving.Token).AsTask()).ToList();
        await leaving.CancelAsync();
        foreach (var one in given)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        }

        var next = Send();
        Answer(Last, "next");
        Assert.Equal("next", Name(await next));
    }

    [Fact]
    public async Task An_answer_that_stands_on_another_members_rows_waits_until_they_are_folded()
    {
        var asked = Send();
        var ordering = _store.StoreByAnother("configmaps//a", 1, new ObjectCreated(Map));
        Last.Sender!.Tell(new CommandAnswer(Last.Envelope.RequestId, new Reply.Accepted(Map), ordering));
        Assert.False(asked.IsCompleted);
        await _plane.Journal.Tail.CatchUpAsync();
        Assert.Equal("a", Name(await asked));
    }

    [Theory]
    [InlineData(CommandFailure.Overloaded, null, 429, "too many requests")]
    [InlineData(CommandFailure.NotStored, "no space left", 503, "the write was not stored: no space left")]
    [InlineData(CommandFailure.NotStored, null, 503, "the journal cannot be written")]
    [InlineData(CommandFailure.Unavailable, null, 503, "the object moves between servers")]
    [InlineData(CommandFailure.Faulted, null, 500, "a defect of the server")]
    public async Task A_failure_is_told_in_the_apis_words(
        CommandFailure failure, string? reason, int code, string words)
    {
        var asked = Send();
        Last.Sender!.Tell(new CommandFailed(Last.Envelope.RequestId, failure, reason));
        var status = Refusal(await asked);
        Assert.Equal(code, status.Code);
        Assert.Contains(words, status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_found_nobody_is_told_again_until_it_finds_somebody()
    {
        var asked = Send();
        foreach (var told in Enumerable.Range(1, 3))
        {
            _system.DeadLetters.Tell(Last.Envelope, Last.Sender!);
            Assert.Equal(told, _fabric.Told.Count);
            PassTime(TimeSpan.FromSeconds(1));
            Assert.Equal(told + 1, _fabric.Told.Count);
            Assert.Equal(_fabric.Told[0].Envelope.RequestId, Last.Envelope.RequestId);
        }

        Answer(Last, "at last");
        Assert.Equal("at last", Name(await asked));
        _system.DeadLetters.Tell(Last.Envelope, Last.Sender!);
        PassTime(TimeSpan.FromSeconds(1));
        Assert.Equal(4, _fabric.Told.Count);
    }

    [Fact]
    public async Task A_command_that_finds_nobody_for_seconds_is_refused()
    {
        var asked = Send();
        foreach (var _ in Enumerable.Range(0, 100))
        {
            _system.DeadLetters.Tell(Last.Envelope, Last.Sender!);
            PassTime(TimeSpan.FromSeconds(2));
        }

        Assert.Equal(503, Refusal(await asked).Code);
        Assert.InRange(_fabric.Told.Count, 2, 99);
    }

    [Theory]
    [InlineData("dead letter")]
    [InlineData("dropped")]
    [InlineData("dropped by a region")]
    [InlineData("unhandled by a shard")]
    public void A_command_of_another_member_that_found_nobody_here_is_answered_from_here(string how)
    {
        using var other = Inbox.Create(_system);
        var (lost, asker) = (new EntityEnvelope(A, new Create(Map), RequestId: 7), other.Receiver);
        switch (how)
        {
            case "dead letter":
                _system.DeadLetters.Tell(lost, asker);
                break;
            case "dropped":
                _system.EventStream.Publish(new Dropped(lost, "too many", asker, asker));
                break;
            case "dropped by a region":
                // So a ShardRegion does with what it has gathered for a shard that is handed over.
                _system.DeadLetters.Tell(new Dropped(lost, "re-ordering", asker, ActorRefs.NoSender));
                break;
            default:
                _system.EventStream.Publish(new UnhandledMessage(lost, asker, ActorRefs.Nobody));
                break;
        }

        Assert.Equal(
            new CommandFailed(7, CommandFailure.Unavailable, null, FoundNobody: true),
            other.Receive(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task A_command_that_a_lost_member_had_is_answered_soon_that_nobody_knows()
    {
        var asked = Send();
        _system.EventStream.Publish(MemberLost.Instance);
        PassTime(TimeSpan.FromSeconds(10));
        var status = Refusal(await asked);
        Assert.Equal(HttpCode.GatewayTimeout, status.Code);
        Assert.Contains("may still have happened", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_that_came_after_the_loss_waits_on()
    {
        _system.EventStream.Publish(MemberLost.Instance);
        var asked = Send();
        PassTime(TimeSpan.FromSeconds(10));
        Assert.False(asked.IsCompleted);
    }

    private Task<Reply> Send(EntityKey? to = null) =>
        _plane.SendAsync(to ?? A, new Create(Map), Cancellation).AsTask();

    private static void Answer((EntityEnvelope Envelope, IActorRef? Sender) asked, string name) => asked.Sender!.Tell(
        new CommandAnswer(
            asked.Envelope.RequestId,
            new Reply.Accepted(Map with { Metadata = new ObjectMeta { Name = name } }), Ordering: 0));

    private static string Name(Reply reply) => Assert.IsType<Reply.Accepted>(reply).Object.Metadata.Name!;

    private static Api.Status Refusal(Reply reply) => Assert.IsType<Reply.Rejected>(reply).Status;

    private void PassTime(TimeSpan time)
    {
        var until = _time.GetUtcNow() + time;
        while (_time.FireNext(until))
        {
        }
    }


    /// <summary>Regions that only take note of what is sent, and singletons that are nowhere.</summary>
    private sealed class SilentFabric : IClusterFabric, IEntityRegion
    {
        public List<(EntityEnvelope Envelope, IActorRef? Sender)> Told { get; } = [];

        public string? Problem => null;

        public string Self => "here";

        public bool IsAlone => true;

        public void WatchMembers(IActorRef watcher)
        {
        }

        public IEntityRegion StartRegions(Behaviors behaviors, Func<EntityKey, Props> entity) => this;

        public void ShareRows(JournalTail tail, JournalWriter writer)
        {
        }

        public IActorRef StartSingleton(string name, Props props) => ActorRefs.Nobody;

        public void Tell(EntityEnvelope envelope, IActorRef? sender = null) => Told.Add((envelope, sender));
    }
}
