using ActorOrchestrator.Agent.Containers;

namespace ActorOrchestrator.Simulator.Machines;

/// <summary>How containers run and end; all of it happens in the runtime's own process.</summary>
public sealed partial class SimulatedRuntime
{
    /// <summary>A hundredth of a core; a tick has 100 ns.</summary>
    private const long CpuNanosecondsPerTick = 1;

    private const long WorkingSetBytes = 64L << 20;

    private static readonly TimeSpan FlakyMean = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan TermLeast = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan TermMost = TimeSpan.FromMilliseconds(1_500);
    private static readonly TimeSpan KillLeast = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan KillMost = TimeSpan.FromMilliseconds(50);

    private void BeginLife(SimulatedContainer container)
    {
        container.WarmAt = Loop.Now;
        switch (container.Behavior)
        {
            case ImageBehavior.Crash:
                Later(Seconds(1, 60), () => End(container, 1, "Error"));
                break;
            case ImageBehavior.Flaky:
                Later(_lives.Exponential(FlakyMean), () => End(container, 1, "Error"));
                break;
            case ImageBehavior.Job:
                Later(WorkTime(), () => End(container, 0, "Completed"));
                break;
            case ImageBehavior.Task:
                var code = _lives.Chance(0.75) ? 0 : _lives.Pick([1, 42]);
                Later(WorkTime(), () => End(container, code, code == 0 ? "Completed" : "Error"));
                break;
            case ImageBehavior.Slow:
                container.WarmAt = Loop.Now + Seconds(5, 60);
                break;
            case ImageBehavior.Unhealthy:
                container.SickAt = Loop.Now + Seconds(10, 300);
                break;
        }
    }

    private void Terminate(SimulatedContainer container)
    {
        if (!container.IsTermSent && container.Behavior != ImageBehavior.Stubborn)
        {
            // Some programs end themselves in order, others leave it to the signal.
            var exitCode = _lives.Chance(0.5) ? 0 : TerminatedExitCode;
            Later(
                _lives.Between(TermLeast, TermMost),
                () => End(container, exitCode, exitCode == 0 ? "Completed" : "Error"));
        }

        container.IsTermSent = true;
    }

    private Task KillAsync(SimulatedContainer container)
    {
        Kill(container);
        return container.Ended.Task;
    }

    private void Kill(SimulatedContainer container)
    {
        if (!container.IsRunning || container.IsKillSent)
        {
            return;
        }

        container.IsKillSent = true;
        var wait = _lives.Between(KillLeast, KillMost);
        if (_lives.Chance(_weather().StuckKillChance))
        {
            OnFault("kill stuck");
            wait += _weather().StuckKillMost * _lives.Fraction();
        }

        Later(wait, () => End(container, KilledExitCode, "Error"));
    }

    /// <summary>Somebody on the machine kills a container's process (kill -9).</summary>
    internal void KillFromOutside(string id) => End(Find(id), KilledExitCode, "Error");

    /// <summary>The status says so first, then the event tells it.</summary>
    private void End(SimulatedContainer container, int exitCode, string reason)
    {
        if (!container.IsRunning)
        {
            return;
        }

        container.Status = Exited(container.Status, exitCode, reason);
        Tell(ContainerChangeKind.Exited, container);
        PublishExit(RuntimeEventKind.ContainerExited, container.Id, container.Sandbox.Id, exitCode);
        container.Ended.TrySetResult();
    }

    private ContainerRuntimeStatus Exited(ContainerRuntimeStatus status, int exitCode, string reason) => status with
    {
        State = ContainerRuntimeState.Exited,
        StartedAt = status.StartedAt ?? WallClock,
        FinishedAt = WallClock,
        ExitCode = exitCode,
        Reason = reason,
    };

    private TimeSpan WorkTime() =>
        _lives.Chance(0.3) ? _lives.Between(TermLeast, TermMost) : Seconds(1, 30);

    private TimeSpan Seconds(int least, int most) =>
        _lives.Between(TimeSpan.FromSeconds(least), TimeSpan.FromSeconds(most));

    /// <summary>
    /// How whoever listens on an address answers; the worst of a pod's containers, as the asker does not say which one
    /// is meant.
    /// </summary>
    /// <returns>Null when nobody answers at all: no such pod, or a frozen machine.</returns>
    internal ProbeAnswer? Probe(string ip, ProbeQuestion question)
    {
        if (!IsOn || Process.IsFrozen)
        {
            return null;
        }

        var sandboxes = _sandboxes.Values.Where(s => IsReachedBy(s, ip)).ToList();
        if (sandboxes.Count == 0 && ip != HostIp)
        {
            return null;
        }

        var answers = sandboxes.SelectMany(ContainersOf)
            .Where(c => c.Status.State != ContainerRuntimeState.Exited)
            .Select(c => ContainerProbe.Answer(c, question, Loop.Now)).ToList();
        return answers.Contains(ProbeAnswer.Failure) ? ProbeAnswer.Failure
            : answers.Count == 0 || answers.Contains(ProbeAnswer.Refused) ? ProbeAnswer.Refused
            : ProbeAnswer.Success;
    }

    private bool IsReachedBy(SimulatedSandbox sandbox, string ip) => sandbox.Status.Ready
        && (sandbox.Status.Ips.Contains(ip) || (ip == HostIp && sandbox.Config.Network == NamespaceMode.Node));
}
