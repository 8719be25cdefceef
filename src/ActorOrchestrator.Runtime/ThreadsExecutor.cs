using System.Collections.Concurrent;

namespace ActorOrchestrator.Runtime;

/// <summary>
/// Threads of its own, in the order of scheduling. Unlike on the thread pool, busy shards then do not stand in front of
/// the work of requests (reading, answering): the operating system shares the processors between the two, so an answer
/// waits for its own shard only.
/// </summary>
public sealed class ThreadsExecutor : IExecutor, IDisposable
{
    private readonly BlockingCollection<IRunnable> _ready = [];

    public ThreadsExecutor(string name, int threads)
    {
        for (var i = 0; i < threads; i++)
        {
            new Thread(RunReady) { Name = $"{name}-{i}", IsBackground = true }.Start();
        }
    }

    public void Schedule(IRunnable runnable)
    {
        try
        {
            _ready.Add(runnable);
        }
        catch (InvalidOperationException)
        {
            // Stopped: what would run now has nobody left to answer.
        }
    }

    /// <summary>The threads end when they have run what is ready.</summary>
    public void Dispose() => _ready.CompleteAdding();

    private void RunReady()
    {
        foreach (var runnable in _ready.GetConsumingEnumerable())
        {
            runnable.Run();
        }
    }
}
