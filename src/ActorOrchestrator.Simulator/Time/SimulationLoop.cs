namespace ActorOrchestrator.Simulator.Time;

/// <summary>
/// Virtual time: a queue of what happens when. Everything in a simulation runs from here, one thing after the other, on
/// the thread that runs the loop; time passes only between two of them. Things due at the same instant happen in the
/// order in which they were asked for.
/// </summary>
public sealed class SimulationLoop
{
    private readonly PriorityQueue<Action, (long Ticks, long Order)> _queue = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private long _order;
    private long _second;
    private long _stepsBefore;
    private volatile string? _foreigner;

    public SimulationLoop(DateTimeOffset start) => (Start, Now) = (start, start);

    public DateTimeOffset Start { get; }

    public DateTimeOffset Now { get; private set; }

    public TimeSpan Elapsed => Now - Start;

    /// <summary>Hundreds of times what a busy cluster does: who does more within a virtual second goes round in a
    /// circle.</summary>
    public int StepsPerSecondMax { get; set; } = 250_000;

    /// <summary>Things that happened so far.</summary>
    public long Steps { get; private set; }

    public int Waiting => _queue.Count;

    public void At(DateTimeOffset due, Action happening)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            // Work that came from the thread pool would come at another moment in each run: the run is worthless.
            _foreigner ??= Environment.StackTrace;
            return;
        }

        _queue.Enqueue(happening, (Math.Max(due.UtcTicks, Now.UtcTicks), _order++));
    }

    public void After(TimeSpan wait, Action happening) => At(Now + wait, happening);

    /// <summary>Lets everything happen that is due until <paramref name="end"/>, or until
    /// <paramref name="isOver"/> says so; then it is <paramref name="end"/> (or that instant).</summary>
    /// <exception cref="NotDeterministicException">Something came from another thread.</exception>
    /// <exception cref="BusyLoopException">So much happens that time does not pass.</exception>
    public void RunUntil(DateTimeOffset end, Func<bool>? isOver = null)
    {
        while (_queue.TryPeek(out _, out var due) && due.Ticks <= end.UtcTicks)
        {
            var happening = _queue.Dequeue();
            Now = new DateTimeOffset(due.Ticks, TimeSpan.Zero);
            Steps++;
            CountInSecond(due.Ticks / TimeSpan.TicksPerSecond);
            happening();
            if (_foreigner is { } stack)
            {
                throw new NotDeterministicException(stack);
            }

            if (isOver?.Invoke() == true)
            {
                return;
            }
        }

        Now = end > Now ? end : Now;
    }

    private void CountInSecond(long second)
    {
        if (second != _second)
        {
            (_second, _stepsBefore) = (second, Steps);
        }
        else if (Steps - _stepsBefore > StepsPerSecondMax)
        {
            throw new BusyLoopException(Now, StepsPerSecondMax);
        }
    }
}

/// <summary>Something in the simulated program does the same again and again, without waiting.</summary>
public sealed class BusyLoopException(DateTimeOffset at, int steps)
    : Exception($"more than {steps} things happened within the second of {at:HH:mm:ss}");

/// <summary>Something in the simulated program ran on a thread of its own.</summary>
public sealed class NotDeterministicException(string stack)
    : Exception($"a continuation came from another thread than the simulation's:\n{stack}");
