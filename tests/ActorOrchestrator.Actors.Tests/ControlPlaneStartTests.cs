using System.Collections.Concurrent;
using System.Diagnostics;
using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Tests.Journal;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using Akka.Actor;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Actors.Tests;

/// <summary>What is lost at no start: what the projections say before the regions are there, and what must
/// exist.</summary>
public sealed class ControlPlaneStartTests : IAsyncLifetime
{
    private static readonly Namespace Default = new() { Metadata = new ObjectMeta { Name = "default" } };

    private static readonly TimeSpan PassMax = TimeSpan.FromSeconds(60);

    private readonly ScriptedStore _store = new() { IsExclusive = false };
    private readonly ManualTimeProvider _time = new();
    private readonly ActorSystem _system = ActorSystem.Create(
        "start", "akka { loggers = [], stdout-loglevel = OFF, actor.projections-dispatcher.type = Dispatcher }");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _system.Terminate();

    [Fact]
    public async Task What_is_not_at_rest_is_woken_however_long_the_regions_take_to_start()
    {
        var set = new ReplicaSet
        {
            Metadata = new ObjectMeta { Name = "web", Namespace = "default", Uid = "u", Generation = 1 },
            Spec = new ReplicaSetSpec { Replicas = 2 },
        };
        _store.StoreByAnother($"{EntityKey.Of(set)}", 1, new ObjectCreated(set));
        var fabric = new LateFabric(_system);
        await Plane([]).StartAsync(_system, fabric, Cancellation);
        Assert.Equal((EntityKey.Of(set), Wake.Instance), await fabric.NextAsync());
    }

    [Fact]
    public async Task What_must_exist_is_asked_for_again_when_nobody_answers()
    {
        var fabric = new LateFabric(_system);
        var plane = Plane([Default]);
        var starting = plane.StartAsync(_system, fabric, Cancellation);
        await fabric.NextAsync();
        Assert.Equal("the control plane is starting", plane.Problem);
        fabric.Answers = true;
        await PassTimeUntilAsync(starting);
        Assert.Null(plane.Problem);
    }

    [Fact]
    public async Task What_cannot_be_created_after_all_is_told()
    {
        var starting = Plane([Default]).StartAsync(_system, new LateFabric(_system), Cancellation);
        await PassTimeUntilAsync(starting);
        var failure = await Assert.ThrowsAsync<JournalException>(() => starting);
        Assert.StartsWith("what must exist cannot be created: no answer", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_member_of_no_cluster_says_so_at_once_to_whoever_writes()
    {
        var plane = Plane([]);
        var fabric = new LateFabric(_system);
        await plane.StartAsync(_system, fabric, Cancellation);
        fabric.Problem = "not in a cluster: waiting for one of m1";
        Assert.Equal(fabric.Problem, plane.Problem);
        var reply = await plane.SendAsync(EntityKey.Of(Default), new Create(Default), Cancellation);
        var status = Assert.IsType<Reply.Rejected>(reply).Status;
        Assert.Equal((503, fabric.Problem), (status.Code, status.Message));
    }

    private ControlPlane Plane(IReadOnlyList<KubeObject> initial) => new(new ControlPlaneOptions
    {
        Store = _store,
        Time = _time,
        WriterThread = work => work(),
        Loggers = NullLoggerFactory.Instance,
        Ids = new RandomIds(),
        InitialObjects = initial,
    });

    private async Task PassTimeUntilAsync(Task task)
    {
        for (var began = Stopwatch.GetTimestamp(); !task.IsCompleted && Stopwatch.GetElapsedTime(began) < PassMax;)
        {
            _time.FireNext(_time.GetUtcNow() + TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(5), Cancellation);
        }
    }

    /// <summary>Regions that start long after the projections do.</summary>
    private sealed class LateFabric(ActorSystem system) : IClusterFabric, IEntityRegion
    {
        private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(1);
        private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);

        private readonly BlockingCollection<EntityEnvelope> _told = [];

        public string? Problem { get; set; }

        /// <summary>Whether commands are answered.</summary>
        public bool Answers { get; set; }

        public string Self => "here";

        public bool IsAlone => true;

        public void WatchMembers(IActorRef watcher)
        {
        }

        public IEntityRegion StartRegions(Behaviors behaviors, Func<EntityKey, Props> entity)
        {
            Thread.Sleep(StartTime);
            return this;
        }

        public void ShareRows(JournalTail tail, JournalWriter writer)
        {
        }

        public IActorRef StartSingleton(string name, Props props) => system.ActorOf(props, name);

        public void Tell(EntityEnvelope envelope, IActorRef? sender = null)
        {
            _told.Add(envelope);
            if (Answers && envelope.RequestId > 0)
            {
                sender!.Tell(new CommandAnswer(envelope.RequestId, new Reply.Accepted(Default), Ordering: 0));
            }
        }

        public Task<(EntityKey To, Message Message)> NextAsync() => Task.Run(() => _told.TryTake(out var told, WaitMax)
            ? (told.To, told.Message)
            : throw new TimeoutException("nobody was told anything"));
    }
}
