
namespace ActorOrchestrator.Tests;

/// <summary>
/// Runs asynchronous code on the test's own thread, in the order it was posted, on virtual time: a run is the same
/// every time, and when <see cref="Settle"/> returns nothing is left to happen until the clock moves. Code that goes by
/// another thread, such as the thread pool's, fails the test.
/// </summary>
internal sealed class TestLoop : SynchronizationContext
{
    private const int MaxSteps = 100_000;

    private readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = new();
    private int _thread;
    private string? _stray;

    public ManualTimeProvider Time { get; } = new();

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_queue)
        {
            if (Environment.CurrentManagedThreadId != _thread)
            {
                _stray ??= Environment.StackTrace;
            }

            _queue.Enqueue((d, state));
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public T Run<T>(Func<T> start)
    {
        var before = Current;
        _thread = Environment.CurrentManagedThreadId;
        SetSynchronizationContext(this);
        try
        {
            return start();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Starts something that is to end without the clock, and tells its result.</summary>
    public T Finish<T>(Func<Task<T>> start)
    {
        var task = Run(start);
        Settle();
        Assert.True(task.IsCompleted, "it still waits: for the clock, or for another thread");
        return task.GetAwaiter().GetResult();
    }

    public void Finish(Func<Task> start) => Finish(async () =>
    {
        await start();
        return 0;
    });

    public void Settle()
    {
        Run(() =>
        {
            for (var steps = 0; TryTake(out var next); steps++)
            {
                Assert.True(steps < MaxSteps, "the loop does not settle: something runs in circles");
                next.Callback(next.State);
            }

            return 0;
        });
        Assert.True(_stray is null, $"posted from another thread:\n{_stray}");
    }

    public void Advance(double seconds)
    {
        var until = Time.GetUtcNow() + TimeSpan.FromSeconds(seconds);
        Settle();
        for (var steps = 0; Run(() => Time.FireNext(until)); steps++)
        {
            Assert.True(steps < MaxSteps, "timers fire in circles");
            Settle();
        }

        Settle();
    }

    private bool TryTake(out (SendOrPostCallback Callback, object? State) next)
    {
        lock (_queue)
        {
            return _queue.TryDequeue(out next);
        }
    }
}
