namespace ActorOrchestrator.Runtime;

/// <summary>Runs what is ready to run. The simulator's runs everything on one thread in a seeded order.</summary>
public interface IExecutor
{
    /// <summary>Arranges one call of <see cref="IRunnable.Run"/>. A runnable schedules itself at most once at a
    /// time.</summary>
    void Schedule(IRunnable runnable);
}

public interface IRunnable
{
    /// <summary>Does a bounded amount of work and returns; schedules itself again if there is more.</summary>
    void Run();
}

/// <summary>The thread pool.</summary>
public sealed class ThreadPoolExecutor : IExecutor
{
    public static readonly ThreadPoolExecutor Instance = new();

    public void Schedule(IRunnable runnable) =>
        ThreadPool.UnsafeQueueUserWorkItem(static target => target.Run(), runnable, preferLocal: false);
}
