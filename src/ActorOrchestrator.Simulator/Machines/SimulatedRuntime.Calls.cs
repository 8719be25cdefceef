using ActorOrchestrator.Agent.Containers;

namespace ActorOrchestrator.Simulator.Machines;

/// <summary>How calls come to the runtime, what may befall them, and how events leave it.</summary>
public sealed partial class SimulatedRuntime
{
    private readonly List<RuntimeSubscription> _subscriptions = [];

    /// <summary>
    /// Takes a call on its way. It arrives and is carried out whether or not the caller lives to hear of it.
    /// </summary>
    internal void Carry<T>(RuntimeCall<T> call, Func<Task<T>> work) => Loop.After(CallDelay(), () =>
    {
        if (Process.IsDead || _weather().IsAway)
        {
            OnFault("runtime away");
            BreakStreams();
            Loop.After(CallDelay(), () => call.Fail(Away()));
        }
        else
        {
            Process.Start(() => ServeAsync(call, work));
        }
    });

    internal void Subscribe(RuntimeSubscription subscription) => _subscriptions.Add(subscription);

    private async Task ServeAsync<T>(RuntimeCall<T> call, Func<Task<T>> work)
    {
        var now = _weather();
        if (_calls.Chance(now.FailBeforeChance))
        {
            OnFault("runtime call failed");
            Loop.After(CallDelay(), () => call.Fail(Fault()));
            return;
        }

        var hangs = _calls.Chance(now.HangChance);
        var failsAfter = !hangs && _calls.Chance(now.FailAfterChance);
        if (hangs)
        {
            OnFault("runtime call hung");
            if (_calls.Chance(0.5))
            {
                return;
            }
        }

        Action answer;
        try
        {
            var result = await work();
            answer = () => call.Succeed(result);
        }
        catch (ContainerRuntimeException refused)
        {
            answer = () => call.Fail(refused);
        }

        if (failsAfter)
        {
            OnFault("runtime call failed after its effect");
            answer = () => call.Fail(Fault());
        }
        else if (_weather().IsAway)
        {
            OnFault("runtime away");
            BreakStreams();
            answer = () => call.Fail(Away());
        }

        if (!hangs)
        {
            Loop.After(CallDelay(), answer);
        }
    }

    private TimeSpan CallDelay() => _calls.Between(_weather().CallLeast, _weather().CallMost);

    private static ContainerRuntimeException Away() =>
        new(RuntimeErrorKind.Unavailable, "the runtime does not answer: connection refused");

    private ContainerRuntimeException Fault() => _calls.Chance(0.5)
        ? new ContainerRuntimeException(RuntimeErrorKind.Unavailable, "transport is closing")
        : new ContainerRuntimeException(RuntimeErrorKind.Other, "failed to create shim task: input/output error");

    private void PublishExit(RuntimeEventKind kind, string containerId, string sandboxId, int exitCode)
    {
        if (_calls.Chance(_weather().LostExitChance))
        {
            OnFault("exit event lost");
        }
        else if (_calls.Chance(_weather().BrokenStreamChance))
        {
            OnFault("event stream broken");
            BreakStreams();
        }
        else
        {
            Publish(kind, containerId, sandboxId, exitCode);
        }
    }

    /// <summary>
    /// A stream that breaks while the runtime is away is noticed when something should have gone over it, or by the
    /// next call: nobody can tell the difference.
    /// </summary>
    private void Publish(RuntimeEventKind kind, string containerId, string sandboxId, int exitCode)
    {
        if (_weather().IsAway)
        {
            BreakStreams();
            return;
        }

        _subscriptions.RemoveAll(s => s.IsOver);
        var told = new RuntimeEvent(kind, containerId, sandboxId, WallClock, exitCode);
        _subscriptions.ForEach(s => s.Deliver(told, CallDelay()));
    }

    private void BreakStreams()
    {
        _subscriptions.ForEach(s => s.Break(CallDelay()));
        _subscriptions.Clear();
    }
}
