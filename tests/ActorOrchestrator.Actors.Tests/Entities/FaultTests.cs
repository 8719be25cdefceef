using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Projections;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors.Tests.Entities;

/// <summary>A behaviour with a bug, a journal that cannot be read, and a command that nobody answers.</summary>
public sealed class FaultTests : EntityTestKit
{
    private static readonly ReportToOwner Report = new(A, "u-1");

    [Fact]
    public void A_behaviour_that_throws_is_logged_once_and_the_entity_goes_on_as_if_the_message_had_not_come()
    {
        Answer(new Create(Map("1")));
        Behavior.OnMessage = (_, message, _) => message is Replace { Subresource: "status" }
            ? throw new InvalidOperationException("a bug")
            : null;
        var failed = Failure(new Replace(Map("2")) { Subresource = "status" });
        Assert.Equal((CommandFailure.Faulted, null), (failed.Failure, failed.Reason));
        Assert.Equal("1", ValueOf(Answer(Delete.Background)));
        Assert.Equal(
            "Bug: configmaps/default/a threw on Replace; the message was dropped", Assert.Single(Logged.Of(1001)));
        Assert.False(Waker.HasMessages);
    }

    [Fact]
    public void A_fold_that_throws_stores_nothing()
    {
        Behavior.OnApply = @event =>
        {
            if (@event is ObjectReplaced)
            {
                throw new InvalidOperationException("a bug");
            }
        };
        Answer(new Create(Map("1")));
        Assert.Equal(CommandFailure.Faulted, Failure(new Replace(Map("2"))).Failure);
        Assert.Single(Store.Rows);
        Assert.Equal("1", ValueOf(Answer(Delete.Background)));
    }

    [Fact]
    public void A_reconciliation_that_throws_is_not_tried_in_a_circle_and_a_later_message_leads_to_another()
    {
        Behavior.OnMessage = (_, message, _) => message switch
        {
            Reconcile => throw new InvalidOperationException("a bug"),
            ReportToOwner => new Decision().Reconcile(),
            _ => null,
        };
        for (var times = 1; times <= 2; times++)
        {
            Tell(Report);
            Settle();
            Settle();
            Assert.Equal(times, Behavior.Seen.OfType<Reconcile>().Count());
            Assert.Equal(times, Logged.Of(1001).Count());
        }
    }

    [Fact]
    public void A_bug_in_what_follows_recovery_leaves_the_entity_able_to_serve()
    {
        Behavior.OnRecovered = (_, _) => throw new InvalidOperationException("a bug");
        Assert.Equal("1", ValueOf(Answer(new Create(Map("1")))));
        Assert.Contains("threw on recovery", Assert.Single(Logged.Of(1001)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_only_a_newer_release_knows_is_refused_with_words_and_changes_nothing()
    {
        Answer(new Create(Map("1")));
        Tell(new UnknownMessage("move-object.v1", Array.Empty<byte>()));
        Shard.Tell(
            new EntityEnvelope(A, new UnknownMessage("move-object.v1", Array.Empty<byte>()), RequestId: 70),
            Outside.Ref);
        var failed = Outside.ExpectMsg<CommandFailed>(cancellationToken: Cancellation);
        Assert.Equal((70, CommandFailure.Unavailable, false), (failed.RequestId, failed.Failure, failed.FoundNobody));
        Assert.Contains("does not know \"move-object.v1\"", failed.Reason, StringComparison.Ordinal);
        Assert.Contains("upgrade all members", failed.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(Behavior.Seen, message => message is UnknownMessage);
        Assert.Equal("1", ValueOf(Answer(Delete.Background)));
    }

    [Fact]
    public void What_a_member_of_an_older_release_could_not_read_is_not_stored_until_that_is_upgraded()
    {
        Answer(new Create(Map("1")));
        Parts.Writer.Gate = _ => "member 10.0.0.1:7946 cannot read it: upgrade it";
        var failed = Failure(new Replace(Map("2")));
        Assert.Equal(CommandFailure.NotStored, failed.Failure);
        Assert.Contains("10.0.0.1:7946 cannot read it", failed.Reason, StringComparison.Ordinal);
        Assert.Single(Store.Rows);
        Assert.Null(Parts.Writer.Health.Problem);
        Waker.ExpectMsg<EntityStopped>(cancellationToken: Cancellation);

        Parts.Writer.Gate = null;
        Assert.Equal("3", ValueOf(Answer(new Replace(Map("3")))));
        Assert.Equal(2, Store.Rows.Count);
    }

    [Fact]
    public void A_command_that_was_decided_without_an_answer_fails_instead_of_waiting_for_ever()
    {
        Behavior.OnMessage = (_, message, _) =>
            message is Create create ? new Decision().Emit(new ObjectCreated(create.Object)) : new Decision();
        Assert.Equal(CommandFailure.Faulted, Failure(new Create(Map("1"))).Failure);
        Assert.Equal(CommandFailure.Faulted, Failure(new Replace(Map("2"))).Failure);
        Assert.Equal(2, Logged.Of(1004).Count());
        Assert.Single(Store.Rows);
    }

    [Fact]
    public void An_entity_whose_rows_cannot_be_read_stops_and_is_to_be_woken_and_serves_when_they_can()
    {
        Answer(new Create(Map("1")));
        Restart();
        Store.ReadProblem = "the disk is gone";
        Tell(Wake.Instance);
        Shards.ExpectMsg(new Ended(A), cancellationToken: Cancellation);
        Waker.ExpectMsg(new EntityStopped(A), cancellationToken: Cancellation);
        Assert.Single(Logged.Of(1006));
        Assert.Empty(Logged.Seen);
        Store.ReadProblem = null;
        Assert.Equal("1", ValueOf(Answer(Delete.Background)));
    }

    [Fact]
    public async Task An_activation_begins_with_what_its_rows_say_and_only_object_events_make_versions()
    {
        var owner = new EntityKey("configmaps", "default", "a");
        Store.StoreByAnother(owner.ToString(), 1, new ObjectCreated(Map("1")));
        Store.StoreByAnother(owner.ToString(), 2, new Domain.Ownership.PodsUnclaimed([]));
        await Parts.Tail.StartAsync(Cancellation);
        ConfigMap? recovered = null;
        long? version = null;
        Behavior.OnRecovered = (state, context) =>
        {
            (recovered, version) = ((ConfigMap)state.Object!, context.Version);
            return new Decision().Tell(B, Report);
        };
        Tell(Wake.Instance);
        Assert.Equal(B, Outside.ExpectMsg<EntityEnvelope>(cancellationToken: Cancellation).To);
        Assert.Equal(("1", 1), (recovered!.Data["key"], version));
        Assert.Empty(Behavior.Seen);
    }
}
