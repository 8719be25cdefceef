using System.Collections.Concurrent;

namespace ActorOrchestrator.Actors.Journal;

/// <summary>The thread that the journal's writer runs on: a commit waits for the disk, and no thread of the pool should
/// wait with it.</summary>
public sealed class WriterThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];

    public WriterThread() => new Thread(Run) { Name = "journal-writer", IsBackground = true }.Start();

    public void Schedule(Action work)
    {
        try
        {
            _work.Add(work);
        }
        catch (InvalidOperationException)
        {
            // Stopped: nobody is left to be answered.
        }
    }

    public void Dispose() => _work.CompleteAdding();

    private void Run()
    {
        foreach (var work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }
}
