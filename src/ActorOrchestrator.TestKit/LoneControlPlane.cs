using ActorOrchestrator.Actors;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Simulator.Journal;
using ActorOrchestrator.Simulator.Log;
using ActorOrchestrator.Simulator.Members;
using ActorOrchestrator.Simulator.Network;
using ActorOrchestrator.Simulator.Sharding;
using ActorOrchestrator.Simulator.Time;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.TestKit;

/// <summary>One control plane on virtual time, in fair weather and without machines or clients, for tests of what
/// stands on it. Everything happens on the test's own thread, while the test lets time pass.</summary>
public sealed class LoneControlPlane : IDisposable
{
    /// <summary>Longer than anything takes that needs no clock: commits and the turns of actors.</summary>
    private static readonly TimeSpan SettleMost = TimeSpan.FromSeconds(2);

    private readonly SimulationLoop _loop = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly SimulatedProcess _process;
    private readonly ControlMember _member;

    /// <param name="loggers">Where the program logs to, if anywhere.</param>
    public LoneControlPlane(ILoggerFactory? loggers = null)
    {
        var network = new SimulatedNetwork(_loop, new Dice(1, "network"), () => NetworkWeather.Fair);
        var shards = new ShardModel(_loop, network, new Dice(1, "shards"), () => ShardWeather.Fair);
        _process = new SimulatedProcess(_loop, "control", "control", new Dice(1, "scheduling"), TimeSpan.Zero);
        var store = new SimulatedJournalStore(
            new JournalTables(), _process, new Dice(1, "log"), () => LogWeather);
        ControlMember? member = null;
        JournalException? refusal = null;
        _process.Enter(() =>
        {
            member = new ControlMember(
                _process, store, shards, new ControlSettings(
                    new Dice(1, "ids"), 1, loggers ?? NullLoggerFactory.Instance)
                {
                    SilenceMax = TimeSpan.FromSeconds(8), WatchWindowEvents = 100_000, SnapshotEvery = 32,
                });
            member.Start(failure => refusal = failure);
        });
        _member = member!;
        RunUntil(_loop.Now + SettleMost, () => _member.Plane is not null || refusal is not null);
        Plane = _member.Plane ?? throw refusal ?? new JournalException("the control plane did not start");
        Pass(SettleMost);
    }

    public ControlPlane Plane { get; }

    public TimeProvider Time => _process.Clock;

    /// <summary>How the journal fares.</summary>
    public LogWeather LogWeather { get; set; } = LogWeather.Fair;

    /// <summary>Begins something within the process.</summary>
    public T Run<T>(Func<T> start)
    {
        T result = default!;
        _process.Enter(() => result = start());
        return result;
    }

    /// <summary>Begins something that ends without much time passing, and tells its result.</summary>
    public T Finish<T>(Func<Task<T>> start)
    {
        var task = Run(start);
        RunUntil(_loop.Now + SettleMost, () => task.IsCompleted);
        return task.IsCompleted
            ? task.GetAwaiter().GetResult()
            : throw new TimeoutException($"it still waits after {SettleMost.TotalSeconds:0} s of virtual time");
    }

    public void Finish(Func<Task> start) => Finish(async () =>
    {
        await start();
        return true;
    });

    /// <summary>Runs a request through the gateway.</summary>
    public ApiAnswer Send(ApiCall call) => Finish(() => ApiServing.ServeAsync(_member.Api, call));

    public void Pass(TimeSpan span) => RunUntil(_loop.Now + span, null);

    public void Dispose()
    {
        _process.Kill();
        _member.Dispose();
    }

    private void RunUntil(DateTimeOffset end, Func<bool>? isOver) =>
        new VirtualTime(_loop, static () => null).RunUntil(end, isOver);
}
