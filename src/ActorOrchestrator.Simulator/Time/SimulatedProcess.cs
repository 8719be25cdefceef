namespace ActorOrchestrator.Simulator.Time;

/// <summary>
/// One process of the simulated cluster. It is the synchronization context of everything that runs in it and
/// what its actors' dispatchers queue on, so all of its continuations, actors and timers come through here. Killing it
/// drops them all, as kill -9 does: nothing is disposed, no <c>finally</c> runs, and what others were told stays told.
/// Freezing it lets nothing run until it thaws, while the world goes on (a stopped virtual machine, a long pause of
/// garbage collection).
/// </summary>
public sealed class SimulatedProcess : SynchronizationContext
{
    private readonly Dice _scheduling;
    private readonly TimeSpan _jitterMax;
    private readonly Queue<Action> _held = new();

    /// <summary>Whom its death concerns. Not an event, which copies all its handlers when one comes or goes: here every
    /// call of thousands of agents does both.</summary>
    private readonly LinkedList<Action> _mourners = new();

    /// <param name="loop">The world that it lives in.</param>
    /// <param name="host">The machine that it runs on, by the network's name.</param>
    /// <param name="name">For the trace.</param>
    /// <param name="scheduling">Draws how long what is ready waits for a processor.</param>
    /// <param name="jitterMax">The longest such wait; zero runs everything in the order in which it became
    /// ready.</param>
    public SimulatedProcess(SimulationLoop loop, string host, string name, Dice scheduling, TimeSpan jitterMax)
    {
        Loop = loop;
        Host = host;
        Name = name;
        Clock = new ProcessClock(this);
        (_scheduling, _jitterMax) = (scheduling, jitterMax);
    }

    public string Host { get; }

    public string Name { get; }

    public SimulationLoop Loop { get; }

    public ProcessClock Clock { get; }

    public bool IsDead { get; private set; }

    public bool IsFrozen { get; private set; }

    /// <summary>A bug: something that nobody awaits threw.</summary>
    public Action<Exception> OnUnhandled { get; set; } = static cause => throw cause;

    public override void Post(SendOrPostCallback d, object? state) => Ready(() => d(state));

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("nothing in the program waits for another thread");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs work when the process has a processor for it.</summary>
    public void Schedule(Action work) => Ready(work);

    /// <summary>Starts something that runs for as long as the process does.</summary>
    public void Start(Func<Task> work) => Ready(() => _ = GuardAsync(work));

    /// <summary>Runs what came in from outside (a timer, a packet, an answer of the disk), in this process.</summary>
    public void Enter(Action work)
    {
        if (IsDead)
        {
            return;
        }

        if (IsFrozen)
        {
            _held.Enqueue(work);
            return;
        }

        var outer = Current;
        SetSynchronizationContext(this);
        try
        {
            work();
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }

    public void Kill()
    {
        if (!IsDead)
        {
            IsDead = true;
            _held.Clear();
            Action[] mourners = [.. _mourners];
            _mourners.Clear();
            Array.ForEach(mourners, told => told());
        }
    }

    /// <summary>Has <paramref name="told"/> called when the process is killed, as the connections of others to it are;
    /// those that asked first are told first. No more once what it returns is disposed.</summary>
    public IDisposable WhenKilled(Action told) => new Mourner(_mourners.AddLast(told));

    public void Freeze() => IsFrozen = true;

    public void Thaw()
    {
        IsFrozen = false;
        while (_held.TryDequeue(out var work))
        {
            Ready(work);
        }
    }

    private void Ready(Action work)
    {
        if (!IsDead)
        {
            var wait = _jitterMax == TimeSpan.Zero
                ? TimeSpan.Zero
                : TimeSpan.FromTicks((long)(_scheduling.Fraction() * _jitterMax.Ticks));
            Loop.At(Loop.Now + wait, () => Enter(work));
        }
    }

    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
#pragma warning disable CA1031 // Whatever it is, it goes to the simulation's verdict.
        catch (Exception bug)
        {
            OnUnhandled(bug);
        }
#pragma warning restore CA1031
    }

    private sealed class Mourner(LinkedListNode<Action> node) : IDisposable
    {
        public void Dispose() => node.List?.Remove(node);
    }
}
