using ActorOrchestrator.Agent.Containers;

namespace ActorOrchestrator.Simulator.Machines;

/// <summary>What the runtime does with containers; all of it runs in its own process.</summary>
public sealed partial class SimulatedRuntime
{
    private const int KilledExitCode = 137;
    private const int TerminatedExitCode = 143;
    private const int StartErrorExitCode = 128;
    private const int UnknownExitCode = 255;

    private static readonly TimeSpan CreateLeast = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan CreateMost = TimeSpan.FromMilliseconds(100);

    internal async Task<string> CreateContainerAsync(string sandboxId, ContainerConfig config)
    {
        var sandbox = ReadySandbox(sandboxId);
        var image = FindImage(config.Image) ?? throw new ContainerRuntimeException(
            RuntimeErrorKind.NotFound, $"failed to resolve image \"{config.Image}\": not found");
        var name = NameOf(sandbox.Config, config);
        Reserve(name);
        await WorkAsync(CreateLeast, CreateMost);
        if (!sandbox.Status.Ready || !_sandboxes.ContainsKey(sandboxId))
        {
            _names.Remove(name);
            ReadySandbox(sandboxId);
        }

        var fullName = image.Tags[0];
        var status = new ContainerRuntimeStatus
        {
            Id = NextId('c'),
            SandboxId = sandboxId,
            Name = config.Name,
            Attempt = config.Attempt,
            State = ContainerRuntimeState.Created,
            CreatedAt = WallClock,
            Image = fullName,
            ImageRef = image.Id,
            LogPath = $"{sandbox.Config.LogDirectory}/{config.LogPath}",
            Labels = config.Labels,
            Annotations = config.Annotations,
        };
        var container = new SimulatedContainer(sandbox, config, _catalogue.BehaviorOf(fullName), status);
        _containers.Add(container.Id, container);
        Tell(ContainerChangeKind.Created, container);
        return container.Id;
    }

    internal async Task StartContainerAsync(string id)
    {
        var container = Find(id);
        if (container.Status.State != ContainerRuntimeState.Created || container.IsStarting)
        {
            throw new ContainerRuntimeException(
                RuntimeErrorKind.Other, $"container \"{id}\" is {container.Status.State} and cannot be started");
        }

        container.IsStarting = true;
        await WorkAsync(CreateLeast, CreateMost);
        container.IsStarting = false;
        if (!container.Sandbox.Status.Ready)
        {
            container.Status = Exited(container.Status, StartErrorExitCode, "StartError");
            Tell(ContainerChangeKind.Exited, container);
            throw new ContainerRuntimeException(
                RuntimeErrorKind.Other, $"sandbox container \"{container.Sandbox.Id}\" is not running");
        }

        container.Status = container.Status with { State = ContainerRuntimeState.Running, StartedAt = WallClock };
        Tell(ContainerChangeKind.Started, container);
        Publish(RuntimeEventKind.ContainerStarted, id, container.Sandbox.Id, 0);
        BeginLife(container);
    }

    /// <remarks>CRI counts the grace in whole seconds, rounded up. The KILL comes even if nobody waits any
    /// more.</remarks>
    internal async Task StopContainerAsync(string id, TimeSpan grace)
    {
        if (!_containers.TryGetValue(id, out var container) || !container.IsRunning)
        {
            return;
        }

        var patience = TimeSpan.FromSeconds(Math.Ceiling(grace.TotalSeconds));
        if (patience <= TimeSpan.Zero)
        {
            await KillAsync(container);
            return;
        }

        Terminate(container);
        Later(patience, () => Kill(container));
        await container.Ended.Task;
    }

    internal async Task RemoveContainerAsync(string id)
    {
        if (!_containers.TryGetValue(id, out var container))
        {
            return;
        }

        if (container.IsStarting)
        {
            throw new ContainerRuntimeException(
                RuntimeErrorKind.Other, $"container \"{id}\" is in starting state, can't be removed");
        }

        if (container.IsRunning)
        {
            await KillAsync(container);
        }

        if (_containers.Remove(id))
        {
            _names.Remove(NameOf(container.Sandbox.Config, container.Config));
            Tell(ContainerChangeKind.Removed, container);
            Publish(RuntimeEventKind.ContainerDeleted, id, container.Sandbox.Id, 0);
        }
    }

    internal ContainerRuntimeStatus? ContainerStatus(string id) => _containers.GetValueOrDefault(id)?.Status;

    /// <summary>As CRI's list has them: without times, exit codes and reasons.</summary>
    internal IReadOnlyList<ContainerRuntimeStatus> ListContainers() =>
    [
        .. _containers.Values.Select(c => c.Status with
        {
            StartedAt = null, FinishedAt = null, ExitCode = 0, Reason = "", Message = "", LogPath = "",
        }),
    ];

    internal IReadOnlyList<ContainerStats> Stats(string? podUid) =>
    [
        .. from container in _containers.Values
           let uid = container.Sandbox.Config.Uid
           where container.IsRunning && (podUid ?? uid) == uid
           let ran = WallClock - container.Status.StartedAt!.Value
           select new ContainerStats(
               container.Id, container.Status.Name, uid, WallClock, ran.Ticks * CpuNanosecondsPerTick,
               WorkingSetBytes, 0),
    ];

    internal Task ReopenLogAsync(string id) => WhileRunning(id);

    /// <summary>Simulated containers use nothing, so there is nothing to keep them from.</summary>
    internal Task UpdateResourcesAsync(string id) => WhileRunning(id);

    private Task WhileRunning(string id) => Find(id).IsRunning
        ? Task.CompletedTask
        : throw new ContainerRuntimeException(RuntimeErrorKind.Other, $"container \"{id}\" is not running");

    /// <summary>
    /// The command says how it ends: <c>sleep N</c> takes N seconds, anything else answers as a probe would.
    /// </summary>
    internal async Task<ExecResult> ExecAsync(string id, IReadOnlyList<string> command, TimeSpan timeout)
    {
        var container = Find(id);
        if (!container.IsRunning)
        {
            throw new ContainerRuntimeException(
                RuntimeErrorKind.Other, $"container \"{id}\" is in {container.Status.State} state");
        }

        var takes = command is ["sleep", var text] && int.TryParse(text, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : _lives.Between(CreateLeast, CreateMost);
        await Task.Delay(takes < timeout ? takes : timeout, Process.Clock);
        if (takes >= timeout)
        {
            return new ExecResult(-1, $"command timed out after {timeout.TotalSeconds:0.###}s", TimedOut: true);
        }

        if (!container.IsRunning)
        {
            return new ExecResult(KilledExitCode, "", TimedOut: false);
        }

        var question = ContainerProbe.OfWords(string.Join(' ', command));
        var isFine = command is ["sleep", _]
            || ContainerProbe.Answer(container, question, Loop.Now) == ProbeAnswer.Success;
        return new ExecResult(isFine ? 0 : 1, isFine ? "" : "not well", TimedOut: false);
    }

    private SimulatedContainer Find(string id) => _containers.GetValueOrDefault(id)
        ?? throw new ContainerRuntimeException(
            RuntimeErrorKind.NotFound, $"an error occurred when try to find container \"{id}\": not found");

    private SimulatedSandbox ReadySandbox(string id) =>
        _sandboxes.GetValueOrDefault(id) is { Status.Ready: true } sandbox
            ? sandbox
            : throw new ContainerRuntimeException(
                RuntimeErrorKind.NotFound, $"failed to get sandbox container task: no running task for \"{id}\"");
}
