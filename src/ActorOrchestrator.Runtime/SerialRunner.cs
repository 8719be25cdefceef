namespace ActorOrchestrator.Runtime;

/// <summary>Something that many threads wake and one at a time runs. A wake is never lost: one that comes during a run
/// makes for another run.</summary>
public abstract class SerialRunner(IExecutor executor) : IRunnable
{
    private int _scheduled;
    private long _wakes;

    /// <summary>There is (perhaps) something to do. Cheap, and safe from any thread.</summary>
    public void Wake()
    {
        Interlocked.Increment(ref _wakes);
        ScheduleOnce();
    }

    public void Run()
    {
        var seen = Volatile.Read(ref _wakes);
        RunExclusively();
        Interlocked.Exchange(ref _scheduled, 0);
        if (Volatile.Read(ref _wakes) != seen)
        {
            ScheduleOnce();
        }
    }

    /// <summary>Does a bounded amount of work; wakes itself if there is more. Must not throw.</summary>
    protected abstract void RunExclusively();

    private void ScheduleOnce()
    {
        if (Interlocked.Exchange(ref _scheduled, 1) == 0)
        {
            executor.Schedule(this);
        }
    }
}
