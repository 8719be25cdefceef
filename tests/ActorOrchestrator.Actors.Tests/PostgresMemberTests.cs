using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Journal.Postgres;
using ActorOrchestrator.Actors.Tests.Journal;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Actors.Tests;

/// <summary>A member on a real PostgreSQL.</summary>
public sealed class PostgresMemberTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static readonly Namespace Default = new() { Metadata = new ObjectMeta { Name = "default" } };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_writes_and_recovers_though_no_setting_of_akkas_says_where_the_database_is()
    {
        var connection = await server.NewDatabaseAsync();
        using var writer = new WriterThread();
        await using (var first = await StartAsync(connection, writer))
        {
            Assert.Null(first.Plane.Problem);
        }

        await using var second = await StartAsync(connection, writer);
        var reply = await second.Plane.SendAsync(EntityKey.Of(Default), new Create(Default), Cancellation);
        Assert.Equal("AlreadyExists", Assert.IsType<Reply.Rejected>(reply).Status.Reason);
    }

    [Fact]
    public async Task One_that_finds_no_cluster_to_join_reads_and_says_so_and_takes_no_writes()
    {
        var connection = await server.NewDatabaseAsync();
        using var writer = new WriterThread();
        await using (await StartAsync(connection, writer))
        {
        }

        await using var alone = await StartAsync(
            connection, writer, "akka.cluster.seed-nodes = [\"akka.tcp://orchestrator@127.0.0.1:1\"]");
        const string problem = "not in a cluster: waiting for one of 127.0.0.1:1";
        Assert.Equal(problem, alone.Plane.Problem);
        Assert.NotEmpty(alone.Plane.View.List(KindRegistry.Of<Namespace>(), null).Objects);
        var reply = await alone.Plane.SendAsync(EntityKey.Of(Default), new Create(Default), Cancellation);
        Assert.Equal(problem, Assert.IsType<Reply.Rejected>(reply).Status.Message);
    }

    private static Task<Member> StartAsync(string connection, WriterThread writer, string more = "") =>
        Member.StartAsync(
            new ControlPlaneOptions
            {
                Store = new PostgresJournalStore(connection),
                Time = TimeProvider.System,
                WriterThread = writer.Schedule,
                Loggers = NullLoggerFactory.Instance,
                Ids = new RandomIds(),
                InitialObjects = [Default],
            },
            $"{TestSettings.Akka("PostgreSQL.15", connection: "", provider: "cluster")}\n{more}",
            JournalConnection.ToPostgres(connection), Cancellation);
}
