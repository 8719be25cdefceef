using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Logs;
using ActorOrchestrator.Streams.Commands;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Agent.Processes;

public sealed partial class ProcessRuntime : IPodStreams
{
    public Task<ICommandSession> ExecAsync(
        string containerId, IReadOnlyList<string> command, CommandShape shape, CancellationToken cancellation) =>
        Task.FromResult<ICommandSession>(new ProcessCommand(Running(containerId).Spec, command, shape));

    /// <summary>The process has no standard input that anybody could write to: it is to outlive the agent.</summary>
    public Task<ICommandSession> AttachAsync(
        string containerId, CommandShape shape, CancellationToken cancellation) => shape.Input
        ? throw new ContainerRuntimeException(
            RuntimeErrorKind.InvalidArgument,
            "containers of the process runtime have no standard input: attach without it, or use exec")
        : Task.FromResult<ICommandSession>(new ProcessAttachment(
            Running(containerId), new LogReader(_time, NullLogger<LogReader>.Instance)));

    public Task<IPortForward> PortForwardAsync(string sandboxId, CancellationToken cancellation) =>
        _sandboxes.GetValueOrDefault(sandboxId) is { Status: { Ready: true } sandbox }
            ? Task.FromResult<IPortForward>(new ProcessPorts(sandbox.Name))
            : throw new ContainerRuntimeException(
                RuntimeErrorKind.NotFound, $"there is no running sandbox {sandboxId}");

    private ProcessContainer Running(string containerId)
    {
        var container = Find(containerId);
        return container.Status.State == ContainerRuntimeState.Running
            ? container
            : throw new ContainerRuntimeException(RuntimeErrorKind.Other, $"container {containerId} is not running");
    }
}
