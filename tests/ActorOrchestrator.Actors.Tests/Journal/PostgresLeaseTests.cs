using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Journal.Postgres;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Coordination;
using Npgsql;

namespace ActorOrchestrator.Actors.Tests.Journal;

/// <summary>The lease that decides between two members, on a real PostgreSQL.</summary>
public sealed class PostgresLeaseTests(PostgresServer server) : IClassFixture<PostgresServer>, IAsyncLifetime
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);

    private readonly List<ActorSystem> _systems = [];
    private string _connection = "";

    public async ValueTask InitializeAsync()
    {
        _connection = await server.NewDatabaseAsync();
        await ExecuteAsync(PostgresLease.Table);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var system in _systems)
        {
            await system.Terminate();
        }
    }

    [Fact]
    public async Task A_lease_that_is_renewed_has_one_owner()
    {
        var (first, second) = (Lease("a"), Lease("b"));
        Assert.True(await first.Acquire());
        Assert.False(await second.Acquire());
        Assert.True(first.CheckLease());
        Assert.False(second.CheckLease());
    }

    [Fact]
    public async Task Its_owner_may_take_it_again()
    {
        var lease = Lease("a");
        Assert.True(await lease.Acquire());
        Assert.True(await lease.Acquire());
    }

    [Fact]
    public async Task Of_many_that_try_at_once_one_gets_it()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(number => Lease($"m{number}").Acquire()));
        Assert.Single(answers, answer => answer);
    }

    [Fact]
    public async Task A_lease_that_was_released_goes_to_the_next()
    {
        var (first, second) = (Lease("a"), Lease("b"));
        Assert.True(await first.Acquire());
        Assert.True(await first.Release());
        Assert.False(first.CheckLease());
        Assert.True(await second.Acquire());
    }

    [Fact]
    public async Task Releasing_what_another_owns_changes_nothing()
    {
        var (first, second) = (Lease("a"), Lease("b"));
        Assert.True(await first.Acquire());
        await second.Release();
        Assert.False(await second.Acquire());
    }

    [Fact]
    public async Task The_lease_of_an_owner_that_died_goes_to_whoever_waits()
    {
        var dead = Lease("a", lifetime: "2s");
        Assert.True(await dead.Acquire());
        await _systems[^1].Terminate();
        Assert.True(await Lease("b", lifetime: "2s").Acquire()
            .WaitAsync(WaitMax, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_owner_whose_lease_was_taken_hears_of_it()
    {
        var lease = Lease("a");
        var lost = new TaskCompletionSource<Exception?>();
        Assert.True(await lease.Acquire(lost.SetResult));
        await ExecuteAsync("UPDATE cluster_lease SET owner = 'b', expires = now() + interval '1 hour'");
        Assert.Null(await lost.Task.WaitAsync(WaitMax, TestContext.Current.CancellationToken));
        Assert.False(lease.CheckLease());
    }

    [Fact]
    public async Task Where_the_database_cannot_be_reached_nobody_gets_it()
    {
        _connection = "Host=/nowhere;Username=postgres;Database=none";
        await Assert.ThrowsAsync<LeaseException>(() => Lease("a").Acquire());
    }

    /// <param name="owner">Who asks for it.</param>
    /// <param name="lifetime">Longer than a busy machine stops an owner that renews it.</param>
    private Lease Lease(string owner, string lifetime = "60s")
    {
        var config = ConfigurationFactory.ParseString(
            $$"""
            akka { loggers = [], stdout-loglevel = OFF }
            akka.coordination.lease.postgres {
              lease-class = "ActorOrchestrator.Actors.Journal.Postgres.PostgresLease, ActorOrchestrator.Actors"
              heartbeat-interval = 200ms
              heartbeat-timeout = {{lifetime}}
              lease-operation-timeout = 20s
            }
            """);
        var system = ActorSystem.Create("lease", ActorSystemSetup.Create(
            [BootstrapSetup.Create().WithConfig(config), .. JournalConnection.ToPostgres(_connection)]));
        _systems.Add(system);
        return LeaseProvider.Get(system).GetLease("the-lease", "akka.coordination.lease.postgres", owner);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_connection);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
