using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Actors.Journal.Postgres;

namespace ActorOrchestrator.Actors.Tests.Journal;

/// <summary>The members' table, on a real PostgreSQL: who may begin a cluster, and who is of one that counts.</summary>
public sealed class PostgresMembersTests(PostgresServer server) : IClassFixture<PostgresServer>, IAsyncLifetime
{
    private readonly List<PostgresMembers> _tables = [];
    private string _connection = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _connection = await server.NewDatabaseAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Table().PrepareAsync(Cancellation)));
    }

    public ValueTask DisposeAsync()
    {
        _tables.ForEach(table => table.Dispose());
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_cluster_has_one_name_for_ever()
    {
        var before = await Table().ReadAsync(Cancellation);
        await Table().PrepareAsync(Cancellation);
        Assert.NotEqual(Guid.Empty, before.ClusterId);
        Assert.Equal(before.ClusterId, (await Table().ReadAsync(Cancellation)).ClusterId);
        Assert.Equal((0, 0), (before.Incarnation, before.Members.Count));
    }

    [Fact]
    public async Task Of_many_that_begin_a_cluster_at_once_one_does()
    {
        var begun = await Task.WhenAll(Enumerable.Range(1, 8).Select(number =>
            Table().BeginAsync(Member(number), 0, null, Cancellation)));
        Assert.Equal(1, Assert.Single(begun, each => each is not null));
        var list = await Table().ReadAsync(Cancellation);
        Assert.Equal((1, 1), (list.Incarnation, list.Members.Count));
    }

    [Fact]
    public async Task Nobody_begins_one_while_another_member_is_heard_of_or_one_that_was_not_known_lives()
    {
        var table = Table();
        await table.BeginAsync(Member(1), 0, null, Cancellation);
        Assert.Null(await table.BeginAsync(Member(2), 1, null, Cancellation));
        var heard = await HeardAsync();
        await table.BeatAsync(Member(1), 1, isFirst: false, Cancellation);
        Assert.Null(await table.BeginAsync(Member(2), 1, heard, Cancellation));
        Assert.Null(await table.BeginAsync(Member(2), 0, await HeardAsync(), Cancellation));
        Assert.Equal(2, await table.BeginAsync(Member(2), 1, await HeardAsync(), Cancellation));
    }

    [Fact]
    public async Task Whoever_is_of_an_incarnation_that_is_over_is_told_so()
    {
        var table = Table();
        await table.BeginAsync(Member(1), 0, null, Cancellation);
        await table.BeatAsync(Member(2), 1, isFirst: true, Cancellation);
        await table.BeginAsync(Member(3), 1, await HeardAsync(), Cancellation);
        Assert.False(await table.BeatAsync(Member(1), 1, isFirst: false, Cancellation));
        Assert.True(await table.BeatAsync(Member(2), 2, isFirst: true, Cancellation));
        Assert.True(await table.BeatAsync(Member(4), null, isFirst: true, Cancellation));
    }

    [Fact]
    public async Task Nobody_waits_for_one_that_has_left_and_one_that_comes_back_is_new()
    {
        var table = Table();
        await table.BeginAsync(Member(1), 0, null, Cancellation);
        var since = Assert.Single((await table.ReadAsync(Cancellation)).Members).Since;
        await table.BeatAsync(Member(1), 1, isFirst: false, Cancellation);
        Assert.Equal(since, Assert.Single((await table.ReadAsync(Cancellation)).Members).Since);
        await table.LeaveAsync("10.0.0.1:7946", Cancellation);
        Assert.True(Assert.Single((await table.ReadAsync(Cancellation)).Members).HasLeft);
        Assert.Equal(2, await table.BeginAsync(Member(2), 1, null, Cancellation));
        await table.BeatAsync(Member(1), 2, isFirst: true, Cancellation);
        var back = (await table.ReadAsync(Cancellation)).Members[0];
        Assert.True(!back.HasLeft && back.Since > since);
        Assert.True(await table.RemoveAsync("10.0.0.1:7946", Cancellation));
        Assert.False(await table.RemoveAsync("10.0.0.1:7946", Cancellation));
        Assert.Equal(["10.0.0.2:7946"], (await table.ReadAsync(Cancellation)).Members.Select(each => each.Address));
    }

    private static MemberRow Member(int number) =>
        new($"10.0.0.{number}:7946", $"node-{number}", "control,node", "0.1.0");

    private async Task<DateTimeOffset> HeardAsync() =>
        (await Table().ReadAsync(Cancellation)).Members.Max(each => each.Seen);

    private PostgresMembers Table()
    {
        var table = new PostgresMembers(_connection);
        _tables.Add(table);
        return table;
    }
}
