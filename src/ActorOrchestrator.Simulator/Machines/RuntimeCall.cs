using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Machines;

/// <summary>
/// One call of an agent under way. The first outcome counts: an answer, the deadline, or the caller's cancellation,
/// which ends the waiting and not the work.
/// </summary>
internal sealed class RuntimeCall<T>
{
    private readonly SimulatedProcess _agent;
    private readonly TaskCompletionSource<T> _outcome = new();
    private readonly ITimer _deadline;
    private readonly CancellationTokenRegistration _registration;

    public RuntimeCall(SimulatedProcess agent, TimeSpan timeout, CancellationToken cancellation)
    {
        _agent = agent;
        _deadline = agent.Clock.CreateTimer(_ => Fail(Late(timeout)), null, timeout, Timeout.InfiniteTimeSpan);
        _registration = cancellation.Register(() => End(() => _outcome.TrySetCanceled(cancellation)));
    }

    public Task<T> Task => _outcome.Task;

    public void Succeed(T answer) => _agent.Enter(() => End(() => _outcome.TrySetResult(answer)));

    public void Fail(ContainerRuntimeException failure) =>
        _agent.Enter(() => End(() => _outcome.TrySetException(failure)));

    private static ContainerRuntimeException Late(TimeSpan timeout) =>
        new(RuntimeErrorKind.Timeout, $"context deadline exceeded ({timeout.TotalSeconds} s)");

    private void End(Action outcome)
    {
        if (!_outcome.Task.IsCompleted)
        {
            _deadline.Dispose();
            _registration.Unregister();
            outcome();
        }
    }
}
