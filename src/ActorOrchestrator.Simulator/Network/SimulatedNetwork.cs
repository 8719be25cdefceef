using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Network;

/// <summary>
/// Messages between processes: they take time, overtake each other, are lost and doubled as the weather has it, and do
/// not pass between hosts that are cut off from each other. A cut has a direction, so a host may be heard that does not
/// hear.
/// </summary>
public sealed class SimulatedNetwork(SimulationLoop loop, Dice dice, Func<NetworkWeather> weather)
{
    private readonly HashSet<(string From, string To)> _cuts = [];

    /// <summary>Losses, doublings and delays, for the count of faults.</summary>
    public Action<string> OnFault { get; init; } = static _ => { };

    public bool IsCut(string from, string to) => _cuts.Contains((from, to));

    public void Cut(string from, string to) => _cuts.Add((from, to));

    public void Mend(string from, string to) => _cuts.Remove((from, to));

    public void MendAll() => _cuts.Clear();

    /// <summary>A message that may be lost. Dropped silently when the receiver is dead or cut off.</summary>
    public void Send(SimulatedProcess from, SimulatedProcess to, Action deliver)
    {
        if (!Loses(from, to))
        {
            loop.After(Delay(), () => to.Enter(deliver));
        }
    }

    /// <summary>Whether the next message from one process to another gets lost.</summary>
    public bool Loses(SimulatedProcess from, SimulatedProcess to)
    {
        if (IsCut(from.Host, to.Host))
        {
            return true;
        }

        if (!dice.Chance(weather().LossChance))
        {
            return false;
        }

        OnFault("message lost");
        return true;
    }

    /// <summary>
    /// Asks another process, and awaits in the caller's own. The call may be carried out without the answer arriving,
    /// and, when <paramref name="isIdempotent"/>, more than once.
    /// </summary>
    /// <exception cref="IOException">No answer: refused, reset, or nothing heard in time.</exception>
    public Task<T> CallAsync<T>(
        SimulatedProcess from, SimulatedProcess? to, Func<Task<T>> serve, bool isIdempotent, TimeSpan timeout,
        CancellationToken cancellation)
    {
        var call = new Call<T>(from, cancellation);
        call.FailAfter(timeout, "no answer");
        if (to is null or { IsDead: true })
        {
            loop.After(Delay(), () => call.Fail("connection refused"));
            return call.Task;
        }

        call.FailWith(to, () => loop.After(Delay(), () => call.Fail("connection reset")));
        Carry(from, to, serve, call);
        if (isIdempotent && dice.Chance(weather().DoubleChance))
        {
            OnFault("request doubled");
            Carry(from, to, serve, call);
        }

        return call.Task;
    }

    /// <summary>How long the next message takes.</summary>
    public TimeSpan Delay()
    {
        var now = weather();
        if (!dice.Chance(now.LateChance))
        {
            return dice.Between(now.DelayLeast, now.DelayMost);
        }

        OnFault("message late");
        return dice.Between(now.DelayMost, now.LateMost);
    }

    private void Carry<T>(SimulatedProcess from, SimulatedProcess to, Func<Task<T>> serve, Call<T> call) =>
        Send(from, to, () => to.Start(async () =>
        {
            try
            {
                var answer = await serve();
                Send(to, from, () => call.Answer(answer));
            }
            catch (IOException refused)
            {
                Send(to, from, () => call.Fail(refused.Message));
            }
        }));

    /// <summary>One question under way; the first outcome counts.</summary>
    private sealed class Call<T>
    {
        private readonly SimulatedProcess _asker;
        private readonly TaskCompletionSource<T> _outcome = new();
        private readonly CancellationTokenRegistration _registration;
        private ITimer? _timer;
        private IDisposable? _whenKilled;

        public Call(SimulatedProcess asker, CancellationToken cancellation)
        {
            _asker = asker;
            _registration = cancellation.Register(() => End(() => _outcome.TrySetCanceled(cancellation)));
        }

        public Task<T> Task => _outcome.Task;

        public void FailAfter(TimeSpan wait, string problem) => _timer = _asker.Clock.CreateTimer(
            _ => Fail($"{problem} within {wait.TotalSeconds} s"), null, wait, Timeout.InfiniteTimeSpan);

        public void FailWith(SimulatedProcess other, Action fail) => _whenKilled = other.WhenKilled(fail);

        public void Answer(T answer) => End(() => _outcome.TrySetResult(answer));

        public void Fail(string problem) =>
            _asker.Enter(() => End(() => _outcome.TrySetException(new IOException(problem))));

        private void End(Action outcome)
        {
            if (!_outcome.Task.IsCompleted)
            {
                _whenKilled?.Dispose();
                _timer?.Dispose();
                _registration.Unregister();
                outcome();
            }
        }
    }
}
