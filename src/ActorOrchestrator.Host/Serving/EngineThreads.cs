using ActorOrchestrator.Runtime;

namespace ActorOrchestrator.Host.Serving;

/// <summary>The threads of the control plane beside those of the gateway and of the log.</summary>
internal sealed class EngineThreads : IDisposable
{
    public ThreadsExecutor Shards { get; } = new("shards", Environment.ProcessorCount);

    /// <summary>One thread: followers wait for nobody, and entities do not wait for them.</summary>
    public ThreadsExecutor Followers { get; } = new("followers", threads: 1);

    public void Dispose()
    {
        Shards.Dispose();
        Followers.Dispose();
    }
}
