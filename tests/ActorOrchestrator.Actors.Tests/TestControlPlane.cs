using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Journal.Sqlite;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Scheduling;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Actors.Tests;

/// <summary>A control plane on a real SQLite log in a folder of its own, that can be stopped and started
/// again.</summary>
internal sealed class TestControlPlane : IAsyncDisposable
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(20);

    private readonly string _directory = Directory.CreateTempSubdirectory("actors-tests-").FullName;
    private readonly WriterThread _writer = new();
    private SqliteJournalStore? _journal;
    private Member? _member;

    /// <summary>After how long entities at rest leave memory, from the next start on.</summary>
    private TimeSpan _passivateAfter = TimeSpan.FromMinutes(2);

    public ControlPlane Plane => _member!.Plane;

    public static async Task<TestControlPlane> StartAsync(TimeSpan? passivateAfter = null)
    {
        var test = new TestControlPlane();
        test._passivateAfter = passivateAfter ?? test._passivateAfter;
        await test.RestartAsync();
        return test;
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        var database = Path.Combine(_directory, "journal.db");
        _journal = SqliteJournalStore.Open(database);
        _member = await Member.StartAsync(
            new ControlPlaneOptions
            {
                Store = _journal,
                Time = TimeProvider.System,
                WriterThread = _writer.Schedule,
                Loggers = NullLoggerFactory.Instance,
                Ids = new RandomIds(),
                PassivateAfter = _passivateAfter,
                Projections = [static () => new Scheduler(seed: 1)],
                InitialObjects = [new Namespace { Metadata = new ObjectMeta { Name = "default" } }],
            },
            TestSettings.Akka(database), [], TestContext.Current.CancellationToken);
        await UntilAsync<Namespace>("the default namespace", null, all => all.Count > 0);
    }

    public async Task<KubeObject> AcceptedAsync(KubeObject to, Command command)
    {
        var reply = await Plane.SendAsync(EntityKey.Of(to), command, TestContext.Current.CancellationToken);
        return Assert.IsType<Reply.Accepted>(reply).Object;
    }

    public Task<KubeObject> CreateAsync(KubeObject value) => AcceptedAsync(value, new Create(value));

    public async Task<Status> RefusedAsync(KubeObject to, Command command)
    {
        var reply = await Plane.SendAsync(EntityKey.Of(to), command, TestContext.Current.CancellationToken);
        return Assert.IsType<Reply.Rejected>(reply).Status;
    }

    public IReadOnlyList<T> List<T>(string? @namespace = "default") where T : KubeObject =>
        [.. Plane.View.List(KindRegistry.Of<T>(), @namespace).Objects.Cast<T>()];

    /// <summary>Waits, by watching, until the objects of a kind fulfil a condition.</summary>
    public async Task<IReadOnlyList<T>> UntilAsync<T>(
        string what, string? @namespace, Func<IReadOnlyList<T>, bool> condition) where T : KubeObject
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(WaitMax);
        var (_, changes) = Plane.View.ListAndWatch(KindRegistry.Of<T>(), @namespace);
        using (changes)
        {
            while (true)
            {
                var all = List<T>(@namespace);
                if (condition(all))
                {
                    return all;
                }

                try
                {
                    await changes.Changes.ReadAsync(timeout.Token);
                }
                catch (OperationCanceledException)
                {
                    throw new TimeoutException($"waited {WaitMax.TotalSeconds:0} s for {what}; there are {all.Count}");
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _writer.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task StopAsync()
    {
        if (_member is not null)
        {
            await _member.DisposeAsync();
            _journal!.Dispose();
        }
    }
}
