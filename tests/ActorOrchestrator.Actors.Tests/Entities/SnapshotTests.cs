using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Projections;
using ActorOrchestrator.Actors.Serialization;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors.Tests.Entities;

/// <summary>An entity stores its state after some rows, and begins with it the next time.</summary>
public sealed class SnapshotTests : EntityTestKit
{
    [Fact]
    public void After_some_rows_the_state_is_stored_and_recovery_reads_only_the_rows_behind_it()
    {
        Write(SnapshotEvery + 1);
        AwaitStored(SnapshotEvery);
        Restart();
        var snapshot = EntryFormat.DecodeSnapshot(Store.Snapshots[0].Manifest, Store.Snapshots[0].Payload);
        Assert.Equal((SnapshotEvery, SnapshotEvery), ((int)snapshot.Version, (int)snapshot.Ordering));

        ConfigMap? recovered = null;
        Behavior.OnRecovered = (state, _) =>
        {
            recovered = (ConfigMap)state.Object!;
            return new Decision();
        };
        var answer = Answer(new Replace(Map("last")));
        Assert.Equal($"{SnapshotEvery + 1}", recovered!.Data["key"]);
        Assert.Equal($"{SnapshotEvery + 2}", VersionOf(answer));
        Assert.Equal(SnapshotEvery + 1, Store.Recoveries[^1].From);
    }

    [Fact]
    public void A_state_recovered_from_a_snapshot_alone_keeps_its_version()
    {
        Write(SnapshotEvery);
        AwaitStored(SnapshotEvery);
        Restart();
        long? version = null;
        Behavior.OnRecovered = (_, context) =>
        {
            version = context.Version;
            return new Decision();
        };
        Settle();
        Assert.Equal(SnapshotEvery, version);
    }

    [Fact]
    public void The_next_snapshot_comes_after_as_many_rows_again_also_of_another_activation()
    {
        Write(SnapshotEvery + 1);
        AwaitStored(SnapshotEvery);
        Restart();
        Write(SnapshotEvery, from: SnapshotEvery + 2);
        AwaitStored(SnapshotEvery, 2 * SnapshotEvery);
    }

    [Fact]
    public void An_entity_that_is_gone_stores_none()
    {
        Write(SnapshotEvery - 1);
        Answer(Delete.Background);
        Restart();
        Assert.Empty(Store.Snapshots);
    }

    [Fact]
    public void A_snapshot_that_is_not_stored_is_logged_and_the_next_row_tries_again()
    {
        Store.SnapshotProblem = "no space left";
        Write(SnapshotEvery);
        AwaitCondition(() => Logged.Of(1005).Any(), cancellationToken: Cancellation);
        Assert.Contains("no space left", Logged.Of(1005).First(), StringComparison.Ordinal);
        Store.SnapshotProblem = null;
        Settle();
        Write(1, from: SnapshotEvery + 1);
        AwaitStored(SnapshotEvery + 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_that_went_is_not_read_back_from_its_snapshot_when_the_journal_is_trimmed_meanwhile(bool isForgotten)
    {
        Write(SnapshotEvery);
        AwaitStored(SnapshotEvery);
        Answer(Delete.Background);
        Restart();
        Store.OnSnapshotRead = () =>
        {
            Store.OnSnapshotRead = null;
            Store.TrimAsync(SnapshotEvery + 1, [A.ToString()]);
            if (isForgotten)
            {
                Parts.Tail.Forget([A.ToString()], SnapshotEvery + 1);
            }
        };
        Command(Delete.Background);
        Shards.ExpectMsg(new Ended(A), cancellationToken: Cancellation);
        Waker.ExpectMsg(new EntityStopped(A), cancellationToken: Cancellation);
        Assert.Empty(Store.Rows);
        Assert.IsType<Reply.Rejected>(Answer(Delete.Background).Reply);
        Assert.Equal("new", ValueOf(Answer(new Create(Map("new")))));
        Restart();
        Assert.Equal("new", ValueOf(Answer(Delete.Background)));
    }

    [Fact]
    public void One_whose_rows_are_trimmed_behind_its_snapshot_starts_anew_from_the_newer_one()
    {
        Write(SnapshotEvery + 2);
        AwaitStored(SnapshotEvery);
        Restart();
        Store.OnSnapshotRead = () =>
        {
            Store.OnSnapshotRead = null;
            var snapshot = EntryFormat.Encode(new EntitySnapshot(
                "configmaps", [new ObjectCreated(Map("5"))], SnapshotEvery + 1, SnapshotEvery + 1));
            Store.Save(new SnapshotRow(
                A.ToString(), SnapshotEvery + 1, DateTime.UnixEpoch, snapshot.Manifest, snapshot.Payload));
            Store.TrimByAnother(SnapshotEvery + 1, [.. Enumerable.Range(1, SnapshotEvery + 1).Select(i => (long)i)]);
        };
        Tell(Wake.Instance);
        Shards.ExpectMsg(new Ended(A), cancellationToken: Cancellation);
        Assert.Equal($"{SnapshotEvery + 2}", ValueOf(Answer(Delete.Background)));
    }

    /// <summary>A snapshot is stored beside what the entity answers, so it comes a moment later.</summary>
    private void AwaitStored(params int[] sequenceNrs) => AwaitAssert(
        () => Assert.Equal(sequenceNrs, Store.Snapshots.Select(snapshot => (int)snapshot.SequenceNr)),
        cancellationToken: Cancellation);

    private void Write(int rows, int from = 1)
    {
        for (var i = from; i < from + rows; i++)
        {
            Answer(i == 1 ? new Create(Map("1")) : new Replace(Map($"{i}")));
        }
    }
}
