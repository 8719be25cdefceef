using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Gateway.Streaming;
using ActorOrchestrator.Streams.Commands;

namespace ActorOrchestrator.Host.Serving;

/// <summary>Running containers of this machine, by its runtime.</summary>
internal sealed class NodeStreams(IContainerRuntime runtime, IPodStreams streams) : INodeStreams
{
    public async ValueTask<NodeSession> OpenAsync(
        Pod pod, string containerId, IReadOnlyList<string>? command, CommandShape shape,
        CancellationToken cancellation)
    {
        var id = containerId.Split("://")[^1];
        try
        {
            return new NodeSession.Ready(command is null
                ? await streams.AttachAsync(id, shape, cancellation)
                : await streams.ExecAsync(id, command, shape, cancellation));
        }
        catch (ContainerRuntimeException failure)
        {
            return new NodeSession.Refused(StatusOf(failure));
        }
    }

    public async ValueTask<NodePortForward> ForwardAsync(Pod pod, CancellationToken cancellation)
    {
        try
        {
            var sandboxes = await runtime.ListSandboxesAsync(cancellation);
            var sandbox = sandboxes.Where(each => each.Uid == StaticPods.UidOnNode(pod) && each.Ready)
                .MaxBy(each => each.Attempt);
            return sandbox is null
                ? new NodePortForward.Refused(Statuses.InternalError(
                    $"pod \"{pod.Metadata.Name}\" has no sandbox on this machine that runs"))
                : new NodePortForward.Ready(await streams.PortForwardAsync(sandbox.Id, cancellation));
        }
        catch (ContainerRuntimeException failure)
        {
            return new NodePortForward.Refused(StatusOf(failure));
        }
    }

    private static Status StatusOf(ContainerRuntimeException failure) => failure.Kind switch
    {
        RuntimeErrorKind.NotFound =>
            Statuses.Failure(HttpCode.NotFound, StatusReasons.NotFound, failure.Message),
        RuntimeErrorKind.InvalidArgument => Statuses.BadRequest(failure.Message),
        _ => Statuses.InternalError(failure.Message),
    };
}
