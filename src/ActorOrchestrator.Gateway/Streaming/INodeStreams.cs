using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Streams.Commands;

namespace ActorOrchestrator.Gateway.Streaming;

/// <summary>The gateway's port to running containers on the machines, beside their logs.</summary>
public interface INodeStreams
{
    /// <param name="pod">Bound to a node.</param>
    /// <param name="containerId">The run that is meant, as the pod's status names it (<c>containerd://…</c>).</param>
    /// <param name="command">To be run there; null: the container's own process is joined.</param>
    ValueTask<NodeSession> OpenAsync(
        Pod pod, string containerId, IReadOnlyList<string>? command, CommandShape shape,
        CancellationToken cancellation);

    ValueTask<NodePortForward> ForwardAsync(Pod pod, CancellationToken cancellation);
}

/// <summary>A command in a container, ready to be run, or why there is none.</summary>
public abstract record NodeSession
{
    private NodeSession()
    {
    }

    public sealed record Ready(ICommandSession Command) : NodeSession;

    public sealed record Refused(Status Status) : NodeSession;
}

/// <summary>A way to a pod's ports, or why there is none.</summary>
public abstract record NodePortForward
{
    private NodePortForward()
    {
    }

    public sealed record Ready(IPortForward Ports) : NodePortForward;

    public sealed record Refused(Status Status) : NodePortForward;
}

/// <summary>Where there are no machines behind the API.</summary>
internal sealed class NoStreams : INodeStreams
{
    private static readonly Status Refusal =
        Statuses.ServiceUnavailable("no containers can be reached through this server");

    public ValueTask<NodeSession> OpenAsync(
        Pod pod, string containerId, IReadOnlyList<string>? command, CommandShape shape,
        CancellationToken cancellation) => ValueTask.FromResult<NodeSession>(new NodeSession.Refused(Refusal));

    public ValueTask<NodePortForward> ForwardAsync(Pod pod, CancellationToken cancellation) =>
        ValueTask.FromResult<NodePortForward>(new NodePortForward.Refused(Refusal));
}
