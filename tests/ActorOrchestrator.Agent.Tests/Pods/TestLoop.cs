namespace ActorOrchestrator.Agent.Tests.Pods;

/// <summary>
/// Runs asynchronous code on the test's own thread, in the order it was posted, on virtual time: a run is the same
/// every time, and when <see cref="Settle"/> returns nothing is left to happen until the clock moves.
/// </summary>
internal sealed class TestLoop : SynchronizationContext
{
    private const int MaxSteps = 100_000;

    private readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = new();

    public ManualTimeProvider Time { get; } = new();

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_queue)
            _queue.Enqueue((d, state));
    }

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public T Run<T>(Func<T> start)
    {
        var before = Current;
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

    public void Settle() => Run(() =>
    {
        for (var steps = 0; ; steps++)
        {
            (SendOrPostCallback Callback, object? State) next;
            lock (_queue)
            {
                if (!_queue.TryDequeue(out next))
                    return 0;
            }

            Assert.True(steps < MaxSteps, "the loop does not settle: something runs in circles");
            next.Callback(next.State);
        }
    });

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
}
