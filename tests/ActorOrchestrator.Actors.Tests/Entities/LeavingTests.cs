using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Projections;
using ActorOrchestrator.Domain;
using Akka.Actor;

namespace ActorOrchestrator.Actors.Tests.Entities;

/// <summary>When an entity leaves memory, and what becomes of messages meanwhile.</summary>
public sealed class LeavingTests : EntityTestKit
{
    private static readonly ReportToOwner Report = new(A, "u-1");
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void An_entity_at_rest_leaves_when_nobody_talked_to_it_for_a_while()
    {
        Answer(new Create(Map("1")));
        IdleTwice(PassivateAfter);
        LetLeave();
        Assert.Equal("1", ValueOf(Answer(Delete.Background)));
        Assert.False(Waker.HasMessages);
    }

    [Fact]
    public void Each_message_puts_its_leaving_off()
    {
        Answer(new Create(Map("1")));
        for (var minute = 0; minute < 5; minute++)
        {
            Pass(Minute);
        }

        Assert.False(Shards.HasMessages);
        IdleTwice(PassivateAfter);
        LetLeave();
    }

    [Fact]
    public void An_entity_that_is_gone_lingers_for_a_second_only()
    {
        Answer(new Create(Map("1")));
        Answer(Delete.Background);
        Idle(TimeSpan.FromSeconds(1));
        Idle(TimeSpan.FromMilliseconds(900));
        Assert.False(Shards.HasMessages);
        Idle(TimeSpan.FromMilliseconds(100));
        LetLeave();
        Tell(Report);
        Settle();
        IdleTwice(TimeSpan.FromSeconds(1));
        LetLeave();
    }

    [Fact]
    public void It_stays_while_a_timer_is_armed_and_leaves_some_time_after_it_rang()
    {
        var due = Clock.Now.AddMinutes(10);
        Behavior.OnMessage = (_, message, _) => message switch
        {
            Create create => new Decision().Emit(new ObjectCreated(create.Object))
                .Reply(new Reply.Accepted(create.Object)).SetTimer("later", due, Report),
            _ => null,
        };
        Answer(new Create(Map("1")));
        Pass(PassivateAfter * 2);
        Pass(PassivateAfter * 2);
        Assert.False(Shards.HasMessages);
        Pass(PassivateAfter);
        Assert.Contains(Report, Behavior.Seen);
        IdleTwice(PassivateAfter);
        LetLeave();
    }

    [Fact]
    public void It_stays_while_it_is_not_at_rest_and_whoever_stops_it_then_has_it_woken()
    {
        Behavior.Rests = _ => false;
        Answer(new Create(Map("1")));
        Pass(PassivateAfter * 2);
        Pass(PassivateAfter * 2);
        Assert.False(Shards.HasMessages);
        Restart();
        Waker.ExpectMsg(new EntityStopped(A), cancellationToken: Cancellation);
    }

    [Fact]
    public void What_comes_between_its_wish_and_its_stop_is_decided_and_what_comes_later_goes_to_the_next_activation()
    {
        Answer(new Create(Map("1")));
        IdleTwice(PassivateAfter);
        Shards.ExpectMsg<Leaving>(cancellationToken: Cancellation);
        Assert.Equal("2", ValueOf(Answer(new Replace(Map("2")))));
        var recoveries = Store.Recoveries.Count;
        Shard.Tell(new LetLeave(A), ActorRefs.NoSender);
        var late = Command(new Replace(Map("3")));
        var answer = Outside.ExpectMsg<CommandAnswer>(cancellationToken: Cancellation);
        Assert.Equal((late, "3", "3"), (answer.RequestId, ValueOf(answer), VersionOf(answer)));
        Assert.Equal(recoveries + 1, Store.Recoveries.Count);
    }

    [Fact]
    public async Task A_row_that_is_being_persisted_is_answered_before_the_entity_stops()
    {
        Answer(new Create(Map("1")));
        Store.Hold();
        await Store.Begun.ReadAsync(Cancellation);
        var request = Command(new Replace(Map("2")));
        await Store.Begun.ReadAsync(Cancellation);
        Shard.Tell(new LetLeave(A), ActorRefs.NoSender);
        var late = Command(new Replace(Map("3")));
        Store.Release();
        Assert.Equal(
            [request, late],
            Enumerable.Range(0, 2).Select(
                _ => Outside.ExpectMsg<CommandAnswer>(cancellationToken: Cancellation).RequestId));
        Shards.ExpectMsg<Ended>(cancellationToken: Cancellation);
    }
}
