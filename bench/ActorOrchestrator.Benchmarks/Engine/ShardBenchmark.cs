using System.Diagnostics;
using ActorOrchestrator.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Benchmarks.Engine;

/// <summary>Messages a second through shards (mailbox, decision, effects) without the log: entities that answer without
/// events, told and asked from one thread. It checks that every message was decided.</summary>
internal static class ShardBenchmark
{
    private const int Messages = 2_000_000;
    private const int Entities = 10_000;
    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(2);

    public static async Task RunAsync()
    {
        Console.WriteLine("shards  told/s      ask µs");
        foreach (var shards in (int[])[1, 2, 16])
        {
            var host = new CountingHost();
            await using var region = new ShardRegion(new EngineOptions
            {
                Host = host,
                Log = new NoLog(),
                Time = TimeProvider.System,
                Executor = ThreadPoolExecutor.Instance,
                Logger = NullLogger.Instance,
                MemberId = "bench",
                ShardCount = shards,
            });
            await region.StartAsync(new NoListener(), CancellationToken.None);
            var ids = Enumerable.Range(0, Entities).Select(i => $"pods/default/pod-{i}").ToArray();
            var told = await TellAsync(region, host, ids);
            var asked = await AskAsync(region, ids);
            Console.WriteLine($"{shards,6}  {told,9:0}  {asked,8:0.0}");
        }
    }

    private static async Task<double> TellAsync(ShardRegion region, CountingHost host, string[] ids)
    {
        host.Expect(Messages);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Messages; i++)
        {
            region.Tell(ids[i % ids.Length], CountingHost.Message);
        }

        await host.AllDecided.WaitAsync(WaitMax);
        return Messages / watch.Elapsed.TotalSeconds;
    }

    private static async Task<double> AskAsync(ShardRegion region, string[] ids)
    {
        const int asks = 20_000;
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < asks; i++)
        {
            var reply = new Reply();
            region.Ask(ids[i % ids.Length], CountingHost.Message, reply);
            await reply.Done.WaitAsync(WaitMax);
        }

        return watch.Elapsed.TotalMicroseconds / asks;
    }

    private sealed class Reply : IReplyPort
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Done => _done.Task;

        public void Complete(object reply, long version) => _done.SetResult();

        public void Fail(AskFailure failure, string? reason = null) =>
            _done.SetException(new InvalidOperationException(failure.ToString()));
    }

    private sealed class NoListener : ILogListener
    {
        public void OnSnapshot(string persistenceId, long version, IEntity entity)
        {
        }

        public void OnSnapshotsEnd(long compactedThrough)
        {
        }

        public void OnCommitted(IReadOnlyList<LogEntry> entries)
        {
        }
    }
}
