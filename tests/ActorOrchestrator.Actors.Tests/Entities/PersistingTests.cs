using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Projections;
using ActorOrchestrator.Actors.Serialization;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors.Tests.Entities;

/// <summary>A decision, its row, and what leaves the entity.</summary>
public sealed class PersistingTests : EntityTestKit
{
    private static readonly ReportToOwner Report = new(A, "u-1");

    [Fact]
    public void Nothing_leaves_before_its_row_is_durable_and_then_all_of_it_in_order()
    {
        var leftBefore = -1;
        Store.BeforeStored = () => leftBefore = Outside.HasMessages ? 1 : 0;
        Behavior.OnMessage = (_, message, _) => message is Create create
            ? new Decision().Tell(B, Report).Emit(new ObjectCreated(create.Object))
                .RecordEvent(create.Object, "Normal", "Made", "it is made", "test")
                .Reply(new Reply.Accepted(create.Object)).Tell(B, Wake.Instance)
                .Add(new Effect.FindAdoptable(new LabelSelector()))
            : null;
        var request = Command(new Create(Map("1")));
        Assert.Equal(Report, Outside.ExpectMsg<EntityEnvelope>(cancellationToken: Cancellation).Message);
        Outside.ExpectMsg<Recorded>(cancellationToken: Cancellation);
        var answer = Outside.ExpectMsg<CommandAnswer>(cancellationToken: Cancellation);
        Assert.Equal(Wake.Instance, Outside.ExpectMsg<EntityEnvelope>(cancellationToken: Cancellation).Message);
        Assert.Equal(A, Outside.ExpectMsg<FindAdoptable>(cancellationToken: Cancellation).Asker);
        Assert.Equal((request, Store.Rows[0].Ordering), (answer.RequestId, answer.Ordering));
        Assert.Equal(0, leftBefore);
    }

    [Fact]
    public void The_answer_carries_the_rows_ordering_as_the_objects_version_and_the_view_has_it_by_then()
    {
        Answer(new Create(Map("1", "b")), B);
        var answer = Answer(new Create(Map("1")));
        Assert.Equal("2", VersionOf(answer));
        Assert.Equal(2, Parts.Tail.Ordering);
        var seen = Parts.View.Get(KindRegistry.Of<ConfigMap>(), "default", "a");
        Assert.Equal("2", seen!.Metadata.ResourceVersion);
    }

    [Fact]
    public void All_events_of_a_decision_are_one_row_and_the_volatile_ones_are_in_none()
    {
        var applied = new List<string>();
        Behavior.OnApply = @event => applied.Add(@event.GetType().Name);
        Behavior.OnMessage = (_, message, _) => message switch
        {
            Create create => new Decision().Emit(new ObjectCreated(create.Object)).Emit(new Heard())
                .Emit(new ObjectReplaced(Map("2"))).Reply(new Reply.Accepted(create.Object)),
            ReportToOwner => new Decision().Emit(new Heard()),
            _ => null,
        };
        Answer(new Create(Map("1")));
        Tell(Report);
        Settle();
        var row = Assert.Single(Store.Rows);
        var entry = EntryFormat.Decode(row.Manifest, row.Payload);
        Assert.Equal(["ObjectCreated", "ObjectReplaced"], entry.Events.Select(@event => @event.GetType().Name));
        Assert.Equal(["ObjectCreated", "Heard", "ObjectReplaced", "Heard"], applied);
    }

    [Fact]
    public async Task What_comes_while_a_row_is_persisted_waits_and_is_decided_on_the_new_state()
    {
        Store.Hold();
        var states = new List<string?>();
        Behavior.OnMessage = (state, _, _) =>
        {
            states.Add((state.Object as ConfigMap)?.Data["key"]);
            return null;
        };
        Command(new Create(Map("1")));
        await Store.Begun.ReadAsync(Cancellation);
        Command(new Replace(Map("2")));
        Command(new Replace(Map("3")));
        Store.Release();
        var answers = Enumerable.Range(0, 3).Select(
            _ => Outside.ExpectMsg<CommandAnswer>(cancellationToken: Cancellation)).ToList();
        Assert.Equal(["1 1", "2 2", "3 3"], answers.Select(answer => $"{VersionOf(answer)} {ValueOf(answer)}"));
        Assert.Equal([null, "1", "2"], states);
    }

    [Fact]
    public async Task Many_messages_lead_to_one_reconciliation_behind_all_of_them()
    {
        Store.Hold();
        Behavior.OnMessage = (_, message, _) => message switch
        {
            Create create => new Decision().Emit(new ObjectCreated(create.Object)).Reconcile()
                .Reply(new Reply.Accepted(create.Object)),
            ReportToOwner => new Decision().Reconcile(),
            _ => null,
        };
        Command(new Create(Map("1")));
        await Store.Begun.ReadAsync(Cancellation);
        for (var i = 0; i < 20; i++)
        {
            Tell(Report);
        }

        // All of them wait for the row, and are decided before the entity's own turn comes.
        TakeIn();
        Store.Release();
        Settle();
        Settle();
        Assert.Equal(22, Behavior.Seen.Count);
        Assert.IsType<Reconcile>(Behavior.Seen[^1]);
        Assert.Single(Behavior.Seen.OfType<Reconcile>());
        Tell(Report);
        Settle();
        Settle();
        Assert.Equal(2, Behavior.Seen.OfType<Reconcile>().Count());
    }

    [Fact]
    public void A_row_that_is_not_stored_is_told_to_the_asker_and_the_entity_stops_and_is_to_be_woken()
    {
        Answer(new Create(Map("1")));
        Store.FailNext("no space left");
        var failed = Failure(new Replace(Map("2")));
        Assert.Equal((CommandFailure.NotStored, "no space left"), (failed.Failure, failed.Reason));
        Shards.ExpectMsg(new Ended(A), cancellationToken: Cancellation);
        Waker.ExpectMsg(new EntityStopped(A), cancellationToken: Cancellation);
        Assert.Contains("no space left", Assert.Single(Logged.Of(1007)), StringComparison.Ordinal);

        // It starts anew from the journal, where the refused change never was.
        Tell(Wake.Instance);
        Assert.Equal("3", ValueOf(Answer(new Replace(Map("3")))));
        Assert.Equal(2, Store.Rows.Count);
    }

    [Fact]
    public async Task A_commit_that_fails_harms_only_the_entities_in_it()
    {
        Store.Hold();
        Command(new Create(Map("1", "first")), new EntityKey("configmaps", "default", "first"));
        await Store.Begun.ReadAsync(Cancellation);
        Command(new Create(Map("1")));
        Command(new Create(Map("1", "b")), B);
        Store.FailNext("the disk is gone");
        Store.Release();
        var heard = Outside.ReceiveN(3, Cancellation);
        Assert.Equal("the disk is gone", Assert.Single(heard.OfType<CommandFailed>()).Reason);
        Assert.Equal([2L, 3L], heard.OfType<CommandAnswer>().Select(answer => answer.RequestId).Order());
        Assert.Equal(2, Store.Rows.Count);
    }

    /// <summary>What a child reported: asked for again, never stored.</summary>
    private sealed record Heard : DomainEvent
    {
        public override EventScope Scope => EventScope.Volatile;
    }
}
