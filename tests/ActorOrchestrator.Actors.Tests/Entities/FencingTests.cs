using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Projections;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors.Tests.Entities;

/// <summary>Two activations of one entity, on a journal that several members write.</summary>
public sealed class FencingTests() : EntityTestKit(isExclusive: false)
{
    [Fact]
    public void A_row_that_another_activation_was_faster_with_is_refused_and_the_entity_starts_anew()
    {
        Answer(new Create(Map("1")));
        Store.StoreByAnother(A.ToString(), 2, new ObjectReplaced(Map("theirs")));
        Assert.Equal(CommandFailure.Unavailable, Failure(new Replace(Map("mine"))).Failure);
        Shards.ExpectMsg(new Ended(A), cancellationToken: Cancellation);
        Waker.ExpectMsg(new EntityStopped(A), cancellationToken: Cancellation);
        Assert.Equal("theirs", ValueOf(Answer(Delete.Background)));
        Assert.Equal([1L, 2L, 3L], Store.Rows.Select(row => row.SequenceNr));
    }

    [Fact]
    public async Task One_that_was_overtaken_decides_nothing_by_its_old_state_and_hands_the_message_on()
    {
        Answer(new Create(Map("1")));
        Store.StoreByAnother(A.ToString(), 2, new ObjectReplaced(Map("theirs")));
        await Parts.Tail.CatchUpAsync();
        var request = Command(new Replace(Map("2")));
        var handedOn = Outside.ExpectMsg<EntityEnvelope>(cancellationToken: Cancellation);
        Assert.Equal((A, request, Outside.Ref), (handedOn.To, handedOn.RequestId, Outside.LastSender));
        Assert.Single(Behavior.Seen);
        LetLeave();
        Shard.Tell(handedOn, Outside.Ref);
        var answer = Outside.ExpectMsg<CommandAnswer>(cancellationToken: Cancellation);
        Assert.Equal((request, "2"), (answer.RequestId, ValueOf(answer)));
        Assert.Equal(3, Store.Rows.Count);
    }

    [Fact]
    public void One_whose_asker_knows_a_newer_version_hands_the_message_on_though_its_member_has_not_folded_it()
    {
        Answer(new Create(Map("1")));
        var theirs = Store.StoreByAnother(A.ToString(), 2, new ObjectReplaced(Map("theirs")));
        Pass(TimeSpan.FromSeconds(2));
        var request = Command(new Replace(Of(theirs)));
        var handedOn = Outside.FishForMessage<EntityEnvelope>(_ => true, cancellationToken: Cancellation);
        Assert.Equal((A, request), (handedOn.To, handedOn.RequestId));
        LetLeave();
        Shard.Tell(handedOn, Outside.Ref);
        Assert.Equal(request, Outside.ExpectMsg<CommandAnswer>(cancellationToken: Cancellation).RequestId);
        Assert.Equal([1L, 2L, 3L], Store.Rows.Select(row => row.SequenceNr));
    }

    [Fact]
    public void One_that_has_just_read_its_rows_is_believed_whatever_version_is_asked_for()
    {
        Answer(new Create(Map("1")));
        Assert.IsType<Reply.Rejected>(Answer(new Replace(Of(version: 1_000))).Reply);
        Assert.Single(Store.Rows);
    }

    private static ConfigMap Of(long version)
    {
        var map = Map("mine");
        return map with { Metadata = map.Metadata with { ResourceVersion = $"{version}" } };
    }

    [Fact]
    public async Task One_that_was_overtaken_leaves_though_it_is_not_at_rest_and_nobody_talks_to_it()
    {
        Behavior.Rests = _ => false;
        Answer(new Create(Map("1")));
        Store.StoreByAnother(A.ToString(), 2, new ObjectDeleted());
        Idle(PassivateAfter);
        Assert.False(Shards.HasMessages);
        await Parts.Tail.CatchUpAsync();
        Idle(PassivateAfter);
        LetLeave();
        Waker.ExpectMsg(new EntityStopped(A), cancellationToken: Cancellation);
    }

    [Fact]
    public async Task One_whose_object_another_deleted_leaves_also_when_the_rows_have_been_removed_meanwhile()
    {
        Behavior.Rests = _ => false;
        Answer(new Create(Map("1")));
        Store.StoreByAnother(A.ToString(), 2, new ObjectDeleted());
        await Parts.Tail.CatchUpAsync();
        Parts.Tail.Forget([A.ToString()], Parts.Tail.Ordering);
        Idle(PassivateAfter);
        LetLeave();
        Waker.ExpectMsg(new EntityStopped(A), cancellationToken: Cancellation);
    }

    [Fact]
    public void While_the_outcome_of_a_commit_is_unknown_nothing_is_refused_by_what_may_be_an_old_state()
    {
        Answer(new Create(Map("1")));
        Parts.Tail.IsUnsure = true;
        Assert.Equal(CommandFailure.Unavailable, Failure(new Create(Map("2"))).Failure);
        Parts.Tail.IsUnsure = false;
        Assert.IsType<Reply.Rejected>(Answer(new Create(Map("2"))).Reply);
        Assert.Single(Store.Rows);
    }

    [Fact]
    public void It_reads_rows_that_its_member_has_not_folded_yet()
    {
        Store.StoreByAnother(A.ToString(), 1, new ObjectCreated(Map("theirs")));
        Assert.Equal("theirs", ValueOf(Answer(Delete.Background)));
    }
}
